"""Counting: what a filter leaves and its chips would leave, in blogs of any size."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
import time_machine
from flask import Flask

from blogapp import counting, listing, numbers, search, walks
from blogapp.extensions import db
from blogapp.filters import PAGE_SIZE, Filter
from blogapp.models import Post, Tag
from blogapp.prepared import Row
from blogapp.search import finding

from .conftest import PAST, CheckedClient, MakePost, forget_pages

NAMES = "abcd"
MEANT = [  # the tags of the articles of a blog
    *({"a"}, {"a", "b"}, {"a", "b", "c"}, {"a", "b", "c", "d"}, {"b", "c"}, {"a", "c"}),
    *({"a", "b"}, {"d"}, set[str](), {"a", "b", "c"}, {"a", "d"}, {"a", "b", "d"}),
]
FILTERS = [
    Filter.parse(tags, without=without, text=text)
    for number in range(4)
    for tags in combinations(NAMES, number)
    for without in ((), ("d",), ("a", "c"), ("b", "c", "x"))
    for text in ("", "word", "-other")
]


def left(articles: list[set[str]], chosen: Filter) -> int:
    """Count by looking at all."""
    passes = ({*chosen.tags} <= names and not {*chosen.without} & names for names in articles)
    return sum(passes)


@pytest.mark.parametrize("looked_at", [1, 4, 500])
def test_where_not_all_is_looked_at_nothing_wrong_is_said(
    make_post: MakePost, core: None, monkeypatch: pytest.MonkeyPatch, looked_at: int
) -> None:
    monkeypatch.setattr(walks, "LOOKED_AT", looked_at)
    monkeypatch.setattr(finding, "MOST", looked_at)
    for number, names in enumerate(MEANT):
        make_post(f"Word {number}", PAST + timedelta(hours=number), tags=sorted(names))

    for chosen in FILTERS:
        found = chosen.found()
        counted, alone = counting.of(chosen, found), counting.number(chosen, found)

        truth = left(MEANT, chosen)
        assert counted.number == truth if counted.is_all else 0 < counted.number <= truth
        size = PAGE_SIZE if found is None else min(PAGE_SIZE, looked_at)
        assert counted.number >= len(listing.page(chosen, found, size).cards)
        assert (alone.number, alone.is_all) == (counted.number, counted.is_all)
        for chip in (*counted.chips.offered, *counted.chips.excludable):
            behind = left(MEANT, chip.target)
            assert behind == chip.articles if chip.articles is not None else behind


def test_up_to_two_tags_are_counted_to_the_last_article(
    make_post: MakePost, core: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walks, "LOOKED_AT", 2)
    for number in range(4):
        make_post(f"Post {number}", tags=["a", "b", *("c" * (number % 2))])

    both = counting.of(Filter(("a", "b")))
    one = counting.of(Filter(("a",)))

    assert (both.number, both.is_all) == (4, True)
    assert [(chip.name, chip.articles) for chip in both.chips.offered] == [("c", None)]
    assert [(chip.name, chip.articles) for chip in one.chips.offered] == [("b", 4), ("c", 2)]


def test_a_list_that_is_not_counted_to_the_end_says_so(
    app: Flask, make_post: MakePost, client: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(23):
        make_post(f"Post {number}", tags=["a", "b", "c", *("d" * (number % 2))])

    def page(looked_at: int, query: str) -> str:
        monkeypatch.setattr(walks, "LOOKED_AT", looked_at)
        monkeypatch.setattr(finding, "MOST", looked_at)
        forget_pages(app)
        return client.get(f"/?{query}").text

    for looked_at, said in ((2, "at least 21"), (21, "at least 22"), (23, "23")):
        assert f">{said} articles tagged a, b and c<" in page(looked_at, "tag=a&tag=b&tag=c")
    few, many = (page(looked_at, "q=post") for looked_at in (22, 23))
    assert ">at least 22 articles about ‘post’<" in few and ">23 articles about ‘post’<" in many
    assert re.findall(r'id="chip-d"[^>]*>d <', few) and "<small>11<" not in few
    assert re.findall(r'id="chip-d"[^>]*>d <small>11<', many)


def test_a_search_that_leaves_many_pages_lists_them_all_and_counts_some(core: None) -> None:
    old, new = Tag(name="old"), Tag(name="new")
    stored = [
        Post(
            **{"slug": f"post-{number}", "title": "Post", "plain": "A needle."},
            **{"shelf": "listed", "minutes": 1, "headings": [], "published_at": at},
            **{"created_at": PAST, "updated_at": PAST, "tags": [old if number < 225 else new]},
        )
        for number in range(230)
        for at in [PAST + timedelta(hours=number)]
    ]
    db.session.add_all(stored)
    db.session.flush()
    search.index(*stored)
    chosen = Filter.parse(text="needle")

    counted = counting.of(chosen, chosen.found())
    listed, rest = 0, [chosen]
    for each in rest:
        page = listing.page(each, each.found())
        listed += len(page.cards)
        rest += [page.next] if page.next else []

    assert (counted.number, counted.is_all, listed) == (finding.MOST, False, 230)
    chips = [(chip.name, chip.articles) for chip in counted.chips.offered]
    assert chips == [("old", None), ("new", None)]


def known(chosen: Filter) -> tuple[list[numbers.Known], list[numbers.Known]]:
    """The tags that an article must have, and those that it must not."""
    found = numbers.known(NAMES)
    wanted, unwanted = (
        [found[name] for name in names if name in found] for names in (chosen.tags, chosen.without)
    )
    return wanted, unwanted


def test_what_is_stored_of_each_two_tags_bounds_what_more_of_them_leave(
    make_post: MakePost, core: None
) -> None:
    for names in MEANT:
        make_post("Post", tags=sorted(names))
    make_post("Soon", PAST.replace(year=2199), tags=[*NAMES])

    for chosen in FILTERS:
        tags, without = known(chosen)
        most, truth = numbers.most(tags, without), left(MEANT, chosen)

        assert most == truth if len(tags) + len(without) <= 2 else most >= truth


@pytest.mark.parametrize(
    ("meant", "chosen"),
    [
        ([{"a", "b"}, {"b", "c"}], Filter(("a", "b", "c"))),
        ([{"a", "b"}, {"a", "b", "c"}, {"c"}], Filter(("a",), ("b", "c"))),
        ([{"a", "b"}, {"b", "c"}, {"a", "c"}], Filter(without=("a", "b", "c"))),
        ([{"a", "b"}, {"c"}], Filter(without=("a", "b", "c"))),
        ([{"a"}, {"b"}], Filter(("a", "b"))),
    ],
)
def test_where_what_is_stored_says_that_there_is_none_nothing_is_walked(
    make_post: MakePost,
    core: None,
    monkeypatch: pytest.MonkeyPatch,
    meant: list[set[str]],
    chosen: Filter,
) -> None:
    for names in meant:
        make_post("Post", tags=sorted(names))
    for walk in ((walks, "walked"), (walks, "at_least"), (listing, "_walk")):
        monkeypatch.delattr(*walk)

    assert counting.number(chosen) == counting.Number(0)
    assert listing.page(chosen).cards == []


def test_a_list_ends_where_all_are_found_that_there_can_be(
    make_post: MakePost, core: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for names in ("a", "ab", "ac", "bc", "abc", "b"):
        make_post("Post", tags=[*names])
    sizes: list[int] = []
    walk = listing._walk

    def noted(*places: Any) -> list[Row]:
        sizes.append(places[-1])
        return walk(*places)

    monkeypatch.setattr(listing, "_walk", noted)

    shown = [len(listing.page(Filter(names)).cards) for names in ((), ("a", "b"), (*"abc",))]

    assert (shown, sizes) == ([6, 2, 1], [21, 2, 2])


def test_what_is_published_between_two_reads_leaves_no_less_than_nothing(
    make_post: MakePost, core: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_post("Post", tags=["a", "b"])
    monkeypatch.setattr(numbers, "with_both", lambda *_: 2)

    assert counting.of(Filter(("a",), ("b",))).number == 0


def test_a_tag_that_is_no_candidate_is_counted_where_it_would_be_shown(
    make_post: MakePost, core: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for names in ("ax", "ax", "ax", "b", "b", "c"):
        make_post("Post", tags=[*names])
    monkeypatch.setattr(numbers, "SHOWN", 1)
    monkeypatch.setattr(numbers, "_CANDIDATES", 1)

    apart = numbers.apart_from(numbers.known(["x"])["x"])

    assert apart == {"a": 0, "b": 2, "c": 1}
    assert numbers.of_most_used() == {"a": 3}


def test_what_is_planned_counts_from_its_moment_on(make_post: MakePost, core: None) -> None:
    make_post("Out", tags=["a", "b"])
    make_post("Soon", PAST.replace(year=2199), tags=["a", "b", "c"])

    def counted() -> list[object]:
        tags = [(tag.name, tag.articles) for tag in numbers.of_tags()]
        offered = [
            (chip.name, chip.articles) for chip in counting.of(Filter(("a",))).chips.offered
        ]
        filters = (Filter(), Filter(("a", "b")), Filter(without=("c",)), Filter(("c",)))
        return [tags, offered, [counting.number(each).number for each in filters]]

    before = counted()
    with time_machine.travel(PAST.replace(year=2200), tick=False):
        after = counted()

    assert before == [[("a", 1), ("b", 1)], [("b", 1)], [1, 1, 1, 0]]
    assert after == [[("a", 2), ("b", 2), ("c", 1)], [("b", 2), ("c", 1)], [2, 2, 1, 1]]
