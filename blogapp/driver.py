"""The database's own driver, for statements that are ready and only read."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app

from .extensions import db

MOST_KEPT = 8  # connections: readers at once of one worker, but for a rush


def init_app(app: Flask) -> None:
    """Let *app* read by the driver of its database."""
    with app.app_context():
        app.extensions["driver"] = Driver(db.engine)


def current() -> Driver:
    """Return that of the present application."""
    found: Driver = current_app.extensions["driver"]
    return found


class Driver:
    """The driver of an engine's database, and connections that nothing is written by.

    SQLAlchemy's pool takes as long to hand a connection out, and to take it back, as SQLite takes
    to find an article: so some of its own stay here, each for one reader at a time. PostgreSQL's
    come from the pool each time, for there a read begins a transaction, which the pool ends.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self.dialect = engine.dialect
        self._keeps = engine.name == "sqlite" and isinstance(engine.pool, sa.QueuePool)
        self._free: deque[Any] = deque()
        sa.event.listen(engine, "engine_disposed", self._close)

    def fetch(self, text: str, parameters: Any, *, is_second: bool = False) -> list[Sequence[Any]]:
        """Fetch what a statement finds, *text* as the driver takes it.

        Where the server has ended the connection, as a restart does, it has ended the others,
        too: all are given up, and what only reads can be asked once more.
        """
        free = self._free
        try:
            connection = free.pop()
        except IndexError:
            connection = self._opened()
        try:
            rows = fetched(connection, text, parameters)
        except BaseException as error:
            is_ended = self._is_ended(error, connection)
            if is_ended and not self._keeps:
                connection.invalidate()  # the pool would try to end its transaction
            else:
                connection.close()
            if is_second or not is_ended:
                raise
            self._engine.dispose()
            return self.fetch(text, parameters, is_second=True)
        if self._keeps:
            self._keep(connection, free)
        else:
            connection.close()
        return rows

    def _is_ended(self, error: BaseException, connection: Any) -> bool:
        if not isinstance(error, self.dialect.loaded_dbapi.Error):
            return False
        return self.dialect.is_disconnect(error, connection, None)

    def _keep(self, connection: Any, free: deque[Any]) -> None:
        """Keep it where it was taken from, unless there are enough, or those are over."""
        if len(free) >= MOST_KEPT:
            connection.close()
            return
        free.append(connection)
        if free is not self._free:  # the engine was disposed of meanwhile
            _close_all(free)

    def _opened(self) -> Any:
        connection = self._engine.raw_connection()
        if not self._keeps:
            return connection
        own = connection.dbapi_connection
        connection.detach()
        own.execute("PRAGMA query_only=ON").close()  # type: ignore[union-attr] # there is one
        return own

    def _close(self, _engine: sa.Engine) -> None:
        """Close all that is not in use; what is in use now is closed after it."""
        free, self._free = self._free, deque()
        _close_all(free)


def _close_all(free: deque[Any]) -> None:
    """Close what is there; other threads may take and bring connections meanwhile."""
    while True:
        try:
            connection = free.pop()
        except IndexError:
            return
        connection.close()


def fetched(connection: Any, text: str, parameters: Any) -> list[Sequence[Any]]:
    """Fetch by this *connection* of the driver's."""
    cursor = connection.cursor()
    cursor.execute(text, parameters)
    rows: list[Sequence[Any]] = cursor.fetchall()
    return rows
