"""Filters: one canonical URL for each combination, and pages that neither repeat nor skip."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from blogapp import filters, posts
from blogapp.extensions import db
from blogapp.filters import Cursor, Filter
from blogapp.models import Post

from .conftest import PAST, MakePost

NAMES = st.sampled_from(["c#", "c++", ".net", "a-b", "日本", "ci-cd", "x&y", "flask"])
SPELLINGS = st.sampled_from([str.upper, str.lower, str.title, lambda name: f" {name}, "])


def parsed(url: str) -> Filter:
    query = parse_qs(urlsplit(url).query, keep_blank_values=True)
    return Filter.parse(query.get("tag", []), query.get("after", [""])[0])


@given(st.lists(st.tuples(NAMES, SPELLINGS), max_size=3), st.randoms())
def test_every_spelling_of_a_combination_has_one_url(
    chosen: list[tuple[str, object]], random: object
) -> None:
    plain = [name for name, _ in chosen]
    spelled = [spell(name) for name, spell in chosen] * 2  # type: ignore[operator]
    random.shuffle(spelled)  # type: ignore[attr-defined]

    assert Filter.parse(spelled).url == Filter.parse(plain).url


@given(
    st.lists(st.text(max_size=70), max_size=3),
    st.none()
    | st.tuples(st.datetimes(datetime(1, 1, 2), datetime(2200, 1, 1)), st.integers(0, 9)),
)
def test_a_canonical_url_parses_back_to_its_filter(
    names: list[str], place: tuple[datetime, int] | None
) -> None:
    after = str(Cursor(place[0].replace(tzinfo=UTC), place[1])) if place else ""
    chosen = Filter.parse(names, after)

    again = parsed(chosen.url)

    assert again == chosen
    assert again.url == chosen.url
    assert (chosen.after is not None) == (place is not None)


@given(st.text() | st.from_regex(r"-?[0-9]{1,20}-[0-9]{1,20}", fullmatch=True))
@example("-99999999999999999-1")
def test_any_cursor_is_read_or_is_the_beginning(text: str) -> None:
    cursor = Cursor.parse(text)

    assert cursor is None or Cursor.parse(str(cursor)) == cursor


def test_a_fourth_tag_is_refused_with_what_to_do() -> None:
    with pytest.raises(filters.TooManyTags, match="at most 3 tags"):
        Filter.parse(["a", "b", "c", "d"])
    assert Filter.parse(["a", "b", "c", "A", " c "]).tags == ("a", "b", "c")


@pytest.mark.parametrize(
    ("names", "number", "sentence"),
    [
        ([], 0, "no articles"),
        ([], 1, "1 article"),
        (["b", "a"], 2, "2 articles tagged a and b"),
        (["c", "b", "a"], 1, "1 article tagged a, b and c"),
    ],
)
def test_a_filter_says_what_it_holds(names: list[str], number: int, sentence: str) -> None:
    assert Filter.parse(names).sentence(number) == sentence


def test_all_tags_of_a_filter_must_be_there(make_post: MakePost, core: None) -> None:
    make_post("Both", tags=["a", "b"])
    make_post("One", tags=["a"])
    make_post("Draft", published_at=None, tags=["a", "b"])

    def titles(*names: str) -> set[str]:
        return {post.title for post in Filter.parse(names).page().articles}

    assert titles() == titles("a") == {"Both", "One"}
    assert titles("a", "b") == {"Both"}
    assert titles("a", "none") == set()


@settings(max_examples=20)
@given(minutes=st.lists(st.integers(0, 3), max_size=9), size=st.integers(1, 4))
def test_pages_neither_repeat_nor_skip_even_at_equal_times(
    core: None, minutes: list[int], size: int
) -> None:
    db.session.query(Post).delete()
    for number, minute in enumerate(minutes):
        moment = PAST + timedelta(minutes=minute)
        db.session.add(Post(slug=str(number), title="x", published_at=moment))
    db.session.flush()

    seen: list[int] = []
    chosen: Filter | None = Filter()
    while chosen is not None:
        page = parsed(chosen.url).page(size)
        assert len(page.articles) == size or page.next is None
        seen += [post.id for post in page.articles]
        chosen = page.next

    whole = [post.id for post in db.session.scalars(posts.published())]
    assert seen == whole
    assert len(seen) == len(minutes)
    db.session.rollback()


def test_what_is_published_while_somebody_reads_does_not_move_their_next_page(
    make_post: MakePost, core: None
) -> None:
    for day in range(4):
        make_post(f"Day {day}", PAST + timedelta(days=day))
    first = Filter().page(2)
    make_post("New", PAST + timedelta(days=9))
    assert first.next is not None

    second = first.next.page(2)

    assert [post.title for post in second.articles] == ["Day 1", "Day 0"]


def test_chips_count_what_choosing_them_would_leave(make_post: MakePost, core: None) -> None:
    make_post("One", tags=["a", "b"])
    make_post("Two", tags=["a", "c"])
    make_post("Three", tags=["a", "c"])

    chips = Filter.parse(["a"]).chips()

    assert [(chip.name, chip.articles, chip.chosen) for chip in chips] == [
        ("a", 3, True),
        ("c", 2, False),
        ("b", 1, False),
    ]
    assert [chip.target.url for chip in chips] == ["/", "/?tag=a&tag=c", "/?tag=a&tag=b"]
    for chip in chips[1:]:
        assert len(chip.target.page().articles) == chip.articles


def test_with_three_tags_no_other_is_offered(make_post: MakePost, core: None) -> None:
    make_post("One", tags=["a", "b", "c", "d"])

    assert [chip.name for chip in Filter.parse(["a", "b", "c"]).chips()] == ["a", "b", "c"]


def test_a_filter_has_its_own_feed() -> None:
    chosen = Filter.parse(["c#"], "1-1")

    assert chosen.feed_url("feed.xml") == "/feed.xml?tag=c%23"
    assert Filter().feed_url("feed.json") == "/feed.json"
