"""What a blog's statements cost by themselves: the time that SQLite takes, rows and all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import sqlalchemy as sa

P = ParamSpec("P")
R = TypeVar("R")


class Stopwatch:
    """Adds up the *seconds* that the statements of an engine take, by the clock *now*."""

    def __init__(self, engine: sa.Engine, now: Callable[[], float]) -> None:
        self.seconds = 0.0
        self._now = now
        connection = self._connection()

        @sa.event.listens_for(engine, "do_connect")
        def time_it(
            _dialect: object, _record: object, _args: object, named: dict[str, Any]
        ) -> None:
            named["factory"] = connection

        engine.dispose()  # what is connected already is not timed

    def _connection(self) -> type[sqlite3.Connection]:
        """Make a class of connections whose cursors are timed; SQLite works in fetching, too."""
        timed = self._timed

        class Cursor(sqlite3.Cursor):
            execute = timed(sqlite3.Cursor.execute)
            executemany = timed(sqlite3.Cursor.executemany)
            fetchone = timed(sqlite3.Cursor.fetchone)
            fetchmany = timed(sqlite3.Cursor.fetchmany)
            fetchall = timed(sqlite3.Cursor.fetchall)

        class Connection(sqlite3.Connection):
            def cursor(self) -> Cursor:  # type: ignore[override] # nobody asks for another
                return Cursor(self)

        return Connection

    def _timed(self, work: Callable[P, R]) -> Callable[P, R]:
        @wraps(work)
        def timed(*args: P.args, **named: P.kwargs) -> R:
            began = self._now()
            try:
                return work(*args, **named)
            finally:
                self.seconds += self._now() - began

        return timed
