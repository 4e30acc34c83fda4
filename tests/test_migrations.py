"""Migrations of a blog that is in use: nothing is lost, whatever happens."""

from __future__ import annotations

import re
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade

from blogapp import config, create_app, differences, posts
from blogapp.errors import BlogError
from blogapp.extensions import db
from blogapp.health import MIGRATIONS
from blogapp.models import Message, Post, Revision
from blogapp.search import fts5
from blogapp.texts import Text

from .conftest import CheckedClient, MakePost

MOMENT = "2026-03-14 09:00:00.123456"
TEXT = "  Zürich\r\n\tfind the needle \0 \ufeff e\u0301 👩‍💻 ' \" \\ %s :x ?\n\n"
OLD: dict[str, dict[str, Any]] = {
    "posts": {
        **{"id": 7, "uid": "f3b1", "slug": "old", "title": "An old post", "description": TEXT},
        **{
            "body": TEXT,
            "body_html": TEXT,
            "excerpt": TEXT,
            "version": 3,
            "headings": '[{"a":1}]',
        },
        **{"renderer_version": 1, "minutes": 2, "minutes_by_author": None, "created_at": MOMENT},
        **{"published_at": MOMENT, "updated_at": MOMENT, "source": "/old.md"},
        **{"source_digest": "5d", "imported_digest": None},
    },
    "tags": {"id": 2, "name": "c#", "description": TEXT},
    "post_tags": {"post_id": 7, "tag_id": 2},
    "redirects": {"slug": "older", "post_id": 7},
    "messages": {
        **{"id": 5, "token_hash": "a1", "name": TEXT, "email": "vera@example.org", "body": TEXT},
        **{"post_id": 7, "received_at": MOMENT, "read_at": MOMENT, "archived_at": None},
    },
    "authors": {
        **{"id": 1, "name": "sam", "password_hash": "scrypt:1:1:1$a$b", "timezone": None},
        **{"created_at": MOMENT},
    },
    "sessions": {"id": 4, "token_hash": "b2", "author_id": 1, "created_at": MOMENT},
    "sign_in_failures": {"id": 6, "subject": "c3", "at": MOMENT},
}

RENAMED = {"sign_in_failures": "attempts"}
REMOVED: dict[str, dict[str, Any]] = {"messages": {"archived_at": None}}

MakeMigration = Callable[[str], Path]


def make_old(instance: Path) -> None:
    """Make a blog of the first version: a row in each table, and a draft."""
    app = create_app(config.Settings(instance=instance))
    with app.app_context():
        upgrade(revision="0001")
        db.engine.dispose()
    draft = OLD["posts"] | {"id": 9, "uid": "09", "slug": "draft", "published_at": None}
    with closing(sqlite3.connect(instance / "blog.db")) as connection, connection:
        for table, row in [*OLD.items(), ("posts", draft)]:
            values = ", ".join(f":{name}" for name in row)
            insert = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})"  # noqa: S608
            connection.execute(insert, row)


def rows(database: Path) -> dict[str, list[dict[str, Any]]]:
    """All rows of the tables of the first version, by their names and columns of then.

    What was taken away since is filled in as it was.
    """
    with closing(sqlite3.connect(database)) as connection:
        return {table: _rows(connection, table) for table in OLD}


