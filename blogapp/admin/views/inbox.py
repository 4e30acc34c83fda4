"""Messages: the list, searched and filtered; one of them; and what is done to one or many."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ... import deliveries, erasing, htmx, inbox, sorting, steps
from ... import messages as letters
from ...errors import Invalid, Missing
from ...extensions import db
from ...inbox import Choice, Seen
from ...models import MAX_ID, Post

_STAYS = {"read", "answered", "unanswered", "release"}  # the message is looked at further


def messages() -> ResponseReturnValue:
    """A folder: all of it, or what is in a state, came from an article, or has some words."""
    return _show(Choice.parse(request.args))


def act_on_messages() -> ResponseReturnValue:
    """Do to the ticked messages, or to all that are listed, what the pressed button says."""
    chosen, ids = Choice.parse(request.form), chosen_ids()
    if request.form.get("action") == "delete":
        return redirect(f"{url_for('.confirm_delete_messages')}?{_wanted(chosen)}", 303)
    try:
        result = sorting.act(request.form.get("action", ""), ids, seen=_seen_addition())
    except Invalid as error:
        db.session.rollback()
        return _show(chosen, error.status, problem=error.message, ticked=set(ids))

    db.session.commit()
    flash(result.sentence())
    return redirect(chosen.url, 303)


def unread_messages() -> ResponseReturnValue:
    """How much is unread, for the frame of a page that is open."""
    return jsonify(unread=inbox.shown_unread())


def message(message_id: int) -> ResponseReturnValue:
    """One message, and all that is known about it."""
    seen = inbox.seen()  # before all else: what comes meanwhile is not shown
    found = letters.get(message_id)
    return htmx.render_page(
        "admin/message.html",
        "admin/_message.html",
        message=found,
        seen=seen,
        deliveries=[(each, deliveries.state_of(each)) for each in deliveries.of(found)],
        steps=steps.of(found),
        token=letters.token(found),
        deleted_at=erasing.deleted_at(found),
        others=Choice(folder="", address=found.address).number() - 1 if found.address else 0,
    )


def act_on_message(message_id: int, action: str) -> ResponseReturnValue:
    """Mark a message, or move it between the folders."""
    if action not in sorting.ACTIONS:
        raise Missing("There is no such action.")
    folder = letters.get(message_id).folder
    result = sorting.act(action, [message_id], seen=_seen_addition())
    db.session.commit()
    is_late = sorting.ADDED in result.left
    if is_late or action not in {"read", "unread"}:
        flash(result.sentence())
    if is_late or action in _STAYS:
        return redirect(url_for(".message", message_id=message_id), 303)
    return redirect(Choice(folder=folder).url, 303)


def retry_message(message_id: int) -> ResponseReturnValue:
    """Try to deliver at once what is not delivered of a message."""
    number = deliveries.retry_now(letters.get(message_id))
    db.session.commit()
    flash("It is tried again now." if number else "There is nothing left to deliver.")
    return redirect(url_for(".message", message_id=message_id), 303)


def chosen_ids() -> list[int]:
    """The ids of the ticked messages, or of all that the filter lists and that were seen."""
    if request.values.get("all"):
        seen = seen_so_far()
        return Choice.parse(request.values).ids(until=seen.message if seen else 0)
    return sorted({int(number) for number in request.values.getlist("message") if _is_id(number)})


def seen_so_far() -> Seen | None:
    """How far the list, or the message, was seen that this request comes from."""
    return Seen.parse(request.values.get("until", ""))


def _seen_addition() -> int | None:
    seen = seen_so_far()
    return seen.addition if seen else None


def _is_id(number: str) -> bool:
    return number.isdecimal() and len(number) <= len(str(MAX_ID)) and int(number) <= MAX_ID


def _wanted(chosen: Choice) -> str:
    """The query of the question whether to delete what was chosen."""
    which = {name: request.form.getlist(name) for name in ("all", "until", "message")}
    return urlencode({**chosen.values, **which}, doseq=True)


def _show(
    chosen: Choice, status: int = 200, *, problem: str = "", ticked: set[int] | None = None
) -> ResponseReturnValue:
    post = db.session.get(Post, chosen.post) if chosen.post else None
    return htmx.render_page(
        "admin/messages.html",
        "admin/_message_list.html",
        status,
        chosen=chosen,
        page=chosen.page(),
        post_title=post.title if post else f"article {chosen.post}",
        problem=problem,
        ticked=ticked or set(),
        shown=inbox.shown,
        days_kept=erasing.days_kept(),
    )
