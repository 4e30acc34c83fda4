"""Upkeep while the blog is in use: saves are neither lost nor held up, and do not confuse."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from blogapp import differences, markdown, posts, search, upkeep
from blogapp.extensions import db
from blogapp.markdown import fallback
from blogapp.models import Post

from .conftest import MakePost


@pytest.fixture
def other(app: Flask) -> Iterator[sqlite3.Connection]:
    """Another process that writes: each statement is committed at once, or fails at once."""
    path = app.config["BLOG"].instance / "blog.db"
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        yield connection


def columns_of(post_id: int) -> dict[str, Any]:
    """All that is stored of a post."""
    row = db.session.execute(sa.select(Post.__table__).where(Post.id == post_id)).one()
    return dict(row._mapping)


def test_a_save_waits_for_a_few_posts_to_be_indexed_and_not_for_all(
    core: None,
    make_post: MakePost,
    other: sqlite3.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = [make_post("One").id, make_post("Two").id]
    index = search.index

    def index_while_another_saves(*read: Post) -> None:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("UPDATE posts SET title = 'Newer than what was read'")
        index(*read)

    monkeypatch.setattr(search, "index", index_while_another_saves)
    for post_id in ids:
        upkeep.index([post_id])
        db.session.commit()
        other.execute("UPDATE posts SET title = 'New'")


def test_a_post_that_is_saved_while_it_is_rendered_again_stays_as_it_was_saved(
    core: None,
    make_post: MakePost,
    other: sqlite3.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    post_id, render = make_post(body="Old").id, posts.render

    def render_slowly(post: Post) -> str | None:
        other.execute("UPDATE posts SET version = version + 1, body_html = 'New'")
        return render(post)

    monkeypatch.setattr(posts, "render", render_slowly)
    upkeep.render(post_id)
    db.session.commit()

    assert db.session.get_one(Post, post_id).body_html == "New"


def test_a_text_that_fails_to_be_rendered_again_keeps_its_page_and_is_tried_again(
    core: None, make_post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_id = make_post("Slow", body="## Part\n\nA *needle*.").id
    db.session.execute(sa.update(Post).values(renderer_version=1, plain="", version=7))
    db.session.commit()
    before = columns_of(post_id)

    def as_code(source: str) -> markdown.Rendered:
        return fallback.as_code(source, notice="Shown as plain code: it took too long.")

    with monkeypatch.context() as patch:
        patch.setattr(markdown, "render", as_code)
        notice = upkeep.render(post_id)
        db.session.commit()

    assert notice == "slow stays as it was rendered before: it took too long."
    assert columns_of(post_id) == before | {"plain": "## Part A *needle*."}
    assert "<h2" in before["body_html"] and upkeep.unrendered() == [post_id]
    assert search.everywhere(search.parse("needle"), 9) == [post_id]

    assert upkeep.render(post_id) is None
    assert upkeep.unrendered() == []


def test_a_save_during_a_comparison_is_no_difference(
    core: None,
    make_post: MakePost,
    other: sqlite3.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(differences, "AT_ONCE", 1)
    make_post("One")
    make_post("Two")

    found = differences.of_posts()
    first = next(found)
    other.execute("UPDATE posts SET title = 'New'")

    assert [first, *found] == [[], []]
    assert [len(each) for each in differences.of_posts()] == [2, 2]  # index and pages