def _rows(connection: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    connection.row_factory = sqlite3.Row
    now = table if _exists(connection, table) else RENAMED[table]
    found = connection.execute(f"SELECT * FROM {now}")  # noqa: S608 - a name of ours
    known = [REMOVED.get(table, {}) | dict(row) for row in found]
    return [{name: row[name] for name in OLD[table]} for row in known]


def _exists(connection: sqlite3.Connection, table: str) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(query, (table,)).fetchone() is not None


def everything(database: Path) -> list[str]:
    """All of a database, as SQL that would make it again."""
    with closing(sqlite3.connect(database)) as connection:
        return list(connection.iterdump())


def add_migration(folder: Path, steps: str) -> Path:
    """Make a *folder* with one more migration, behind all others; *steps* is a line of Python."""
    shutil.copytree(MIGRATIONS, folder)
    head = (folder / "HEAD").read_text().partition("_")[0]
    (folder / "versions" / "next.py").write_text(
        "from alembic import op\n"
        f"revision, down_revision = 'next', {head!r}\n"
        f"def upgrade():\n    {steps}\n"
    )
    return folder


def check_index() -> None:
    """Let FTS5 look through its index, of whichever version that is; raises what it finds."""
    with db.engine.connect() as connection:
        connection.exec_driver_sql("INSERT INTO search(search) VALUES('integrity-check')")


@pytest.fixture
def old_blog(tmp_path: Path) -> Iterator[Path]:
    """The database of a blog of the first version; the test stands inside the application."""
    make_old(tmp_path / "old")
    with create_app(config.Settings(instance=tmp_path / "old")).app_context():
        yield tmp_path / "old" / "blog.db"
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def make_migration(tmp_path: Path) -> MakeMigration:
    """Add a migration behind all others, in a folder of its own."""
    return lambda steps: add_migration(tmp_path / "migrations", steps)


def test_an_upgrade_keeps_every_row_and_the_way_back_does_too(old_blog: Path) -> None:
    before = rows(old_blog)
    upgrade()
    above = rows(old_blog)
    downgrade(revision="0001")
    below = rows(old_blog)
    upgrade()

    assert {table: found[0] for table, found in before.items()} == OLD
    assert above == below == rows(old_blog) == before


def test_an_upgrade_dates_the_tags_by_their_posts(old_blog: Path) -> None:
    upgrade()

    assert db.session.scalar(sa.text("SELECT published_at FROM post_tags")) == MOMENT


@pytest.mark.parametrize("damage", ["DELETE FROM search_data", "DROP TABLE search_idx"])
def test_a_damaged_search_index_is_in_no_migrations_way(old_blog: Path, damage: str) -> None:
    upgrade(revision="0008")
    for migrate, revision in ((upgrade, "head"), (downgrade, "0008")):
        db.session.remove()
        db.engine.dispose()
        with closing(sqlite3.connect(old_blog)) as connection, connection:
            connection.execute(damage)

        migrate(revision=revision)

        check_index()


@pytest.mark.parametrize(
    "step",
    [
        "op.execute('UPDATE nothing SET a = 1')",
        pytest.param("op.execute('DELETE FROM posts')", id="rows-that-belong-to-nothing"),
    ],
)
def test_a_migration_that_fails_leaves_the_database_as_it_was(
    old_blog: Path, make_migration: MakeMigration, step: str
) -> None:
    folder = make_migration(f"op.drop_table('messages'); {step}")
    before = everything(old_blog)

    with pytest.raises((sa.exc.OperationalError, BlogError)):
        upgrade(directory=str(folder))

    assert everything(old_blog) == before
    assert db.session.scalar(sa.text("PRAGMA foreign_keys")) == 1
    upgrade()


def test_a_row_that_belonged_to_nothing_before_is_in_no_migrations_way(
    old_blog: Path, make_migration: MakeMigration
) -> None:
    with closing(sqlite3.connect(old_blog)) as connection, connection:
        connection.execute("INSERT INTO redirects(slug, post_id) VALUES ('lost', 99)")
    before = rows(old_blog)
    upgrade()

    assert rows(old_blog) == before

    folder = make_migration("op.execute('UPDATE redirects SET post_id = 98')")
    with pytest.raises(BlogError, match="nothing: 1 of redirects to no row of posts"):
        upgrade(directory=str(folder))

    assert rows(old_blog) == before


def test_a_posts_table_that_is_made_anew_leaves_the_search_in_step(
    app: Flask, client: CheckedClient, make_post: MakePost, make_migration: MakeMigration
) -> None:
    make_post("Needle", tags=["sewing"])
    folder = make_migration("with op.batch_alter_table('posts', recreate='always'): pass")

    with app.app_context():
        upgrade(directory=str(folder))
    make_post("Thread", body="A needle has an eye.", tags=["sewing"])

    with app.app_context():
        assert [found for found in differences.of_posts() if found] == []
        assert fts5.problem() is None
    page = client.get("/?tag=sewing&q=needle").text
    assert "/blog/needle" in page and "/blog/thread" in page


def test_an_id_is_never_given_again(old_blog: Path) -> None:
    upgrade()

    post = posts.create(Text(title="One"))
    newest = db.session.scalars(sa.select(Revision)).one()
    ids = (post.id, newest.id)
    db.session.execute(sa.delete(Post).where(Post.id == post.id))
    other = posts.create(Text(title="Two"))

    assert other.id > ids[0]
    assert db.session.scalars(sa.select(Revision)).one().id > ids[1]
    numbered = db.session.scalars(
        sa.text("SELECT name FROM sqlite_master WHERE sql LIKE '%PRIMARY KEY AUTOINCREMENT%'")
    )
    assert {*numbered} == {
        *("posts", "revisions", "preview_links", "images", "messages", "additions", "deliveries"),
    }


def test_an_id_of_a_post_that_is_gone_stays_taken_when_the_table_is_made_anew(
    app: Flask, core: None
) -> None:
    first, last = (posts.create(Text(title=title)).id for title in ("One", "Two"))
    db.session.execute(sa.delete(Post).where(Post.id == last))
    db.session.commit()

    for revision in ("0007", "head"):
        (downgrade if revision == "0007" else upgrade)(revision=revision)

    assert posts.create(Text(title="Three")).id > last > first


def test_messages_get_a_reference_and_a_folder(old_blog: Path) -> None:
    with closing(sqlite3.connect(old_blog)) as connection, connection:
        connection.execute(
            "INSERT INTO messages (token_hash, name, email, body, received_at, archived_at)"
            " VALUES ('b7', 'Ürsel', 'U@Example.org', 'Old\nnews', ?, ?)",
            (MOMENT, MOMENT),
        )
    upgrade()

    waiting, put_away = db.session.scalars(sa.select(Message).order_by(Message.id))

    assert (waiting.folder, waiting.unread, put_away.folder, put_away.unread) == (
        *("inbox", False),
        *("archive", False),
    )
    assert (put_away.address, put_away.folded) == (
        "u@example.org",
        "ürsel\nu@example.org\nold\nnews",
    )
    assert re.fullmatch(r"[2-9CFGHJMPQRVWX]{4}-[2-9CFGHJMPQRVWX]{4}", put_away.reference)
    assert put_away.reference != waiting.reference
    downgrade(revision="0004")
    archived = sa.text("SELECT archived_at FROM messages ORDER BY id")
    assert db.session.scalars(archived).all() == [None, MOMENT]


def test_messages_get_an_address_that_fits_and_references_of_their_own(
    old_blog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert = (
        "INSERT INTO messages (token_hash, name, email, body, received_at)"
        " VALUES ('b7', 'V', ?, 'Hi', ?)"
    )
    with closing(sqlite3.connect(old_blog)) as connection, connection:
        connection.execute(insert, ("ß" * 64 + "@" + "ß" * 180, MOMENT))
    letters = iter("22222222" * 2 + "33333333")
    monkeypatch.setattr(secrets, "choice", lambda _letters: next(letters))

    upgrade()

    found = db.session.scalars(sa.select(Message).order_by(Message.id)).all()
    assert [message.reference for message in found] == ["2222-2222", "3333-3333"]
    assert found[1].address == ("ss" * 64 + "@" + "ss" * 180)[:254]


def test_the_way_back_shows_readers_nothing_that_they_did_not_see(old_blog: Path) -> None:
    upgrade()
    db.session.execute(sa.update(Post).where(Post.id == 7).values(shelf="unlisted"))
    db.session.commit()

    downgrade(revision="0003")

    dated = sa.text("SELECT published_at FROM posts UNION SELECT published_at FROM post_tags")
    assert db.session.scalars(dated).all() == [None]


def test_a_post_that_is_deleted_after_an_upgrade_takes_its_rows_with_it(old_blog: Path) -> None:
    upgrade()

    db.session.execute(sa.text("DELETE FROM posts WHERE id = 7"))
    db.session.commit()

    left = rows(old_blog)
    assert (left["post_tags"], left["redirects"]) == ([], [])
    assert left["messages"] == [OLD["messages"] | {"post_id": None}]
