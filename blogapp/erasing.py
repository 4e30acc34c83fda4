"""Erasing: messages deleted for good, by hand or when they are old enough, and what goes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from . import config, deliveries, turns
from .extensions import db
from .messages import Folder
from .models import (
    Addition,
    Attempt,
    Delivery,
    DeliveryAttempt,
    Message,
    Revision,
    Session,
    utcnow,
)

# A clock that is more ahead than this of all that was ever stored is not believed at once.
BELIEVED = timedelta(days=7)
_SOME = 500  # ids in a query
_NAMED = 3  # messages that are told by name
_MARK, _MARKED = "clock", timedelta(hours=12)
_STORED = (
    *(Message.received_at, Addition.added_at, DeliveryAttempt.at),
    *(Session.created_at, Revision.saved_at),
)
_ASKED = re.compile(r"([0-9]{1,10})-([0-9]{1,10})-([0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody was asked about: how many messages, and which, up to which addition."""

    number: int
    addition: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number}-{self.addition}-{self.digest}"

    @classmethod
    def parse(cls, text: str) -> Asked | None:
        """Read what ``str`` wrote; anything else asked about nothing."""
        match = _ASKED.fullmatch(text)
        return cls(int(match[1]), int(match[2]), match[3]) if match else None


@dataclass(frozen=True, slots=True)
class Content:
    """What there is of some messages; *first* are a few of them: reference, name, when."""

    asked: Asked
    messages: int
    additions: int
    deliveries: int
    unread: int
    first: Sequence[sa.Row[str, str, datetime]]


def content(ids: Sequence[int]) -> Content:
    """Count what goes with these messages."""
    addition = _newest_addition(ids)  # first: what is added meanwhile has not been counted
    number = _count(Message.id, ids)
    digest = hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()[:32]
    return Content(
        asked=Asked(number, addition, digest),
        messages=number,
        additions=_count(Addition.message_id, ids),
        deliveries=_count(Delivery.message_id, ids),
        unread=_count(Message.id, ids, Message.unread.is_(True)),
        first=db.session.execute(
            sa.select(Message.reference, Message.name, Message.received_at)
            .where(Message.id.in_(ids[:_SOME]))
            .order_by(Message.id.desc())
            .limit(_NAMED)
        ).all(),
    )


def change(asked: Asked | None, now: Content) -> str:
    """Say what has changed since somebody was *asked*; nothing if all is as it was."""
    if asked is None:
        return "Look at what goes first."
    was = f"{asked.number} {'message' if asked.number == 1 else 'messages'}"
    said = []
    if asked.number != now.messages:
        said.append(f"you were asked about {was}, and there {_are(now.messages)} now")
    elif asked.digest != now.asked.digest:
        said.append("these are not the messages that you were asked about")
    if asked.addition < now.asked.addition:
        said.append("a line was added")
    return f"Something has changed meanwhile: {'; '.join(said)}." if said else ""


def hold() -> None:
    """Let nobody else write messages before the commit."""
    turns.take(Message)


def delete(ids: Iterable[int]) -> int:
    """Delete messages, with all that was added and delivered; returns how many. Flushes."""
    every = [sa.delete(Message).where(Message.id.in_(some)) for some in _some(sorted(set(ids)))]
    return sum(map(_deleted, every))


def purge(now: datetime | None = None) -> int:
    """Delete messages whose visitor last wrote more than ``BLOG_MESSAGES_KEPT`` days ago.

    Left are those that their author has not heard of: unread in the inbox, or with a notice that
    is still tried. Where nothing was stored for days, the clock may be far ahead, and the next day
    deletes. Returns how many went. Flushes.
    """
    now = now or utcnow()
    if not days_kept() or not _is_believed(now):
        return 0
    hold()
    return _deleted(sa.delete(Message).where(*_is_over(now - timedelta(days=days_kept()))))


def days_kept() -> int:
    """For how many days messages are kept; 0 is for ever."""
    return config.current().messages_kept


def deleted_at(message: Message) -> datetime | None:
    """When *message* goes by itself at the earliest, if it does: see ``purge``."""
    if not days_kept():
        return None
    last = max([message.received_at, *(addition.added_at for addition in message.additions)])
    return last + timedelta(days=days_kept())


def _is_over(end: datetime) -> list[sa.ColumnElement[bool]]:
    """Tell in SQL whether nothing of a message is newer than *end*, or waits to be heard of."""
    later = sa.select(Addition.message_id).where(Addition.added_at >= end)
    tried = sa.select(Delivery.message_id).where(
        *(Delivery.delivered_at.is_(None), Delivery.due_at.is_not(None)),
        Delivery.channel.in_(deliveries.configured()),
    )
    waits = sa.and_(
        *(Message.folder == Folder.INBOX, Message.unread), Message.withdrawn_at.is_(None)
    )
    return [
        Message.received_at < end,
        ~waits,
        Message.id.not_in(later),
        Message.id.not_in(tried),
    ]


def _is_believed(now: datetime) -> bool:
    """Whether the clock says what can be: something was stored in the days before *now*.

    Where nothing was, a mark is left, and once that is old enough the clock is believed as well.
    """
    newest = (
        db.session.scalar(sa.select(at).order_by(_id_of(at).desc()).limit(1)) for at in _STORED
    )
    if any(at and now - BELIEVED <= at <= now for at in newest):
        return True
    known = sa.select(Attempt.at).where(Attempt.subject == _MARK)
    marks = list(db.session.scalars(known.where(Attempt.at.between(now - BELIEVED, now))))
    if not marks:
        db.session.add(Attempt(subject=_MARK, at=now))
        db.session.flush()
    return any(at <= now - _MARKED for at in marks)


def _id_of(column: Any) -> Any:
    return column.class_.id


def _newest_addition(ids: Sequence[int]) -> int:
    newest = sa.select(sa.func.max(Addition.id))
    queries = (newest.where(Addition.message_id.in_(some)) for some in _some(ids))
    return max((db.session.scalar(query) or 0 for query in queries), default=0)


def _are(number: int) -> str:
    return "is 1" if number == 1 else f"are {number}"


def _count(column: Any, ids: Sequence[int], *conditions: sa.ColumnElement[bool]) -> int:
    """Count the rows that belong to these messages."""
    number = sa.select(sa.func.count()).select_from(column.class_)
    queries = (number.where(column.in_(some), *conditions) for some in _some(ids))
    return sum(db.session.scalar(query) or 0 for query in queries)


def _some(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, len(ids), _SOME):
        yield ids[at : at + _SOME]


def _deleted(query: sa.Delete) -> int:
    """Run a deletion; what belongs to the rows goes with them, by the database's own rule."""
    result = db.session.execute(query.execution_options(synchronize_session=False))
    db.session.expire_all()
    return int(getattr(result, "rowcount", 0))
