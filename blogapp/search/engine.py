"""Which index there is: each database has its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import sqlalchemy as sa

from ..extensions import db
from . import fts5
from .entries import COLUMNS, Entry
from .query import Query, Wanted


class Engine(Protocol):
    """What an index must be able to do: ``fts5`` and ``tsvector`` are the engines.

    All of it happens in the session's transaction, but for ``problem``, which looks at what is
    committed.
    """

    # Keep
    def wait(self) -> None: ...  # from now until the commit, nobody else stores
    def store(self, found: Sequence[Entry]) -> None: ...
    def remove(self, ids: Iterable[int]) -> None: ...
    def ids(self) -> sa.Select[int]: ...
    def entry(self, post_id: int) -> Entry | None: ...

    # Ask
    def find(
        self,
        query: Query,
        *,
        columns: Sequence[str] = COLUMNS,
        tags: Iterable[str] = (),
        without: Iterable[str] = (),
        but: Iterable[Wanted] = (),
        within: range,
        most: int,
    ) -> list[int]: ...
    def count(self, found: Sequence[str], within: range, most: int) -> list[int]: ...
    def words_like(self, beginning: str, lengths: Sequence[int], most: int) -> list[str]: ...

    # Look after
    def problem(self) -> str | None: ...  # why the index is not whole in itself
    def mend(self) -> None: ...  # what is in the way of storing; the index may be empty then
    def merge(self) -> Iterator[None]: ...  # what many posts have left in pieces; as ``tidy``
    def tidy(self) -> Iterator[None]: ...  # at each step, and at the end: commit
    def take_turn(self) -> None: ...  # a post that is read to be stored stays so until the commit
    def snapshot(self) -> AbstractContextManager[None]: ...  # whatever is saved meanwhile


def current() -> Engine:
    """Return the engine of the database that is in use."""
    if db.engine.dialect.name == "sqlite":
        return fts5
    from . import tsvector  # here: SQLAlchemy's side of PostgreSQL takes 2 MB

    return tsvector


def change(ids: Iterable[int], changed: Callable[[list[Entry]], list[Entry]]) -> None:
    """Store what *changed* makes of the entries of these posts; nobody else stores in between."""
    index = current()
    index.wait()
    before = {entry.id: entry for entry in map(index.entry, ids) if entry}
    index.store([entry for entry in changed([*before.values()]) if entry != before[entry.id]])
