"""Alembic's environment: the application's own engine and tables, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import context
from flask import current_app

from blogapp import models
from blogapp.errors import BlogError
from blogapp.extensions import db, limit_indexes
from blogapp.generation import unwatched


def run() -> None:
    """Run the migrations over a connection of the application: all of them, or none."""
    options = current_app.extensions["migrate"].configure_args
    if db.engine.dialect.name != "sqlite":
        limit_indexes()
    with db.engine.connect() as connection, unwatched(connection), _transaction(connection):
        context.configure(connection=connection, target_metadata=models.metadata(), **options)
        with context.begin_transaction():
            context.run_migrations()


@contextmanager
def _transaction(connection: sa.Connection) -> Iterator[None]:
    """Open what is committed at the end.

    SQLite changes a table by making a new one and dropping the old. While foreign keys are
    watched, that would delete all rows that belong to those of the old one, so they are checked
    at the end instead (sqlite.org/lang_altertable.html, 7). What was wrong before stays so.
    """
    if connection.dialect.name != "sqlite":
        yield
        connection.commit()
        return
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        before = _orphans(connection)
        yield
        _refuse(_orphans(connection) - before)
        connection.commit()
    finally:
        connection.rollback()
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def _orphans(connection: sa.Connection) -> Counter[tuple[str, str]]:
    """Count the rows that belong to nothing, by table and parent.

    A table that is made anew may give its rows other numbers, so they cannot be compared.
    """
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check")
    return Counter((table, parent) for table, _, parent, _ in rows)


def _refuse(orphans: Counter[tuple[str, str]]) -> None:
    if orphans:
        found = [
            f"{number} of {table} to no row of {parent}"
            for (table, parent), number in sorted(orphans.items())
        ]
        raise BlogError(
            "the database is as it was: brought up to this version, it would have rows that"
            f" belong to nothing: {', '.join(found)}. Next: blogapp check"
        )


run()
