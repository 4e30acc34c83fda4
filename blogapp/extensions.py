"""The extensions, made unbound and bound once; the database's own rules."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from htmx_flask import Htmx
from sqlalchemy.orm import DeclarativeBase, registry

from .health import BUSY_TIMEOUT, MIGRATIONS

# The tables of the search index; the last ones are FTS5's own (sqlite.org/fts5.html, 9).
_INDEX = {
    *("search", "search_words", "search_places", "search_spelling"),
    *("search_data", "search_idx", "search_content", "search_docsize", "search_config"),
}


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """A moment: aware UTC in Python, in the database too where it knows zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[datetime | None], Any] | None:
        """Write text for SQLite, as SQLAlchemy does, but in a third of its time."""
        return _as_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(
        self, dialect: sa.Dialect, coltype: object
    ) -> Callable[[Any], datetime | None] | None:
        """Read SQLite's text likewise."""
        return _read if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else _in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"a moment needs its zone: {value!r}")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _as_text(value: datetime | None) -> str | None:
    return None if value is None else _in_utc(value).isoformat(" ", "microseconds")[:-6]


def _read(text: str | None) -> datetime | None:
    return None if text is None else read_moment(text)


def read_moment(text: str) -> datetime:
    """Read a moment as SQLite has it."""
    # With its zone in it: to put that in afterwards takes five times as long.
    moment = text if len(text) > len("2026-03-14") else f"{text} 00:00"
    return datetime.fromisoformat(f"{moment}+00:00")


_TYPES: dict[Any, Any] = {datetime: UTCDateTime, list[dict[str, Any]]: sa.JSON}


class Model(DeclarativeBase):
    """The base of all tables: constraints have names, so that migrations can change them."""

    registry = registry(
        metadata=sa.MetaData(
            naming_convention={
                "ix": "ix_%(column_0_label)s",
                "uq": "uq_%(table_name)s_%(column_0_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map=_TYPES,
    )


class LaterModel(DeclarativeBase):
    """The base of tables that are defined later (``models/later.py``).

    SQLAlchemy looks through all of a registry as soon as a class of it is used, and may not meet
    one there that another thread is defining.
    """

    registry = registry(metadata=Model.metadata, type_annotation_map=_TYPES)


db = SQLAlchemy(model_class=Model)


class _Csrf:
    """Flask-WTF's protection, from when there is a form: who serves readers loads no WTForms.

    What its own ``init_app`` would set is among our settings (``config.flask_settings``).
    """

    def init_app(self, app: Flask) -> None:
        """Let templates ask for a token."""
        app.jinja_env.globals["csrf_token"] = self.token

    def protect(self) -> None:
        """Raise Flask-WTF's ``CSRFError`` for a form without a valid token."""
        from flask_wtf.csrf import CSRFProtect

        CSRFProtect().protect()

    def token(self) -> str:
        """Make the token of a form."""
        from flask_wtf.csrf import generate_csrf

        token: str = generate_csrf()
        return token


csrf = _Csrf()
htmx = Htmx()


def init_app(app: Flask) -> None:
    """Bind the extensions to *app*."""
    # What visitors write, and secret tokens, are parameters: none of it belongs into a log.
    options: dict[str, Any] = {"hide_parameters": True}
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        # sqlite3 then begins a transaction with the first write, never with a read: no read
        # has to be upgraded, which would fail at once instead of waiting for its turn.
        options["connect_args"] = {"isolation_level": "IMMEDIATE", "timeout": BUSY_TIMEOUT}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    app.extensions["migrate"] = _Migrations(app)
    csrf.init_app(app)
    htmx.init_app(app)
    app.shell_context_processor(_tables)


def _tables() -> dict[str, Any]:
    """Name the tables for `blogapp shell`; Flask-SQLAlchemy knows those of ``Model`` alone."""
    from . import models  # here, for they are made of this module's

    found = {name: getattr(models, name) for name in models.__all__}
    return {name: table for name, table in found.items() if isinstance(table, type)}


def limit_indexes() -> None:
    """Tell PostgreSQL, too, which rows the partial indexes are of.

    The models tell SQLite only: SQLAlchemy loads PostgreSQL's dialect, 2 MB, to take the word.
    """
    from . import models  # here, for they are made of this module's

    for table in models.metadata().tables.values():
        for index in table.indexes:
            where = index.dialect_kwargs.get("sqlite_where")
            if where is not None:
                index.dialect_kwargs["postgresql_where"] = where


class _Migrations:
    """Flask-Migrate, from when it is asked: a worker needs none of Alembic, which takes 10 MB."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate

        options: dict[str, Any] = {"render_as_batch": True, "include_name": is_modelled}
        Migrate(self._app, db, directory=str(MIGRATIONS), **options)  # takes this one's place
        return getattr(self._app.extensions["migrate"], name)


def is_modelled(name: str | None, kind: str, _parents: object) -> bool:
    """Tell Alembic what the models describe: all but the search index, which is SQL of its own."""
    return not (kind == "table" and name in _INDEX)


def make_private() -> None:
    """Let only its owner read SQLite's file, and with it those that SQLite puts beside it."""
    path = db.engine.url.database
    if db.engine.dialect.name == "sqlite" and path and path != ":memory:":
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


@sa.event.listens_for(sa.Engine, "connect")
def _set_pragmas(connection: object, _record: object) -> None:
    """Make SQLite keep what it acknowledged, and its own rules (sqlite.org/pragma.html)."""
    if isinstance(connection, sqlite3.Connection):
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()
