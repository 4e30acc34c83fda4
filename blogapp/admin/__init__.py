"""The author's side."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint
from werkzeug.exceptions import BadRequest

from .. import authors, identity, inbox, rules, security, times

RULES: rules.Table = {
    "posts": {
        "GET /": "posts",
        "POST /posts": "act_on_posts",
    },
    "editor": {
        "GET /posts/new": "new_post",
        "POST /posts/new": "create_post",
        "GET /posts/<int:post_id>": "post",
        "POST /posts/<int:post_id>": "save_post",
        "POST /preview": "preview",
    },
    "autosave": {
        "POST /autosave": "autosave",
        "POST /compare": "compare_copy",
    },
    "pasting": {
        "POST /paste": "paste",
    },
    "leaving": {
        "POST /posts/<int:post_id>/trash": "trash_post",
        "POST /posts/<int:post_id>/duplicate": "duplicate_post",
    },
    "shelves": {
        "POST /posts/<int:post_id>/restore": "restore_post",
        "GET /posts/<int:post_id>/delete": "confirm_delete",
        "POST /posts/<int:post_id>/delete": "delete_post",
    },
    "previews": {
        "GET /posts/<int:post_id>/previews": "previews",
        "POST /posts/<int:post_id>/previews": "make_preview",
        "POST /posts/<int:post_id>/previews/<int:link_id>/revoke": "revoke_preview",
    },
    "revisions": {
        "GET /posts/<int:post_id>/revisions": "post_revisions",
        "GET /posts/<int:post_id>/revisions/compare": "compare_revisions",
        "POST /posts/<int:post_id>/revisions/<int:revision_id>/restore": "restore_revision",
        "POST /posts/<int:post_id>/revisions/<int:revision_id>/drop": "drop_kept",
    },
    "tags": {
        "GET /tags": "tags",
        "GET /tags/<int:tag_id>": "tag",
        "POST /tags/<int:tag_id>": "save_tag",
        "POST /tags/<int:tag_id>/forget": "forget_tag_name",
        "POST /tags/<int:tag_id>/remove": "remove_tag",
        "GET /tags/<int:tag_id>/merge": "choose_merge",
        "POST /tags/<int:tag_id>/merge": "merge_tag",
    },
    "images": {
        "GET /images": "images",
        "POST /images": "upload_images",
        "GET /images/<int:image_id>": "image",
        "POST /images/<int:image_id>": "describe_image",
        "POST /images/<int:image_id>/delete": "delete_image",
    },
    "inbox": {
        "GET /messages": "messages",
        "POST /messages": "act_on_messages",
        "GET /messages/unread": "unread_messages",
        "GET /messages/<int:message_id>": "message",
        "POST /messages/<int:message_id>/<action>": "act_on_message",
        "POST /messages/<int:message_id>/retry": "retry_message",
    },
    "clearing": {
        "GET /messages/delete": "confirm_delete_messages",
        "POST /messages/delete": "delete_messages",
    },
    "filtering": {
        "GET /messages/filter": "spam_filter",
        "POST /messages/filter": "save_spam_filter",
    },
    "takeout": {
        "GET /messages/address": "messages_of_address",
        "GET /messages.csv": "messages_csv",
        "GET /messages.json": "messages_json",
    },
    "notifications": {
        "GET /notifications": "notifications",
        "POST /notifications/<any(mail,webhook):way>/test": "try_notification",
        "POST /notifications/retry": "retry_notifications",
        "POST /notifications/<int:delivery_id>/dismiss": "dismiss_notification",
    },
    "export": {
        "GET /export": "export",
        "GET /export.zip": "export_zip",
    },
}


def _in_zone(moment: datetime) -> str:
    """Write a moment in the zone that the author last gave a time in."""
    return times.shown(moment, authors.zone(identity.author()))


bp = Blueprint("admin", __name__, url_prefix="/admin")
bp.before_request(identity.require)
bp.register_error_handler(BadRequest, identity.refuse)  # of which a CSRFError is one
bp.after_request(security.private)
bp.context_processor(lambda: {"unread": inbox.shown_unread(), "in_zone": _in_zone})
rules.add(bp, f"{__name__}.views", RULES)
