"""Paging: a place in a list stays one, whatever is published meanwhile."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from blogapp import listing, posts, tallies, texts
from blogapp.extensions import db
from blogapp.filters import Filter
from blogapp.models import Post
from blogapp.paging import Cursor

from .conftest import PAST, MakePost

MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))


def shown(card: str) -> str:
    """The slug of the article that a card leads to."""
    [slug] = re.findall(r'<h3><a href="/blog/([^"]+)"', card)
    return str(slug)


@given(MOMENTS, st.integers(0, 10**14), st.integers(0, 9))
def test_a_cursor_is_read_as_it_was_written(at: datetime, post_id: int, rank: int) -> None:
    cursor = Cursor(at, post_id, rank)

    assert Cursor.parse(str(cursor)) == cursor


@given(st.text() | st.from_regex(r"(?:[0-9]-)?-?[0-9]{1,20}-[0-9]{1,20}", fullmatch=True))
@example("-99999999999999999-1")
@example("1--1-1")
@example("0-1-1")
def test_any_cursor_is_read_or_is_the_beginning(text: str) -> None:
    cursor = Cursor.parse(text)

    assert cursor is None or Cursor.parse(str(cursor)) == cursor


def test_a_place_in_one_order_is_the_beginning_in_another() -> None:
    by_date, by_rank = Cursor(PAST, 1), Cursor(PAST, 1, rank=2)

    assert Filter().from_place(by_date).after == by_date
    assert Filter().from_place(by_rank).after is None
    assert Filter(text="cache").from_place(by_rank).after == by_rank
    assert Filter(text="cache").from_place(by_date).after is None
    assert Filter(text="-cache").from_place(by_date).after == by_date


BY_DATE = [Filter(), Filter(("a",)), Filter(("a", "b"))]
BY_RANK = [Filter(text="word"), Filter(("a",), text="w -x")]
FILTERS = st.sampled_from(BY_DATE + BY_RANK)


@settings(max_examples=25)
@given(
    minutes=st.lists(st.integers(0, 3), max_size=9),
    size=st.integers(1, 4),
    chosen=FILTERS,
    newcomers=st.booleans(),
)
def test_pages_neither_repeat_nor_skip_even_at_equal_times(
    core: None, minutes: list[int], size: int, chosen: Filter, newcomers: bool
) -> None:
    for number, minute in enumerate(minutes):
        title = "word w" if number % 3 == 0 else "title"
        text = texts.Text(title=title, body="w word", tags=["a", "b"], slug=f"p{number}")
        posts.publish(posts.create(text), PAST + timedelta(minutes=minute))
    tallies.mend()  # as a commit does
    whole = [db.session.get_one(Post, post_id).slug for post_id in listing.ids(chosen)]

    seen: list[str] = []
    rest: Filter | None = chosen
    while rest is not None:
        page = listing.page(rest, rest.found(), size)
        assert len(page.cards) == size or page.next is None
        seen += [shown(card.decode()) for card in page.cards]
        rest = page.next
        if newcomers and rest and len(seen) < 9:
            text = texts.Text(title="word w", tags=["a", "b"], slug=f"new{len(seen)}")
            posts.publish(posts.create(text), PAST + timedelta(days=9))
            tallies.mend()

    assert [slug for slug in seen if not slug.startswith("new")] == whole
    assert len(whole) == len(minutes)
    assert len(set(seen)) == len(seen)
    db.session.rollback()


def test_what_is_published_while_somebody_reads_does_not_move_their_next_page(
    make_post: MakePost, core: None
) -> None:
    for day in range(4):
        make_post(f"Day {day}", PAST + timedelta(days=day))
    first = listing.page(Filter(), size=2)
    make_post("New", PAST + timedelta(days=9))
    assert first.next is not None

    second = listing.page(first.next, size=2)

    assert [shown(card.decode()) for card in second.cards] == ["day-1", "day-0"]
