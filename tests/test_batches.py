"""Batches: many posts at once become what each would become for itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from blogapp import batches, differences, markdown, pieces, posts, tags, texts
from blogapp.batches import New
from blogapp.errors import Conflict, Invalid
from blogapp.extensions import db
from blogapp.models import Post, post_tags
from blogapp.search import engine
from blogapp.texts import Text

pytestmark = pytest.mark.usefixtures("core")

PAST = datetime(2020, 5, 4, tzinfo=UTC)


def new(slug: str, published_at: datetime | None = PAST, **text: Any) -> New:
    written = Text(**{"title": slug, "slug": slug, "body": f"Words of *{slug}*."} | text)
    rendered = markdown.render(texts.normalise(written.body))
    return New(text=written, rendered=rendered, published_at=published_at)


def store(*news: New) -> list[Post]:
    begun = batches.begin(news)
    made = batches.make(begun)
    batches.store(made, begun)
    db.session.commit()
    return made


def statements(work: Callable[[], object]) -> list[str]:
    """Do *work*, and list what the database was asked."""
    asked: list[str] = []

    def note(*told: Any) -> None:
        asked.append(told[2])

    sa.event.listen(db.engine, "before_cursor_execute", note)
    work()
    sa.event.remove(db.engine, "before_cursor_execute", note)
    return asked


def columns(post: Post) -> dict[str, Any]:
    """All that is stored of *post*, but what tells it apart from another one of the same text."""
    own = {"id", "uid", "slug", "version", "created_at"}
    values = {name: getattr(post, name) for name in {*Post.__table__.columns.keys()} - own}
    pieces = {name for name in values if name.endswith("_html") and values[name]}
    return values | {name: values[name].replace(post.slug, "slug") for name in pieces}


@pytest.mark.parametrize("published_at", [None, PAST, datetime(2200, 1, 1, tzinfo=UTC)])
def test_a_post_of_a_batch_is_one_that_was_created_and_published(
    published_at: datetime | None,
) -> None:
    text: dict[str, Any] = {
        **{"title": " A  title ", "description": "A\nline", "body": "# H\r\n\n`x` \0"},
        **{"tags": ["B", "a", "b"], "minutes": 3, "language": "pt_br", "series": " A  tour "},
    }
    alone = posts.create(Text(**text, slug="alone"))
    if published_at:
        posts.publish(alone, published_at)
    [batched] = store(new("batched", published_at, **text))

    found, expected = columns(batched), columns(alone)
    assert found.pop("updated_at") - expected.pop("updated_at") < timedelta(minutes=1)
    assert found == expected
    assert [tag.name for tag in batched.tags] == [tag.name for tag in alone.tags] == ["a", "b"]
    dates = sa.select(post_tags.c.published_at).where(post_tags.c.post_id == batched.id)
    assert set(db.session.scalars(dates)) == {published_at}
    assert [found for found in differences.of_posts() if found] == []


def test_tags_are_shared_and_go_by_the_names_that_they_have_now() -> None:
    [old] = tags.named(["old"])
    db.session.flush()
    tags.rename(old, "now")
    db.session.commit()

    first, second = store(
        new("one", tags=["Old", "x"]), new("two", tags=["now", "old", "X", "!?"])
    )

    assert [tag.name for tag in first.tags] == [tag.name for tag in second.tags] == ["now", "x"]
    assert tags.names() == ["now", "x"]
    assert pieces.wrong([first.id, second.id]) == set()


def test_all_of_a_batch_can_be_found() -> None:
    made = store(*(new(f"post-{number}") for number in range(5)))

    assert set(db.session.scalars(engine.current().ids())) == {post.id for post in made}


def test_many_posts_take_no_more_statements_than_one() -> None:
    many = [new(f"one-of-{number}", tags=["a", "b"]) for number in range(20)]

    of_one = statements(lambda: store(new("one", tags=["a", "b"])))
    of_many = statements(lambda: store(*many))

    assert 0 < len(of_many) <= len(of_one)


def test_to_begin_posts_writes_nothing_that_others_would_wait_for() -> None:
    asked = statements(lambda: batches.begin([new("a", tags=["b"], body="![x](/media/x.png)")]))

    assert asked
    assert all(statement.startswith("SELECT") for statement in asked)
    assert not db.session.new


@pytest.mark.parametrize("slugs", [("taken", "free"), ("had", "free"), ("twice", "twice")])
def test_a_slug_that_is_taken_stops_the_batch(slugs: tuple[str, str]) -> None:
    post = posts.create(Text(title="x", slug="had"))
    posts.publish(post, PAST)
    posts.revise(post, Text(title="x", slug="taken"))
    db.session.commit()

    with pytest.raises(Conflict, match=f"at “{slugs[0]}” by now"):
        batches.make(batches.begin([new(slug) for slug in slugs]))


def test_a_post_without_a_title_stops_the_batch() -> None:
    with pytest.raises(Invalid, match="needs a title"):
        batches.begin([new("a", title=" ")])


def test_every_default_of_a_post_can_be_written_into_a_row() -> None:
    defaults = [column.default for column in Post.metadata.tables["posts"].c if column.default]

    assert defaults
    assert all(default.is_scalar or default.is_callable for default in defaults)
    assert not [c.name for c in Post.metadata.tables["posts"].c if c.server_default is not None]


def test_no_posts_are_no_batch() -> None:
    assert store() == []
