"""Two who write at the same time on PostgreSQL: one waits, and what both have done is there.

``BLOG_TEST_POSTGRESQL_URL`` names the database, as in ``test_search_postgresql.py``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from dataclasses import replace
from datetime import timedelta
from queue import Queue

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from jinja2 import BytecodeCache

from blogapp import bulk, listing, posts, search, shelves, tags, tallies
from blogapp.errors import Conflict
from blogapp.extensions import db
from blogapp.filters import Filter
from blogapp.models import Post, Tag, utcnow
from blogapp.search import engine
from blogapp.texts import Text

from .conftest import PAST, application
from .test_search_postgresql import on_server, schema

pytestmark = on_server

SECONDS = 20.0  # for what takes none unless something waits for ever


@pytest.fixture
def blog(
    compiled_templates: BytecodeCache, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """A blank blog on PostgreSQL; tests stand inside it."""
    with schema() as address:
        folder = tmp_path_factory.mktemp("postgresql")
        app = application(folder, compiled_templates, database_url=address)
        with app.app_context():
            upgrade()
            yield app
            db.session.remove()
            db.engine.dispose()


def article(title: str, *names: str, published: bool = True) -> int:
    """Store a post with these tags."""
    post = posts.create(Text(title=title, tags=names, body=f"Of {title}."))
    if published:
        posts.publish(post, PAST)
    db.session.commit()
    return post.id


def tag(name: str) -> Tag:
    """Find a tag."""
    found = tags.by_name(name)
    assert found is not None
    return found


def beside(app: Flask, do: Callable[[], object]) -> futures.Future[None]:
    """Begin to do something in a transaction of its own, until it waits for another or is done."""
    pids, doing = Queue[int](), futures.Future[None]()

    def run() -> None:
        try:
            with app.app_context():
                pids.put(db.session.scalar(sa.text("SELECT pg_backend_pid()")) or 0)
                do()
                db.session.commit()
            doing.set_result(None)
        except BaseException as error:  # whatever it is: who asks for the result gets it
            doing.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    blocking = sa.text(f"SELECT cardinality(pg_blocking_pids({pids.get(timeout=SECONDS)}))")
    with db.engine.connect() as connection:
        while not doing.done() and not connection.scalar(blocking):
            futures.wait([doing], 0.01)
    return doing


def let_go_on(waiting: futures.Future[None]) -> None:
    """Commit what somebody waits for, and let that one come to the end."""
    assert not waiting.done()

    db.session.commit()
    waiting.result(SECONDS)
    db.session.rollback()  # what has been read before is no more so


def names(post_id: int) -> list[str]:
    """What the tags of a post are called."""
    return [each.name for each in db.session.get_one(Post, post_id).tags]


def found(text: str, *chosen: str) -> list[int]:
    """The ids of the articles that a search finds."""
    return listing.ids(Filter.parse(chosen, text=text))


def expect_right_tallies() -> None:
    """See that the numbers of articles are what counting gives."""
    stored, counted = tallies.stored(), tallies.counted()
    assert (+stored.numbers, +stored.pairs) == (+counted.numbers, +counted.pairs)


@pytest.mark.parametrize("action", ["publish", "unpublish", "trash"])
def test_what_is_done_to_many_waits_for_who_saves_one_of_them(blog: Flask, action: str) -> None:
    ids = [article(title, "a", published=action != "publish") for title in ("one", "two")]
    last = posts.hold(ids[1])

    other = beside(blog, lambda: bulk.act(action, ids))
    posts.revise(last, Text(title="two", tags=["b"], body="Zebra."))
    let_go_on(other)

    assert found("zebra") == ([ids[1]] if action == "publish" else [])
    assert {db.session.get_one(Post, each).state() for each in ids} == {
        {"publish": "published", "unpublish": "draft", "trash": "trash"}[action]
    }
    expect_right_tallies()


def test_a_merge_waits_for_who_unlists_an_article_of_the_tag(blog: Flask) -> None:
    unlisted, other_id = article("one", "old", "x"), article("two", "new")
    post = posts.hold(unlisted)

    other = beside(blog, lambda: tags.merge(tag("old"), tag("new")))
    shelves.put(post, "unlisted")
    let_go_on(other)

    assert names(unlisted) == ["new", "x"]
    assert found("", "new") == [other_id]
    expect_right_tallies()


def test_a_rename_waits_for_who_publishes_a_draft_with_the_tag(blog: Flask) -> None:
    draft = article("draft", "before", published=False)
    post = posts.hold(draft)
    read = names(draft)

    other = beside(blog, lambda: tags.rename(tag("before"), "after"))
    posts.publish(post, PAST)
    let_go_on(other)

    assert read == ["before"]
    expect_named(draft, "after")


def test_who_publishes_a_draft_waits_for_a_rename_of_its_tag(blog: Flask) -> None:
    draft = article("draft", "before", published=False)
    tags.rename(tag("before"), "after")

    def publish() -> None:
        posts.get(draft)  # with the tag as it is called for others until the commit
        posts.publish(posts.hold(draft), PAST)

    let_go_on(beside(blog, publish))

    expect_named(draft, "after")


def expect_named(post_id: int, name: str) -> None:
    """See that lists show an article with a tag of this name, and the search finds it."""
    card = db.session.scalar(sa.select(Post.card_html).where(Post.id == post_id)) or ""
    assert f">{name}<" in card or f"#{name}" in card
    assert "before" not in card
    assert found("draft", name) == [post_id]
    expect_right_tallies()


def test_a_merge_takes_along_a_tag_that_is_being_added(blog: Flask) -> None:
    article("one", "old"), article("two", "new")
    changed = article("three")
    posts.revise(posts.hold(changed), Text(title="three", tags=["old", "x"]))

    let_go_on(beside(blog, lambda: tags.merge(tag("old"), tag("new"))))

    assert names(changed) == ["new", "x"]
    assert found("three", "new") == [changed]
    expect_right_tallies()


def test_a_merge_waits_for_who_is_about_to_add_the_tag(blog: Flask) -> None:
    article("one", "old"), article("two", "new")
    changed = article("three")
    post = posts.hold(changed)
    tags.named(["old"])  # as a save does first

    other = beside(blog, lambda: tags.merge(tag("old"), tag("new")))
    posts.revise(post, Text(title="three", tags=["old"]))
    let_go_on(other)

    assert names(changed) == ["new"]
    expect_right_tallies()


def test_a_tag_that_is_added_during_its_merge_is_the_one_that_it_becomes(blog: Flask) -> None:
    article("one", "old"), article("two", "new")
    changed = article("three")
    tags.merge(tag("old"), tag("new"))

    def add() -> None:
        posts.revise(posts.hold(changed), Text(title="three", tags=["old", "x"]))

    let_go_on(beside(blog, add))

    assert names(changed) == ["new", "x"]
    assert found("three", "new") == [changed]
    expect_right_tallies()


def test_a_tag_that_is_being_added_is_not_removed(blog: Flask) -> None:
    gone = article("one", "spare")
    posts.revise(posts.get(gone), Text(title="one"))
    db.session.commit()
    posts.revise(posts.hold(gone), Text(title="one", tags=["spare"]))

    other = beside(blog, lambda: tags.remove(tag("spare")))
    with pytest.raises(Conflict):
        let_go_on(other)
    db.session.rollback()

    assert names(gone) == ["spare"]


def test_an_entry_is_read_when_nobody_else_stores_it_any_more(blog: Flask) -> None:
    edited = article("edited", "a")
    posts.revise(posts.hold(edited), Text(title="edited", tags=["a"], body="Zebra."))

    let_go_on(beside(blog, lambda: search.index_tags([edited])))

    assert found("zebra") == [edited]


def test_a_post_that_moves_keeps_what_was_stored_meanwhile(blog: Flask) -> None:
    draft = article("draft", published=False)
    entry = engine.current().entry(draft)
    assert entry is not None
    engine.current().store([replace(entry, body="zebra")])

    let_go_on(beside(blog, lambda: posts.publish(posts.hold(draft), PAST)))

    assert found("zebra") == [draft]


def test_what_is_over_in_the_trash_waits_for_nobody(blog: Flask) -> None:
    over, kept = article("over"), article("kept")
    shelves.to_trash(posts.hold(over), utcnow() - timedelta(days=400))
    db.session.commit()
    db.session.execute(sa.select(Post.id).where(Post.id == over).with_for_update())

    beside(blog, lambda: shelves.to_trash(posts.hold(kept))).result(SECONDS)

    assert db.session.get(Post, over) is not None
    db.session.rollback()
    assert shelves.purge() == 1
