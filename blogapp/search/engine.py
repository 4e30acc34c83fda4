"""Which index there is: each database has its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import sqlalchemy as sa

from ..extensions import db
from . import fts5, tsvector
from .entries import Entry
from .query import Query, Term


class Engine(Protocol):
    """What an index must be able to do: ``fts5`` and ``tsvector`` are the engines.

    All of it happens in the session's transaction, but for ``problem``, which looks at what is
    committed.
    """

    # Keep
    def store(self, entries: Sequence[Entry]) -> None: ...
    def remove(self, ids: Iterable[int]) -> None: ...
    def ids(self) -> sa.Select[int]: ...
    def entry(self, post_id: int) -> Entry | None: ...

    # Ask
    def matching(
        self,
        query: Query,
        *,
        columns: Sequence[str],
        tags: Iterable[str],
        without: Iterable[str],
        most: int,
    ) -> sa.Select[int]: ...
    def having(self, terms: Iterable[Term]) -> sa.Select[int]: ...
    def words_like(self, initial: str, lengths: range) -> dict[str, int]: ...

    # Look after
    def problem(self) -> str | None: ...  # why the index is not whole in itself
    def mend(self) -> None: ...  # what is in the way of storing; the index may be empty then
    def tidy(self) -> Iterator[None]: ...  # at each step, and at the end: commit
    def take_turn(self) -> None: ...  # a post that is read to be stored stays so until the commit
    def snapshot(self) -> AbstractContextManager[None]: ...  # whatever is saved meanwhile


def current() -> Engine:
    """Return the engine of the database that is in use."""
    return fts5 if db.engine.dialect.name == "sqlite" else tsvector
