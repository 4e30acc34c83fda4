"""Guards: the migrations make the tables that the models say, and unmake them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex

from blogapp import config, create_app, models
from blogapp.extensions import db, is_modelled, limit_indexes
from blogapp.health import MIGRATIONS
from blogapp.search import fts5

DIALECTS = (sqlite.dialect(), postgresql.dialect())  # type: ignore[no-untyped-call] # theirs
VERSIONS = sorted(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Flask]:
    """A blog whose database has never been made."""
    app = create_app(config.Settings(instance=tmp_path / "new"))
    with app.app_context():
        yield app
        db.engine.dispose()


def schema(app: Flask) -> set[tuple[str, tuple[str, ...]]]:
    """Every table and index as SQLite keeps it, by lines.

    A table that was made anew has its constraints in any order.
    """
    connection = sqlite3.connect(app.config["BLOG"].instance / "blog.db")
    try:
        found = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql NOT NULL AND name <> 'sqlite_sequence'"
        )
        return {(name, _lines(sql)) for name, sql in found}
    finally:
        connection.close()


def _lines(sql: str) -> tuple[str, ...]:
    lines = [line.strip(" \t,") for line in sql.splitlines()]
    return tuple(sorted(lines, key=lambda line: line if line.startswith("CONSTRAINT") else ""))


def test_up_down_and_up_again_gives_the_same_tables(new: Flask) -> None:
    upgrade()
    first = schema(new)
    downgrade(revision="base")
    none = schema(new)
    upgrade()

    assert {name for name, _ in none} == {"alembic_version"}
    assert schema(new) == first
    assert {table.name for table in models.metadata().sorted_tables} <= {name for name, _ in first}


def test_the_models_leave_nothing_to_generate(new: Flask) -> None:
    upgrade()

    with db.engine.connect() as connection:
        options: dict[str, Any] = {"compare_type": True, "compare_server_default": True}
        options |= {"include_name": is_modelled}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, models.metadata()) == []


def test_postgresql_limits_the_same_indexes_as_sqlite() -> None:
    limit_indexes()

    tables = models.metadata().tables.values()
    for index in (index for table in tables for index in table.indexes):
        ours, others = (str(CreateIndex(index).compile(dialect=dialect)) for dialect in DIALECTS)
        assert ours == others


def test_only_the_tables_of_the_index_have_no_models(new: Flask) -> None:
    upgrade()

    names = set(sa.inspect(db.engine).get_table_names())
    unmodelled = {name for name in names if not is_modelled(name, "table", {})}

    assert unmodelled == names - set(models.metadata().tables) - {"alembic_version"}
    assert is_modelled("search_requests", "table", {})
    assert is_modelled("search", "index", {})


def test_a_database_that_is_up_to_date_can_be_upgraded_again(new: Flask) -> None:
    upgrade()
    first = schema(new)
    upgrade()

    assert schema(new) == first


def test_an_index_that_is_made_anew_is_the_one_of_the_migrations(new: Flask) -> None:
    upgrade()
    first = schema(new)

    fts5.make()
    db.session.commit()

    assert schema(new) == first


def test_the_long_texts_are_the_last_that_sqlite_reads_of_a_post(new: Flask) -> None:
    upgrade()

    columns = [column["name"] for column in sa.inspect(db.engine).get_columns("posts")]
    assert columns[-4:] == ["headings", "plain", "body", "body_html"]


def test_every_constraint_has_its_name() -> None:
    for table in models.metadata().sorted_tables:
        assert all(constraint.name for constraint in table.constraints), table.name


def test_the_migrations_are_one_sequence_and_head_names_the_newest() -> None:
    script = ScriptDirectory(str(MIGRATIONS))

    assert (MIGRATIONS / "HEAD").read_text(encoding="ascii").strip() == VERSIONS[-1]
    assert [name[:4] for name in VERSIONS] == [f"{n:04}" for n in range(1, len(VERSIONS) + 1)]
    assert script.get_heads() == [VERSIONS[-1][:4]]
    assert [r.revision for r in script.walk_revisions()][::-1] == [name[:4] for name in VERSIONS]
