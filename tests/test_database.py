"""The database: what SQLite is told, writers that wait, moments that come back."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from blogapp.extensions import UTCDateTime, db
from blogapp.models import Message, Tag, utcnow


@pytest.mark.usefixtures("dear_writes")
@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000)],
)
def test_sqlite_keeps_what_it_acknowledged(core: None, pragma: str, value: object) -> None:
    assert db.session.scalar(sa.text(f"PRAGMA {pragma}")) == value


@pytest.fixture
def statements(core: None) -> Iterator[list[str]]:
    """All that SQLite itself is asked for, transactions included."""
    seen: list[str] = []
    connection = db.session.connection().connection.driver_connection
    assert isinstance(connection, sqlite3.Connection)
    connection.set_trace_callback(seen.append)
    yield seen
    connection.set_trace_callback(None)


def test_a_read_opens_no_transaction_and_a_write_takes_its_turn_at_once(
    statements: list[str],
) -> None:
    db.session.scalars(sa.select(Tag)).all()
    assert not any(statement.startswith("BEGIN") for statement in statements)

    db.session.add(Tag(name="a"))
    db.session.commit()

    begins = [statement for statement in statements if statement.startswith("BEGIN")]
    assert begins == ["BEGIN IMMEDIATE"]


def test_a_writer_waits_for_another_and_both_are_kept(app: Flask) -> None:
    wrote, failures = threading.Event(), list[BaseException]()

    def write_second() -> None:
        try:
            with app.app_context():
                db.session.scalars(sa.select(Tag)).all()
                wrote.wait(10)
                db.session.add(Tag(name="second"))
                db.session.commit()
        except BaseException as error:
            failures.append(error)

    other = threading.Thread(target=write_second)
    with app.app_context():
        db.session.scalars(sa.select(Tag)).all()
        other.start()
        db.session.add(Tag(name="first"))
        db.session.flush()
        wrote.set()
        other.join(0.2)
        assert other.is_alive()  # it waits
        db.session.commit()
        other.join(10)

        assert failures == []
        assert set(db.session.scalars(sa.select(Tag.name))) == {"first", "second"}


def test_a_reader_does_not_wait_for_a_writer(app: Flask) -> None:
    found = list[list[str]]()

    def read() -> None:
        with app.app_context():
            found.append(list(db.session.scalars(sa.select(Tag.name))))

    with app.app_context():
        db.session.add(Tag(name="first"))
        db.session.flush()
        reader = threading.Thread(target=read)
        reader.start()
        reader.join(10)

    assert found == [[]]


def test_a_row_cannot_belong_to_what_is_not_there(core: None) -> None:
    db.session.add(Message(token_hash="x", name="n", email="e", body="b", post_id=99))

    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()


@given(
    st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)),
    st.timedeltas(timedelta(hours=-14), timedelta(hours=14)),
)
def test_a_moment_comes_back_the_same_in_utc(
    core: None, local: datetime, offset: timedelta
) -> None:
    moment = local.replace(tzinfo=timezone(offset))

    back = db.session.scalar(sa.select(sa.literal(moment, UTCDateTime())))

    assert back == moment
    assert back is not None and back.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(core: None) -> None:
    with pytest.raises(sa.exc.StatementError, match="needs its zone"):
        db.session.scalar(sa.select(sa.literal(datetime(2026, 1, 1), UTCDateTime())))


def test_now_knows_its_zone() -> None:
    assert utcnow().tzinfo is UTC
