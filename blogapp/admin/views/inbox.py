"""Messages: list, read, archive."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ... import htmx
from ... import messages as inbox
from ...errors import Missing
from ...extensions import db
from ...models import MAX_ID
from . import bp

# What the author can do with a message, by the last word of the address.
_ACTIONS = {
    "read": lambda message: inbox.mark_read(message),
    "unread": lambda message: inbox.mark_read(message, read=False),
    "archive": lambda message: inbox.archive(message),
    "restore": lambda message: inbox.archive(message, archived=False),
}


@bp.get("/messages")
def messages() -> ResponseReturnValue:
    """The inbox, or with ``?folder=archive`` the archive."""
    wanted = request.args.get("folder", inbox.Folder.INBOX)
    if wanted not in set(inbox.Folder):
        raise Missing("There is an inbox and an archive, and no other folder.")
    folder = inbox.Folder(wanted)
    before = request.args.get("before", MAX_ID, type=int)
    messages, older = inbox.listed(folder, before=min(max(before, 0), MAX_ID))
    return htmx.render_page(
        "admin/messages.html",
        "admin/_message_list.html",
        folder=folder,
        messages=messages,
        older=older,
    )


@bp.get("/messages/<int:message_id>")
def message(message_id: int) -> ResponseReturnValue:
    """One message."""
    return htmx.render_page(
        "admin/message.html", "admin/_message.html", message=inbox.get(message_id)
    )


@bp.post("/messages/<int:message_id>/<any(read,unread,archive,restore):action>")
def act_on_message(message_id: int, action: str) -> ResponseReturnValue:
    """Mark a message, or move it between the folders."""
    _ACTIONS[action](inbox.get(message_id))
    db.session.commit()
    if action in {"read"}:
        return redirect(url_for(".message", message_id=message_id), 303)
    return redirect(url_for(".messages"), 303)
