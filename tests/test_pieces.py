"""Pieces of pages: what is stored is what would be drawn now."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import astuple, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from blogapp import bulk, create_app, drawing, listing, pieces, posts, reading, shelves, tags
from blogapp.articles import Article
from blogapp.cli import upkeep
from blogapp.extensions import db
from blogapp.filters import Filter
from blogapp.models import Post, Tag
from blogapp.texts import Text

from .conftest import PAST, CheckedClient, MakePost, browser

STORED = ("card_html", "head_html", "intro_html", "contents_html")


def drawn(post: Post) -> tuple[str, ...]:
    """What the pieces of a post say now."""
    made = pieces.of(post)
    return made.card, made.head, made.intro, made.contents


def stored() -> dict[str, tuple[str | None, ...]]:
    """What is stored of each post, by slug."""
    columns = [getattr(Post, name) for name in STORED]
    rows = db.session.execute(sa.select(Post.slug, *columns))
    return {slug: tuple(texts) for slug, *texts in rows}


def revised(**changes: object) -> Callable[[Post], None]:
    def change(post: Post) -> None:
        text = {"title": post.title, "slug": post.slug, "body": post.body, "tags": ("one", "two")}
        posts.revise(post, Text(**text | changes))  # type: ignore[arg-type] # by names

    return change


def renamed(post: Post) -> None:
    tags.rename(post.tags[0], "another")


def merged(post: Post) -> None:
    tags.merge(post.tags[0], post.tags[1])


CHANGES: dict[str, Callable[[Post], object]] = {
    "title": revised(title="Another <b>title"),
    "slug": revised(slug="elsewhere"),
    "description": revised(description="“Said” & done"),
    "body": revised(body="# One\n\n## Two\n\n## Three\n\nwords"),
    "tags": revised(tags=("three",)),
    "no tags": revised(tags=()),
    "reading time": revised(minutes=99),
    "language": revised(language="ar"),
    "tag renamed": renamed,
    "tags merged": merged,
    "date": lambda post: posts.publish(post, PAST + timedelta(days=3)),
    "plan": lambda post: posts.publish(post, PAST + timedelta(days=90_000)),
    "shelf": lambda post: shelves.put(post, "unlisted"),
    "bulk": lambda post: bulk.act("tag", [post.id], tag="bulky"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_stored_is_what_is_drawn_after_any_change(
    core: None, change: Callable[[Post], object]
) -> None:
    text = Text(title="Hello", body="# One\n\n# Two", tags=("one", "two"))
    post = posts.create(text)
    posts.publish(post, PAST)

    change(post)

    db.session.flush()
    db.session.expire_all()
    assert stored() == {post.slug: drawn(post)}
    assert pieces.undrawn() == []


def test_pieces_that_look_otherwise_have_another_version(core: None) -> None:
    """If this fails, raise ``pieces.VERSION`` and write down the new digest."""
    article = Article(
        id=1,
        slug="größe",
        title="<Größe>",
        description="“Said”",
        excerpt="",
        language="ar",
        published_at=PAST,
        updated_at=PAST + timedelta(days=40),
        reading_minutes=7,
        tags=("c#", "web"),
        series="A tour",
        shelf="listed",
        headings=[{"level": 2, "id": str(n), "text": f"Part {n}"} for n in range(3)],
    )
    look = pieces.look()

    drawn = [*astuple(look.draw(article)), *astuple(look.draw(replace(article, shelf="unlisted")))]

    digest = hashlib.sha256("".join(drawn).encode()).hexdigest()[:12]
    assert (pieces.VERSION, digest) == (1, "5be430b6953d")


def test_a_draft_has_no_pieces_until_it_is_published(core: None) -> None:
    post = posts.create(Text(title="Hello"))
    assert stored() == {"hello": (None,) * 4}

    posts.publish(post, PAST)

    assert stored() == {"hello": drawn(post)}


def test_other_settings_show_at_once_and_are_drawn_again_by_upkeep(
    make_post: MakePost, app: Flask
) -> None:
    make_post("Hello", PAST.replace(hour=23))
    moved = create_app(replace(app.config["BLOG"], timezone=ZoneInfo("Asia/Tokyo")))
    client = browser(moved)
    shown = [client.get(path).text for path in ("/", "/blog/hello")]
    with moved.app_context():
        [post] = db.session.scalars(sa.select(Post))
        before, versions = pieces.undrawn(), post.version
        pieces.redraw(before)
        db.session.commit()

        after = [client.get(path).text for path in ("/", "/blog/hello")]

        assert before == [post.id]
        assert all("15 March 2026" in page for page in shown)
        assert (after, pieces.undrawn(), post.version) == (shown, [], versions)


def test_stored_pieces_are_shown_as_they_are(make_post: MakePost, app: Flask) -> None:
    make_post("Hello")
    with app.app_context():
        db.session.execute(sa.update(Post).values(card_html="<li>card</li>", intro_html="<p>in"))
        db.session.commit()

        page = reading.article("hello")

        assert listing.page(Filter()).cards == [b"<li>card</li>"]
        assert page is not None
        assert page.intro == b"<p>in"


def test_a_save_while_pieces_are_drawn_again_is_not_drawn_over(
    make_post: MakePost, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = make_post("Old title")
    instance = app.config["BLOG"].instance
    tried: list[str] = []

    def save_meanwhile(*_: object) -> dict[str, str]:
        with closing(sqlite3.connect(instance / "blog.db", timeout=0)) as other:
            try:
                other.execute("UPDATE posts SET title = 'New title'")
                tried.append("saved")
            except sqlite3.OperationalError as error:
                tried.append(str(error))
        return columns(post)

    with app.app_context():
        columns = pieces._columns
        post = db.session.get_one(Post, post.id)
        pieces.fade([post.id])
        db.session.commit()
        monkeypatch.setattr(pieces, "_columns", save_meanwhile)

        drawing.batch([post.id])

    assert tried == ["database is locked"]


def test_what_many_cards_show_fades_and_is_drawn_behind(
    make_post: MakePost, app: Flask, client: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "AT_ONCE", 1)
    monkeypatch.setattr(drawing, "PAUSE", 0.0)
    for number in range(3):
        make_post(f"Post {number}", tags=["old"])
    with app.app_context():
        tags.rename(db.session.scalars(sa.select(Tag)).one(), "new")
        db.session.commit()
        faded = len(pieces.faded())
    shown = client.get("/").text

    stop = threading.Event()
    stop.wait = lambda seconds: seconds == drawing.LOOK  # type: ignore[method-assign, assignment, misc] # no sleeping
    drawing.start(app, stop).join(10)

    with app.app_context():
        assert (faded, pieces.faded(), pieces.undrawn()) == (3, [], [])
    assert shown.count("/tags/new") == client.get("/").text.count("/tags/new") == 3


def test_a_renamed_tag_is_drawn_on_every_card_and_changes_no_version(core: None) -> None:
    made = [posts.create(Text(title=f"Post {n}", tags=("old",))) for n in range(3)]
    for post in made:
        posts.publish(post, PAST)
    versions = [post.version for post in made]

    tags.rename(db.session.scalars(sa.select(Tag)).one(), "new")

    assert all("/tags/new" in (texts[0] or "") for texts in stored().values())
    db.session.expire_all()
    assert [post.version for post in made] == versions


def test_check_names_what_shows_something_else_and_reindex_mends_it(
    make_post: MakePost, app: Flask
) -> None:
    make_post("Hello")
    with app.app_context():
        db.session.execute(sa.update(Post).values(card_html="<li>before</li>"))
        db.session.commit()

    run = app.test_cli_runner()
    verbs = upkeep.check, upkeep.reindex, upkeep.check
    told, mended, again = (run.invoke(verb) for verb in verbs)

    assert "hello: its pages show what was" in told.output
    assert (told.exit_code, mended.exit_code, again.exit_code) == (1, 0, 0)
