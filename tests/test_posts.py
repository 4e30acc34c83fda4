"""Posts: what readers may see, and what becomes of a text and its address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from blogapp import listing, markdown, nearby, permalinks, posts, slugs
from blogapp.errors import Invalid
from blogapp.extensions import db
from blogapp.filters import Filter
from blogapp.models import Post, post_tags, utcnow
from blogapp.texts import Text

from .conftest import PAST, MakePost

pytestmark = pytest.mark.usefixtures("core")
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stand still at ``NOW`` until moved on."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def titles(articles: object) -> list[str]:
    return [post.title for post in articles]  # type: ignore[attr-defined]


def visible() -> list[str]:
    return titles(db.session.scalars(posts.published()))


def test_a_draft_is_invisible() -> None:
    posts.create(Text(title="Draft"))

    assert visible() == []
    assert posts.visible("draft") is None


def test_a_scheduled_post_is_invisible_until_its_time(clock: time_machine.Traveller) -> None:
    post = posts.create(Text(title="Soon"))
    posts.publish(post, NOW + timedelta(minutes=1))

    assert (post.state(), visible()) == ("scheduled", [])
    clock.shift(timedelta(minutes=1))
    assert (post.state(), visible()) == ("published", ["Soon"])


def test_a_post_can_be_taken_back() -> None:
    post = posts.create(Text(title="Hello"))
    posts.publish(post)
    posts.unpublish(post)

    assert (post.state(), visible()) == ("draft", [])


def test_articles_stand_newest_first_and_the_later_written_first_among_equals(
    make_post: MakePost,
) -> None:
    make_post("Old", PAST - timedelta(days=1))
    make_post("First", PAST)
    make_post("Second", PAST)

    assert visible() == ["Second", "First", "Old"]


# Addresses


def test_a_slug_is_made_of_the_title_and_a_number_if_need_be() -> None:
    first = posts.create(Text(title="Hello, World"))
    second = posts.create(Text(title="Hello World!"))

    assert (first.slug, second.slug) == ("hello-world", "hello-world-2")


def test_a_slug_of_the_authors_own_that_is_taken_is_refused_with_a_free_one() -> None:
    posts.create(Text(title="Hello"))

    with pytest.raises(Invalid, match="Free would be: hello-2") as refused:
        posts.create(Text(title="Other", slug="Hello"))

    assert refused.value.field == "slug"


def test_the_slug_of_a_draft_goes_with_its_title_and_that_of_an_article_stays() -> None:
    post = posts.create(Text(title="One"))
    posts.revise(post, Text(title="Two"))
    assert post.slug == "two"

    posts.publish(post)
    posts.revise(post, Text(title="Three"))
    assert post.slug == "two"


def test_an_old_slug_leads_to_the_article_however_often_it_changes() -> None:
    post = posts.create(Text(title="T", slug="a"))
    posts.publish(post)
    for slug in ("b", "c", "d"):
        posts.revise(post, Text(title="T", slug=slug))

    assert [posts.moved(slug) for slug in "abcd"] == [post, post, post, None]


def test_an_article_can_have_its_old_slug_back() -> None:
    post = posts.create(Text(title="T", slug="a"))
    posts.publish(post)
    posts.revise(post, Text(title="T", slug="b"))
    posts.revise(post, Text(title="T", slug="a"))

    assert posts.visible("a") is post
    assert (posts.moved("a"), posts.moved("b")) == (None, post)


@pytest.mark.parametrize(
    "hide", [posts.unpublish, lambda post: posts.publish(post, NOW.replace(year=2100))]
)
def test_an_address_that_was_public_leads_on_though_the_slug_changed_in_between(
    hide: object,
) -> None:
    post = posts.create(Text(title="T", slug="a"))
    posts.publish(post)
    hide(post)  # type: ignore[operator]
    posts.revise(post, Text(title="T", slug="b"))
    posts.publish(post)

    assert posts.moved("a") is post


def test_an_old_slug_is_given_to_another_post_only_if_its_author_wants_it() -> None:
    post = posts.create(Text(title="T", slug="a"))
    posts.publish(post)
    posts.revise(post, Text(title="T", slug="b"))

    assert posts.create(Text(title="A")).slug == "a-2"
    assert posts.create(Text(title="Other", slug="a")).slug == "a"
    assert posts.moved("a") is post


def test_a_slug_that_only_a_draft_had_is_free_again() -> None:
    post = posts.create(Text(title="T", slug="a"))
    posts.revise(post, Text(title="T", slug="b"))

    assert posts.create(Text(title="Other", slug="a")).slug == "a"
    assert posts.moved("a") is None


def test_an_old_address_of_a_hidden_post_leads_nowhere() -> None:
    post = posts.create(Text(title="T", slug="a"))
    posts.publish(post)
    posts.revise(post, Text(title="T", slug="b"))
    posts.unpublish(post)

    assert posts.moved("a") is None


@settings(max_examples=25)
@given(
    st.lists(st.sampled_from(["A", "a!", "A 2", "a-2", "日", "🎉", "C#", "c sharp"]), max_size=8)
)
def test_no_two_posts_ever_share_a_slug(names: list[str]) -> None:
    made = [posts.create(Text(title=name)) for name in names]

    assert len({post.slug for post in made}) == len(names)
    assert all(permalinks.free(post.slug) != post.slug for post in made)
    db.session.rollback()


# Texts


def test_a_post_needs_a_title() -> None:
    with pytest.raises(Invalid) as refused:
        posts.create(Text(title=" \n "))

    assert refused.value.field == "title"


def test_a_text_is_rendered_when_it_is_saved() -> None:
    post = posts.create(Text(title="T", body="# One\r\n\r\nSome *words*.\r\n"))

    assert post.body == "# One\n\nSome *words*.\n"
    assert "<em>words</em>" in post.body_html
    assert post.headings == [{"level": 2, "id": "one", "text": "One"}]
    assert post.renderer_version == markdown.VERSION
    assert post.excerpt == "Some words."


def test_an_older_renderers_html_is_made_again_on_save() -> None:
    post = posts.create(Text(title="T", body="x"))
    post.body_html, post.renderer_version = "old", markdown.VERSION - 1

    posts.revise(post, Text(title="T", body="x"))

    assert post.body_html == "<p>x</p>"


def test_an_excerpt_ends_with_a_whole_word() -> None:
    post = posts.create(Text(title="T", body="word, " * 100))

    assert post.excerpt.endswith("word…")
    assert len(post.excerpt) <= posts.EXCERPT_LENGTH + 1


def test_the_authors_reading_time_wins() -> None:
    post = posts.create(Text(title="T", body="word " * 1000, minutes=2))
    assert post.reading_minutes == 2

    posts.revise(post, Text(title="T", body=post.body))
    assert post.reading_minutes == 4


@pytest.mark.parametrize(
    ("text", "changed", "updated"),
    [
        (Text(title="T", body="x", tags=["a"]), False, False),
        (Text(title=" T ", body="x", tags=["A"]), False, False),
        (Text(title="T", body="x\r\n", tags=["a"]), True, True),
        (Text(title="T", body="y", tags=["a"]), True, True),
        (Text(title="U", body="x", tags=["a"]), True, True),
        (Text(title="T", body="x", tags=["a"], description="d"), True, True),
        (Text(title="T", body="x", tags=["b"]), True, False),
        (Text(title="T", body="x", tags=["a"], minutes=3), True, False),
        (Text(title="T", body="x", tags=["a"], slug="other"), True, False),
    ],
)
def test_only_another_text_is_an_update(
    clock: time_machine.Traveller, text: Text, changed: bool, updated: bool
) -> None:
    post = posts.create(Text(title="T", body="x", tags=["a"]))
    posts.publish(post)
    clock.shift(timedelta(hours=1))

    assert posts.revise(post, text) is changed
    assert post.changed_after_publication is updated
    assert post.updated_at == (utcnow() if updated else NOW)


def test_what_was_written_before_publication_is_no_update(clock: time_machine.Traveller) -> None:
    post = posts.create(Text(title="T"))
    clock.shift(timedelta(days=1))
    posts.publish(post, NOW - timedelta(days=30))

    assert not post.changed_after_publication


# Other articles


def nearby_of(slug: str) -> nearby.Nearby:
    """What is near the article at *slug*."""
    post = posts.visible(slug)
    assert post is not None
    return nearby.of(post.id, post.published_at)


def test_neighbours_are_those_readers_may_see(make_post: MakePost) -> None:
    make_post("Older", PAST - timedelta(days=2))
    make_post("Hidden", None)
    make_post("Here", PAST)
    make_post("Later", datetime(2200, 1, 1, tzinfo=UTC))
    make_post("Newer", PAST)
    near = nearby_of("here")

    assert near.older
    assert near.newer
    assert (near.older.title, near.newer.title) == ("Older", "Newer")


def test_following_newer_visits_every_article_once(make_post: MakePost) -> None:
    for number in range(5):
        make_post(f"Number {number}", PAST + timedelta(days=number // 2))
    slug, seen = "number-0", ["Number 0"]

    while newer := nearby_of(slug).newer:
        seen.append(newer.title)
        slug = newer.slug

    assert seen == visible()[::-1]


def test_related_articles_share_tags_most_first(make_post: MakePost) -> None:
    make_post("Two", PAST - timedelta(days=9), tags=["a", "b"])
    make_post("One old", PAST - timedelta(days=8), tags=["a"])
    make_post("One new", PAST - timedelta(days=7), tags=["b"])
    make_post("One more", PAST - timedelta(days=10), tags=["b"])
    make_post("None", tags=["c"])
    make_post("Hidden", None, tags=["a", "b"])
    make_post("Here", tags=["a", "b"])
    related = nearby_of("here").related

    assert [other.title for other in related] == ["Two", "One new", "One old"]


@pytest.mark.parametrize("wish", ["sqlite-wal", "sqllite-wal-promises", "wal-promises", "SQLITE"])
def test_the_nearest_article_is_found(make_post: MakePost, wish: str) -> None:
    make_post("SQLite WAL promises")
    make_post("A flame graph")

    assert [found.title for found in nearby.nearest(wish)][:1] == ["SQLite WAL promises"]


@given(st.text(max_size=300))
@settings(max_examples=25)
def test_any_address_has_its_nearest_or_none(make_post: MakePost, wish: str) -> None:
    assert nearby.nearest(wish) == []


def test_an_id_of_the_feeds_never_changes() -> None:
    post = posts.create(Text(title="T"))
    uid = post.uid
    posts.publish(post)
    posts.revise(post, Text(title="U", slug="u", body="other"))
    posts.unpublish(post)

    assert db.session.get_one(Post, post.id).uid == uid


def test_a_slug_that_made_room_for_its_number_can_be_saved_again() -> None:
    title = "word " * 16 + "x"
    posts.create(Text(title=title))
    second = posts.create(Text(title=title))

    posts.revise(second, Text(title=title, slug=second.slug, body="new"))

    assert second.slug.endswith("-2")
    assert len(second.slug) <= slugs.MAX_LENGTH


def test_moving_the_date_of_an_article_keeps_that_its_text_was_changed(
    clock: time_machine.Traveller,
) -> None:
    post = posts.create(Text(title="Hello"))
    posts.publish(post, NOW - timedelta(days=9))
    posts.revise(post, Text(title="Hello", body="changed"))

    posts.publish(post, NOW - timedelta(days=8))

    assert post.changed_after_publication


def test_a_save_that_changes_nothing_leaves_what_was_made_of_a_newer_one(
    app: Flask, make_post: MakePost, core: None
) -> None:
    before = Text(title="Hello", body="older", tags=["a"])
    stored = make_post("Hello", None, body="older", tags=["a"])
    read = db.session.get_one(Post, stored.id)
    assert [tag.name for tag in read.tags] == ["a"]
    with app.app_context():
        post = db.session.get_one(Post, stored.id)
        posts.revise(post, Text(title="Hello", body="newer", tags=["a"]))
        posts.publish(post, PAST)
        db.session.commit()

    assert posts.revise(read, before) is False
    db.session.commit()

    assert listing.ids(Filter(text="newer")) == [stored.id]
    assert listing.ids(Filter(("a",))) == [stored.id]
    dated = db.session.scalars(sa.select(post_tags.c.published_at))
    assert list(dated) == [PAST]
