"""The author's pages, a module for each kind of thing."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint
from flask_wtf.csrf import CSRFError

from ... import authors, identity, security, times
from ... import inbox as letters


def _in_zone(moment: datetime) -> str:
    """Write a moment in the zone that the author last gave a time in."""
    return times.shown(moment, authors.zone(identity.author()))


bp = Blueprint("admin", __name__, url_prefix="/admin")
bp.before_request(identity.require)
bp.register_error_handler(CSRFError, identity.refuse)
bp.after_request(security.private)
bp.context_processor(lambda: {"unread": letters.shown_unread(), "in_zone": _in_zone})

from . import (  # noqa: E402 - they add their pages to bp
    autosave,
    clearing,
    editor,
    export,
    filtering,
    images,
    inbox,
    leaving,
    notifications,
    pasting,
    posts,
    previews,
    revisions,
    shelves,
    tags,
    takeout,
)

__all__ = [
    "autosave",
    "bp",
    "clearing",
    "editor",
    "export",
    "filtering",
    "images",
    "inbox",
    "leaving",
    "notifications",
    "pasting",
    "posts",
    "previews",
    "revisions",
    "shelves",
    "tags",
    "takeout",
]
