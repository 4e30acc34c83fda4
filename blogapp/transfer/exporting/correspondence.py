"""Correspondence: messages, what was added to them and the filter's words, brought back.

What is here already stays, as in ``restoring``. Nobody is told of what comes in: the outbox
belongs to the installation that had it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ... import messages
from ...extensions import db
from ...messages import Folder
from ...models import Addition, Message, Post, SpamWord
from ..storing.storing import Outcome
from .restoring import Said, Unfit, count_on, ids_of, values_of
from .rows import AdditionRow, MessageRow, WordRow

_AS_WRITTEN = (
    *("token_hash", "name", "email", "body"),
    *("received_at", "read_at", "answered_at", "withdrawn_at"),
)


def messages_of(rows: Sequence[MessageRow]) -> list[Said]:
    """Bring messages in, each once, at the place that it had if that is free."""
    known = {each.token_hash: each for each in _with(row.token_hash for row in rows)}
    uids = ids_of(Post.uid, [row.post for row in rows if row.post])
    taken = ids_of(Message.id, [row.id for row in rows])
    unique = _Unique.of(rows)
    said, new = [], []
    for row in rows:
        post_id = uids.get(row.post or "")
        here = known.get(row.token_hash)
        if here is None:
            id_ = {} if row.id in taken else {"id": row.id}
            new.append(Message(post_id=post_id, **id_, **_content(row, unique)))
            said.append((Outcome.ADDED, ""))
        elif here.post_id is None and post_id:  # the post did not come in the last time
            here.post_id = post_id
            said.append((Outcome.UPDATED, ""))
        else:
            said.append((Outcome.UNCHANGED, ""))
    db.session.add_all(new)
    db.session.flush()
    count_on("messages")
    return said


def additions(rows: Sequence[AdditionRow], coming: Container[str] = ()) -> list[Said]:
    """Bring in what was added to messages; in a rehearsal those *coming* are as good as here."""
    found = {each.token_hash: each for each in _with(row.message for row in rows)}
    used = _taken(Addition.once, [row.once for row in rows if row.once])
    times = _times([message.id for message in found.values()])
    said = []
    for row in rows:
        message = found.get(row.message)
        if message is None:
            is_coming = row.message in coming
            said.append((Outcome.ADDED if is_coming else Outcome.SKIPPED, ""))
        elif (message.id, row.added_at) in times:
            said.append((Outcome.UNCHANGED, ""))
        else:
            once = None if row.once in used else row.once
            values = values_of(row, ["added_at", "body"])
            db.session.add(Addition(message_id=message.id, once=once, **values))
            message.folded = f"{message.folded}\n{messages.fold(row.body)}"
            said.append((Outcome.ADDED, ""))
    db.session.flush()
    return said


def words(rows: Sequence[WordRow]) -> list[Said]:
    """Bring in words that the author has seen in spam."""
    known = _taken(SpamWord.word, [row.word for row in rows])
    db.session.add_all(SpamWord(word=row.word) for row in rows if row.word not in known)
    db.session.flush()
    return [(Outcome.UNCHANGED if row.word in known else Outcome.ADDED, "") for row in rows]


@dataclass(frozen=True, slots=True)
class _Unique:
    """What no two messages share, as far as rows that come in say so, and some message has it."""

    references: set[str]
    once: set[str | None]

    @classmethod
    def of(cls, rows: Sequence[MessageRow]) -> _Unique:
        """Ask once for all *rows*."""
        return cls(
            _taken(Message.reference, [row.reference for row in rows]),
            _taken(Message.once, [row.once for row in rows if row.once]),
        )

    def reference(self, wanted: str) -> str:
        """Give the reference away that is *wanted*, or another one."""
        given = wanted
        while not given or given in self.references:
            given = messages.free_reference()
        self.references.add(given)
        return given

    def once_of(self, wanted: str | None) -> str | None:
        """Give it away, or none."""
        given = None if wanted in self.once else wanted
        self.once.add(given)
        return given


def _content(row: MessageRow, unique: _Unique) -> dict[str, Any]:
    """What a message is made of, with what is derived of its words; raises ``Unfit``."""
    folder = row.folder or (Folder.ARCHIVE if row.archived_at else Folder.INBOX)
    if folder not in set(Folder):
        raise Unfit(f"there is no folder “{folder}”; there are: {', '.join(Folder)}")
    waits = row.read_at is None and folder == Folder.INBOX
    words = (row.name, row.email, row.body)
    return values_of(row, _AS_WRITTEN) | {
        "reference": unique.reference(row.reference),
        "once": unique.once_of(row.once),
        "folder": str(folder),
        "unread": waits if row.unread is None else row.unread,
        "spam_reasons": list(row.spam_reasons),
        "address": messages.fold_address(row.email),
        "digest": "" if row.withdrawn_at else messages.digest(row.body),
        "folded": "" if row.withdrawn_at else messages.fold(*words),
    }


def _with(hashes: Iterable[str]) -> Iterator[Message]:
    return db.session.scalars(sa.select(Message).where(Message.token_hash.in_({*hashes})))


def _taken(column: Any, values: Iterable[Any]) -> set[Any]:
    """Tell which of *values* some row has."""
    return set(db.session.scalars(sa.select(column).where(column.in_([*values]))))


def _times(ids: Sequence[int]) -> set[tuple[int, datetime]]:
    """Tell when something was added to messages: an addition keeps its time, not its words."""
    query = sa.select(Addition.message_id, Addition.added_at)
    found = db.session.execute(query.where(Addition.message_id.in_(ids)))
    return {(message_id, added_at) for message_id, added_at in found}
