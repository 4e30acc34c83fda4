"""Sorting: the same done to many messages, and what of them was left, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import lazyload, selectinload

from . import inbox, messages, turns
from .bulk import Result
from .errors import Invalid
from .extensions import db
from .messages import Folder
from .models import MAX_ID, Message

AT_ONCE = 1000  # messages; nobody else can write meanwhile, some tenths of a second
ADDED = "a line was added meanwhile"
_SOME = 100  # messages that are read at a time


def act(action: str, ids: Iterable[int], *, seen: int | None = None) -> Result:
    """Do *action*, one of ``ACTIONS``, to these messages, ``AT_ONCE`` at most; flushes.

    What has a later addition than the one that was *seen* is left: nobody has read it. Raises
    ``Invalid`` for what is no action, or nothing to do it to.
    """
    wanted = sorted({id_ for id_ in ids if 0 < id_ <= MAX_ID})
    if action not in ACTIONS:
        raise Invalid("action", "What is to be done with them? Press one of the buttons.")
    if not wanted:
        raise Invalid("messages", "No message is selected. Tick some first.")
    done, result = ACTIONS[action], Result(noun="message")
    turns.take(Message)
    late = set() if seen is None else inbox.added_since(seen)
    for some in _found(wanted, result):
        fit = [each for each in some if _fits(each, done, late, result)]
        room = AT_ONCE - result.done.total()
        done.step(*fit[:room])
        result.done[done.said] += len(fit[:room])
        if len(fit) > room:
            result.note = f"At most {AT_ONCE} at once: do it again for the next."
            break
    return result


def _found(ids: list[int], result: Result) -> Iterator[list[Message]]:
    """Read messages as they are now, some at a time."""
    for at in range(0, len(ids), _SOME):
        some = ids[at : at + _SOME]
        query = sa.select(Message).where(Message.id.in_(some)).order_by(Message.id)
        loaded = lazyload(Message.post), selectinload(Message.additions)
        query = query.options(*loaded).execution_options(populate_existing=True)
        found = list(db.session.scalars(query))
        for id_ in sorted({*some} - {message.id for message in found}):
            result.left.setdefault("deleted meanwhile", []).append(f"no. {id_}")
        yield found


def _fits(message: Message, action: Action, late: Container[int], result: Result) -> bool:
    reason = ADDED if message.id in late else action.left(message)
    if reason:
        result.left.setdefault(reason, []).append(_title(message))
    return not reason


@dataclass(frozen=True, slots=True)
class Action:
    """What is done to messages, what they are *said* to be then, and why one is *left*, if so."""

    said: str
    step: Callable[..., None]
    left: Callable[[Message], str]


def _not_answered(message: Message) -> str:
    if message.answered_at:
        return "answered already"
    return "taken back by who sent it" if message.withdrawn_at else ""


def _not_archived(message: Message) -> str:
    if message.folder == Folder.ARCHIVE:
        return "in the archive already"
    return "spam, which is released first" if message.folder == Folder.SPAM else ""


def _unless(holds: Callable[[Message], object], reason: str) -> Callable[[Message], str]:
    return lambda message: "" if holds(message) else reason


ACTIONS: dict[str, Action] = {
    "read": Action(
        "marked as read", messages.mark_read, _unless(lambda m: m.unread, "read already")
    ),
    "unread": Action(
        "marked as unread",
        partial(messages.mark_read, read=False),
        _unless(lambda m: not m.unread, "unread already"),
    ),
    "answered": Action("marked as answered", messages.mark_answered, _not_answered),
    "unanswered": Action(
        "marked as not answered",
        partial(messages.mark_answered, answered=False),
        _unless(lambda m: m.answered_at, "not answered yet"),
    ),
    "archive": Action("archived", messages.archive, _not_archived),
    "restore": Action(
        "put back into the inbox",
        partial(messages.archive, archived=False),
        _unless(lambda m: m.folder == Folder.ARCHIVE, "not in the archive"),
    ),
    "spam": Action(
        "put aside as spam",
        messages.quarantine,
        _unless(lambda m: m.folder != Folder.SPAM, "spam already"),
    ),
    "release": Action(
        "released into the inbox",
        messages.release,
        _unless(lambda m: m.folder == Folder.SPAM, "not in the spam folder"),
    ),
}


def _title(message: Message) -> str:
    return f"{message.reference} {message.name}".rstrip()
