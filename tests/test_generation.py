"""The generation: it moves with every change that a reader could see, for every worker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from blogapp import authors, generation, posts, revisions, shelves, tags, texts
from blogapp.extensions import db
from blogapp.generation import Generation
from blogapp.models import Post, Site, Tag
from blogapp.revisions import Hand

from .conftest import PASSWORD, MakePost

Change = Callable[[int], object]


def of(app: Flask) -> Generation:
    found = app.extensions["generation"]
    assert isinstance(found, Generation)
    return found


SEEN: dict[str, Change] = {
    "revised": lambda id_: posts.revise(posts.get(id_), texts.Text(title="Other", slug="one")),
    "unpublished": lambda id_: posts.unpublish(posts.get(id_)),
    "trashed": lambda id_: shelves.to_trash(posts.get(id_)),
    "tag described": lambda _: tags.describe(tags.get(1), "Micro"),
    "tag renamed": lambda _: tags.rename(tags.get(1), "micro"),
    "many rows": lambda _: db.session.execute(sa.update(Post).values(series="x")),
    "words of SQL": lambda _: db.session.execute(sa.text("DELETE FROM post_tags")),
    "with RETURNING": lambda _: db.session.execute(
        sa.update(Post).values(series="x").returning(Post.id)
    ).all(),
    "two new rows": lambda _: db.session.add_all([Tag(name="a"), Tag(name="b")]),
    "behind WITH": lambda _: db.session.execute(
        sa.text("WITH a AS (SELECT 1) UPDATE posts SET series = 'x'")
    ),
}
UNSEEN: dict[str, Change] = {
    "read": lambda id_: posts.get(id_),
    "signed in": lambda _: authors.sign_in("sam", PASSWORD, "192.0.2.1"),
    "kept": lambda id_: revisions.keep(
        posts.get(id_), texts.Text(title="One", body="More."), begun_from=1, by=Hand(sitting="a")
    ),
}


@pytest.mark.parametrize("change", SEEN.values(), ids=SEEN.keys())
def test_what_readers_could_see_moves_it_with_the_commit(
    app: Flask, make_post: MakePost, change: Change
) -> None:
    post = make_post("One", tags=["flask"])
    watched = of(app)
    before = watched.now()

    with app.app_context():
        change(post.id)
        assert watched.now() == before
        db.session.commit()

    assert watched.now() > before


@pytest.mark.parametrize("change", UNSEEN.values(), ids=UNSEEN.keys())
@pytest.mark.usefixtures("sam")
def test_what_no_reader_sees_leaves_it(app: Flask, make_post: MakePost, change: Change) -> None:
    post = make_post("One")
    before = of(app).now()

    with app.app_context():
        change(post.id)
        db.session.commit()

    assert of(app).now() == before


def test_a_change_that_is_taken_back_leaves_it(app: Flask, make_post: MakePost) -> None:
    post = make_post("One")
    before = of(app).now()

    with app.app_context():
        posts.unpublish(posts.get(post.id))
        db.session.rollback()
        authors.add("vera", PASSWORD)
        db.session.commit()

    assert of(app).now() == before


def test_it_is_known_without_the_database_once_it_was_asked(
    app: Flask, make_post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_post("One")
    known = of(app).now()

    monkeypatch.setattr(of(app), "state", None)

    assert of(app).now() == known


def test_another_worker_sees_it_at_once_whichever_dies_in_between(
    app: Flask, make_post: MakePost
) -> None:
    """A worker that is killed between its word and its commit leaves the others to ask."""
    post = make_post("One")
    other = Generation(_engine(app), app.config["BLOG"].instance / "generation")
    before = other.now()

    with app.app_context():
        posts.unpublish(posts.get(post.id))
        db.session.flush()
        of(app)._map[0] = before + 1
        assert other.now() == before
        db.session.rollback()
        assert other.now() == before
        posts.unpublish(posts.get(post.id))
        db.session.commit()

    assert other.now() == before + 1 == of(app).now()


def test_what_another_machine_writes_is_seen_after_a_while(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generation, "AWAY", 0)
    here = of(app)
    known = here.state().number

    with _engine(app).begin() as away:  # which counts, and cannot say so in the file here
        away.execute(sa.update(Site).values(generation=known + 1))

    assert not here.is_now(known)
    assert here.now() == known + 1


def test_nothing_is_known_from_a_database_that_does_not_answer(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = of(app)
    with monkeypatch.context() as long_ago:
        long_ago.setattr(generation, "AWAY", 0)
        known = here.state().number
    monkeypatch.setattr(here, "_engine", sa.create_engine(f"sqlite:///{tmp_path}/none/blog.db"))

    for _ in range(2):
        with pytest.raises(sa.exc.OperationalError):
            here.now()

    assert not here.is_now(known)


def _engine(app: Flask) -> sa.Engine:
    with app.app_context():
        return db.engine


def test_a_map_that_is_missing_or_ahead_does_not_matter(app: Flask, tmp_path: Path) -> None:
    here = of(app).now()
    for name, content in (("new", b""), ("ahead", (here + 9).to_bytes(8, "little") * 2)):
        (tmp_path / name).write_bytes(content)
        fresh = Generation(_engine(app), tmp_path / name)
        fresh.settle()
        assert fresh.now() == here
