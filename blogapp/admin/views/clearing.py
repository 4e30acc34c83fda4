"""Clearing: messages deleted for good, once the author has seen which and said so."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ... import erasing, inbox
from ...errors import Conflict, Missing
from ...extensions import db
from ...inbox import Choice
from .inbox import chosen_ids, seen_so_far


def confirm_delete_messages() -> ResponseReturnValue:
    """Say what would go with these messages, and ask."""
    ids, late = _chosen()
    return _ask(ids, late, erasing.content(ids))


def delete_messages() -> ResponseReturnValue:
    """Delete messages for good: those that the author was asked about, or ask again."""
    erasing.hold()
    ids, late = _chosen()
    content = erasing.content(ids)
    changed = erasing.change(erasing.Asked.parse(request.form.get("asked", "")), content)
    if changed:
        db.session.rollback()
        return _ask(ids, late, content, changed)

    number = erasing.delete(ids)
    db.session.commit()
    flash(f"{number} {'message is' if number == 1 else 'messages are'} deleted for good.")
    return redirect(Choice.parse(request.form).but().url, 303)


def _chosen() -> tuple[list[int], int]:
    """The ids of what is to go, and how many stay because a line was added to them since.

    Who ticked messages is asked about each as it is now.
    """
    ids, seen = chosen_ids(), seen_so_far()
    if not request.values.get("all") or seen is None:
        return ids, 0
    added = inbox.added_since(seen.addition)
    chosen = [id_ for id_ in ids if id_ not in added]
    return chosen, len(ids) - len(chosen)


def _ask(
    ids: list[int], late: int, content: erasing.Content, changed: str = ""
) -> ResponseReturnValue:
    if not content.messages and late:
        raise Conflict("A line was added to what was to be deleted. Go back, and read it first.")
    if not content.messages:
        raise Missing(
            "No message is selected, or they are deleted already. Go back and tick some first."
        )
    chosen, is_all = Choice.parse(request.values), bool(request.values.get("all"))
    page = render_template(
        "admin/delete_messages.html",
        chosen=chosen,
        ids=[] if is_all else ids,
        until=request.values.get("until", ""),
        came_from=request.values.get("from", ""),
        back=_back(chosen, ids),
        content=content,
        late=late,
        changed=changed,
    )
    return page, Conflict.status if changed else 200


def _back(chosen: Choice, ids: list[int]) -> str:
    """The page that the question was asked on."""
    came_from = request.values.get("from")
    if came_from == "message" and ids:
        return url_for(".message", message_id=ids[0])
    if came_from == "address":
        return url_for(".messages_of_address", address=chosen.address)
    return chosen.url
