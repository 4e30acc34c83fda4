"""The driver: connections that only read stay open, and are nobody's when the database goes."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from jinja2 import BytecodeCache

from blogapp import driver
from blogapp.driver import Driver
from blogapp.extensions import db

from .conftest import MakePost, application
from .test_search_postgresql import on_server, schema

SLUGS = "SELECT slug FROM posts"


def test_connections_stay_open_until_the_engine_is_disposed_of(
    app: Flask, make_post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_post("Hello")
    opened: list[object] = []
    really = driver.Driver._opened

    def open_one(own: driver.Driver) -> object:
        opened.append(own)
        return really(own)

    monkeypatch.setattr(driver.Driver, "_opened", open_one)

    with app.app_context():
        through = driver.current()
        db.engine.dispose()
        rows = [through.fetch(SLUGS, ()) for _ in range(3)]
        before = len(opened)
        db.engine.dispose()
        through.fetch(SLUGS, ())

    assert rows == [[("hello",)]] * 3
    assert (before, len(opened)) == (1, 2)


def test_nothing_is_written_by_them(app: Flask, make_post: MakePost) -> None:
    make_post("Hello")

    with app.app_context(), pytest.raises(sqlite3.OperationalError, match="readonly"):
        driver.current().fetch("DELETE FROM posts", ())

    with app.app_context():
        assert driver.current().fetch(SLUGS, ()) == [("hello",)]


def test_what_others_commit_is_seen_at_once(app: Flask, make_post: MakePost) -> None:
    with app.app_context():
        through = driver.current()
    before = through.fetch(SLUGS, ())

    make_post("Hello")

    assert (before, through.fetch(SLUGS, ())) == ([], [("hello",)])


@pytest.fixture
def through(app: Flask) -> Driver:
    """The driver of the application, with no connection yet."""
    with app.app_context():
        db.engine.dispose()
        return driver.current()


def test_a_connection_that_failed_is_not_kept(through: Driver) -> None:
    through.fetch(SLUGS, ())
    [connection] = through._free

    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        through.fetch("SELECT 1 FROM nowhere", ())

    assert not through._free
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def test_of_many_readers_at_once_only_some_leave_a_connection(
    through: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "MOST_KEPT", 2)
    together, used = threading.Barrier(4), list[sqlite3.Connection]()
    turn = threading.Lock()

    def fetch(connection: sqlite3.Connection, text: str, _parameters: object) -> list[object]:
        used.append(connection)
        together.wait(20)
        return connection.execute(text).fetchall()

    really = Driver._keep

    def keep_in_turn(*values: object) -> None:
        with turn:  # which one has counted is not what is asked here
            really(*values)  # type: ignore[arg-type] # whatever it is given

    monkeypatch.setattr(driver, "fetched", fetch)
    monkeypatch.setattr(Driver, "_keep", keep_in_turn)
    with ThreadPoolExecutor(4) as readers:
        rows = list(readers.map(lambda _: through.fetch("SELECT 1", ()), range(4)))

    assert rows == [[(1,)]] * 4
    assert [_is_open(connection) for connection in used].count(True) == 2 == len(through._free)


def test_a_connection_that_outlives_the_engine_is_closed_after_its_reader(
    through: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = list[sqlite3.Connection]()
    really = driver.fetched

    def fetch(connection: sqlite3.Connection, *values: object) -> list[object]:
        used.append(connection)
        through._engine.dispose()
        return really(connection, *values)  # type: ignore[arg-type, return-value] # as given

    monkeypatch.setattr(driver, "fetched", fetch)
    through.fetch("SELECT 1", ())

    assert [_is_open(connection) for connection in used] == [False]
    assert not through._free


def _is_open(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("SELECT 1").close()
    except sqlite3.ProgrammingError:
        return False
    return True


def test_what_is_asked_by_a_connection_that_has_ended_is_asked_once_more(
    through: Driver, make_post: MakePost
) -> None:
    make_post("Hello")
    through.fetch(SLUGS, ())
    through._free[0].close()

    assert through.fetch(SLUGS, ()) == [("hello",)]


def test_it_is_asked_no_third_time(through: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def fail(_connection: object, text: str, _parameters: object) -> object:
        asked.append(text)
        raise sqlite3.ProgrammingError("Cannot operate on a closed database.")

    monkeypatch.setattr(driver, "fetched", fail)
    with pytest.raises(sqlite3.ProgrammingError):
        through.fetch(SLUGS, ())

    assert asked == [SLUGS, SLUGS]


@on_server
def test_readers_do_not_see_that_postgresql_was_restarted(
    compiled_templates: BytecodeCache,
    tmp_path_factory: pytest.TempPathFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with schema() as address:
        folder = tmp_path_factory.mktemp("postgresql")
        app = application(folder, compiled_templates, database_url=address)
        with app.app_context():
            upgrade()
            db.session.remove()
            connections = [db.engine.connect() for _ in range(3)]
            pids = [
                connection.scalar(sa.text("SELECT pg_backend_pid()")) for connection in connections
            ]
            for connection in connections:
                connection.close()
            other = sa.create_engine(address)
            with other.connect() as away:
                for pid in pids:
                    away.execute(sa.text("SELECT pg_terminate_backend(:pid, 20000)"), {"pid": pid})
            other.dispose()

            rows = [driver.current().fetch("SELECT 1", {}) for _ in range(3)]

            db.engine.dispose()
    assert rows == [[(1,)]] * 3
    assert not caplog.records
