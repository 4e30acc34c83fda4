"""The site's generation: a number that moves on with every change that a reader could see.

The row in the database decides. A mapped file beside it tells all workers of this machine, in
less than a microsecond, that it has not moved: *pending* is written before a change is
committed, *current* by whoever has read the row since. While they differ, the row is asked.
"""

from __future__ import annotations

import math
import mmap
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from .extensions import db
from .models import Site, utcnow

# What no reader sees. A table that is not here moves the generation: a page is then made once
# too often, never shown once too long.
UNSEEN = {
    *("additions", "attempts", "authors", "deliveries", "delivery_attempts", "messages"),
    *("preview_links", "revisions", "sessions", "site", "spam_words"),
}
AWAY = 0.5  # seconds; whoever writes past this file, as another machine does, is seen after that
SECOND = timedelta(seconds=1)  # what dates in HTTP can tell apart (RFC 9110, 5.6.7)
_MOVES, _UNWATCHED = "moves", "unwatched"  # marks on a connection
_WRITTEN = re.compile(
    r'\s*(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE
)
_READS = re.compile(
    r"\s*(?:SELECT|PRAGMA|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|EXPLAIN|LOCK|SET|SHOW"
    r"|CREATE|ALTER|DROP"
    r"|WITH\b(?!.*\b(?:INSERT|UPDATE|DELETE)\b))\b",
    re.IGNORECASE | re.DOTALL,
)


def init_app(app: Flask) -> None:
    """Watch what is written by *app* and by all that share its database."""
    with app.app_context():
        watched = Generation(db.engine, app.config["BLOG"].instance / "generation")
    app.extensions["generation"] = watched


# Of the table, not of its class: a worker asks before it needs the mapper.
_SITE = Site.metadata.tables["site"].c
_STATE = sa.select(_SITE.generation, _SITE.moved_at)


@dataclass(frozen=True, slots=True)
class State:
    """What the database says: the *number*, and since when (seconds since the epoch)."""

    number: int
    since: float


class Generation:
    """The generation of one database, as this process knows it."""

    def __init__(self, engine: sa.Engine, path: Path) -> None:
        self._engine = engine
        # All who write to SQLite's file are on this machine, and say so in the map.
        self.is_told_at_once = engine.name == "sqlite"
        self._map = _opened(path)
        self._known_until = -math.inf  # by the monotonic clock
        sa.event.listen(engine, "after_cursor_execute", self._note)
        sa.event.listen(engine, "commit", self._move)
        sa.event.listen(engine, "rollback", self._forget)

    def now(self) -> int:
        """Return the generation that the next reader has to see; cheap."""
        current = self._map[1]
        if self._map[0] == current and time.monotonic() < self._known_until:
            return current
        return self.state().number

    def is_now(self, number: int) -> bool:
        """Whether a *number* that was committed is still the one to be seen; cheaper.

        What is committed after it stands in *pending* before; false also says: ask ``now``.
        """
        return self._map[0] == number and time.monotonic() < self._known_until

    def state(self) -> State:
        """Ask the database, and let the other workers know."""
        asked = time.monotonic()
        with self._engine.connect() as connection:
            row = connection.execute(_STATE).one()
        seen = self._map
        seen[1] = row.generation
        if seen[0] < row.generation:
            seen[0] = row.generation
        self._known_until = asked + AWAY  # not before: no answer, nothing known
        return State(row.generation, row.moved_at.timestamp())

    def settle(self) -> None:
        """Begin anew from the database: for its first user, when nobody else writes."""
        self._map[0] = self._map[1] = self.state().number

    def _note(self, connection: sa.Connection, cursor: Any, statement: str, *_: Any) -> None:
        nothing = cursor.rowcount == 0 and cursor.description is None  # else rows are to come
        if not nothing and not _READS.match(statement):
            written = _WRITTEN.match(statement)
            if written is None or written[1].lower() not in UNSEEN:
                connection.info[_MOVES] = True

    def _move(self, connection: sa.Connection) -> None:
        """Move on in the transaction that is about to be committed, and say so before it is."""
        if not connection.info.pop(_MOVES, False) or _UNWATCHED in connection.info:
            return
        # Whoever writes waits for this row: neither number nor date ever goes back.
        old = sa.select(Site.generation, Site.moved_at).with_for_update()
        row = connection.execute(old).one()
        moved_at = max(utcnow(), row.moved_at + SECOND)
        step = {"generation": row.generation + 1, "moved_at": moved_at}
        connection.execute(sa.update(Site).values(step))
        self._map[0] = row.generation + 1

    def _forget(self, connection: sa.Connection) -> None:
        connection.info.pop(_MOVES, None)


@contextmanager
def unwatched(connection: sa.Connection) -> Iterator[None]:
    """Let a connection change the tables themselves: there may be no row to count in."""
    connection.info[_UNWATCHED] = True
    try:
        yield
    finally:
        connection.info.pop(_UNWATCHED, None)
        connection.info.pop(_MOVES, None)


def _opened(path: Path) -> memoryview:
    """Map two numbers, *pending* and *current*; the file is made where there is none."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if os.fstat(descriptor).st_size < 16:
            os.ftruncate(descriptor, 16)
        return memoryview(mmap.mmap(descriptor, 16)).cast("Q")  # stored and read in one piece
    finally:
        os.close(descriptor)
