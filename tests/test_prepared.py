"""Prepared statements: they give what the same statement gives SQLAlchemy's way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from blogapp import posts
from blogapp.extensions import db
from blogapp.models import Post
from blogapp.prepared import Prepared, Utf8, given, moment, moment_of
from blogapp.texts import Text

from .conftest import PAST, MakePost

COLUMNS = (Post.id, Post.title, Post.published_at, Post.headings, Post.minutes_by_author)


def newer() -> sa.Select[Any]:
    found = (Post.published_at > moment("at")) & (Post.shelf == "listed")
    return sa.select(*COLUMNS).where(found).order_by(Post.id).limit(given("most", sa.Integer))


@pytest.mark.parametrize("at", [PAST - timedelta(days=1), PAST, PAST + timedelta(days=1)])
def test_rows_are_those_of_the_database_toolkit(
    make_post: MakePost, app: Flask, at: datetime
) -> None:
    make_post("One", PAST, body="# Größe\n\n# Two\n\n# Three")
    make_post("Two", PAST + timedelta(microseconds=1))
    make_post("Draft", None)
    query = newer()

    with app.app_context():
        rows = Prepared(query).all(at=at, most=9)

        ours = [tuple(row) for row in rows]
        assert ours == [tuple(row) for row in db.session.execute(query, {"at": at, "most": 9})]


def test_texts_come_as_they_are_sent_and_moments_as_the_driver_has_them(
    make_post: MakePost, app: Flask
) -> None:
    make_post("Größe → 数据", PAST)
    query = Prepared(sa.select(Utf8(Post.title), Post.published_at))

    with app.app_context():
        [(title, at)] = query.raw()

        assert title == "Größe → 数据".encode()
        assert moment_of(at) == query.all()[0][1] == PAST


def test_a_statement_is_made_once_when_it_is_first_run(core: None) -> None:
    made: list[sa.Select[Any]] = []

    def make() -> sa.Select[Any]:
        made.append(sa.select(sa.func.count()).select_from(Post))
        return made[-1]

    prepared = Prepared(make)

    assert made == []
    assert prepared.first() == prepared.first() == (0,)
    assert len(made) == 1


def test_what_the_session_has_written_is_read_and_what_others_have_not_committed_is_not(
    core: None,
) -> None:
    numbers = Prepared(sa.select(sa.func.count()).select_from(Post))

    posts.create(Text(title="Not committed"))

    assert numbers.first() == (1,)
    db.session.rollback()
    db.session.close()
    assert numbers.first() == (0,)


def test_failures_are_those_of_the_database_toolkit(core: None) -> None:
    table = sa.table("none", sa.column("name"))

    with pytest.raises(sa.exc.OperationalError, match="no such table"):
        Prepared(sa.select(table.c.name)).all()
