"""Whether the blog can do its work."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT = 5.0  # seconds that a writer waits for another, on SQLite


def problem() -> str | None:
    """Tell why the blog is not ready, or ``None``: database writable, schema current."""
    import sqlalchemy as sa  # here: `problem_of` does without

    from .extensions import db

    try:
        with db.engine.connect() as connection:
            return _problem(connection.exec_driver_sql)
    except sa.exc.DatabaseError as error:
        return _not_set_up(error.orig)


def outdated() -> str | None:
    """Tell why the schema is not that of this version, or ``None``; nothing is written."""
    import sqlalchemy as sa  # here: as above

    from .extensions import db

    try:
        with db.engine.connect() as connection:
            return _outdated(connection.exec_driver_sql)
    except sa.exc.DatabaseError as error:
        return _not_set_up(error.orig)


def problem_of(path: Path) -> str | None:
    """Tell the same of a file of SQLite, before there is an application."""
    address = f"{path.absolute().as_uri()}?mode=rw"  # rw: it must be there (sqlite.org/uri.html)
    try:
        with closing(sqlite3.connect(address, timeout=BUSY_TIMEOUT, uri=True)) as connection:
            return _problem(connection.execute)
    except sqlite3.Error as error:
        return _not_set_up(error)


def _problem(execute: Callable[[str], Any]) -> str | None:
    """Ask, and write what whoever closes the connection takes back."""
    problem = _outdated(execute)
    execute("DELETE FROM attempts WHERE id < 0")
    return problem


def _outdated(execute: Callable[[str], Any]) -> str | None:
    schema = (execute("SELECT version_num FROM alembic_version").fetchone() or [None])[0]
    newest = (MIGRATIONS / "HEAD").read_text(encoding="ascii").partition("_")[0]
    if schema != newest:
        return f"the schema is {schema}, this version needs {newest}: run `blogapp init`"
    return None


def _not_set_up(why: object) -> str:
    return f"the database is not set up ({why}): run `blogapp init`"
