"""Filters: one URL and one sentence for each, chips that count, feeds that say the same."""

from __future__ import annotations

import json
import random
import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from blogapp import counting, listing, posts, tags, texts
from blogapp.extensions import db
from blogapp.filters import Filter
from blogapp.models import Post, Tag
from blogapp.search import engine

from .conftest import HTMX, PAST, CheckedClient, MakePost, browser
from .pages import parse, text_of

NAMES = st.sampled_from(["c#", "c++", ".net", "a-b", "日本", "ci-cd", "x&y", "flask"])
SPELLINGS = st.sampled_from([str.upper, str.lower, str.title, lambda name: f" {name}, "])
TAGS = ["a", "c", "c#", "c-api"]
WORDS = ["cache", "router", "кэш"]


def parsed(url: str) -> Filter:
    query = parse_qs(urlsplit(url).query, keep_blank_values=True)
    return Filter.parse(
        query.get("tag", []),
        without=query.get("not", []),
        text=" ".join(query.get("q", [])),
        after=query.get("after", [""])[0],
    )


@given(
    st.lists(st.tuples(NAMES, SPELLINGS), max_size=3),
    st.lists(st.tuples(NAMES, SPELLINGS), max_size=3),
    st.randoms(use_true_random=False),
)
def test_every_spelling_of_a_combination_has_one_url(
    chosen: list[tuple[str, Callable[[str], str]]],
    without: list[tuple[str, Callable[[str], str]]],
    shuffle: random.Random,
) -> None:
    def spelled(names: list[tuple[str, Callable[[str], str]]]) -> list[str]:
        found = [spell(name) for name, spell in names] * 2
        shuffle.shuffle(found)
        return found

    plain = Filter.parse((n for n, _ in chosen), without=(n for n, _ in without), text="a b")
    other = Filter.parse(spelled(chosen), without=spelled(without), text="  A   b ")

    assert other.url == plain.url


@given(
    st.lists(st.text(max_size=70), max_size=3),
    st.lists(st.text(max_size=70), max_size=3),
    st.text(max_size=100) | st.sampled_from(["it's", "(a)!*~", 'say "hi" -no', "C++ & co"]),
    st.sampled_from(["", "1-1", "2-1-1", "-5-7"]),
)
@example([], [], "İ", "")
def test_a_canonical_url_parses_back_to_its_filter(
    names: list[str], without: list[str], text: str, after: str
) -> None:
    chosen = Filter.parse(names, without=without, text=text, after=after)

    again = parsed(chosen.url)

    assert again == chosen
    assert again.url == chosen.url


@given(st.text(max_size=100))
def test_a_canonical_url_is_what_browsers_make_of_it(text: str) -> None:
    """They write these otherwise in a query (WHATWG URL, special-query percent-encode set)."""
    assert not set(Filter.parse(text=text).query) & set("\"#<>' ")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("tag=a&tag=b&tag=c&tag=d", "at most 3 tags"),
        ("not=a&not=b&not=c&not=d", "3 to leave out"),
        (f"q={'x' * 201}", "at most 200 characters"),
    ],
)
def test_beyond_what_a_filter_takes_a_page_says_so(
    client: CheckedClient, query: str, message: str
) -> None:
    for path in ("/", "/feed.xml", "/feed.json"):
        response = client.get(f"{path}?{query}")

        assert response.status_code == 400
        assert message in response.text


def test_what_a_filter_takes_counts_each_tag_once(client: CheckedClient) -> None:
    same = "tag=a&tag=A&tag=%20a&tag=b&tag=c"

    response = client.get(f"/?{same}&q={'x' * 200}&q=")

    assert response.status_code == 301
    assert client.get(response.location).status_code == 200


@pytest.mark.parametrize(
    ("chosen", "number", "sentence"),
    [
        (Filter(), 0, "no articles"),
        (Filter(), 1, "1 article"),
        (Filter(("a", "b")), 2, "2 articles tagged a and b"),
        (Filter(("a", "b", "c")), 1, "1 article tagged a, b and c"),
        (Filter(without=("js",)), 3, "3 articles without js"),
        (Filter(text="cache"), 3, "3 articles about ‘cache’"),
        (
            Filter(("flask", "htmx"), ("js",), "cache"),
            3,
            "3 articles tagged flask and htmx, without js, about ‘cache’",
        ),
    ],
)
def test_a_filter_says_what_it_holds(chosen: Filter, number: int, sentence: str) -> None:
    assert chosen.sentence(number) == sentence


def test_title_heading_live_region_and_feeds_say_the_same_sentence(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Cache", tags=["flask", "htmx"])
    make_post("Cache of JS", tags=["flask", "htmx", "js"])
    query = "tag=flask&tag=htmx&not=js&q=cache"
    sentence = "1 article tagged flask and htmx, without js, about ‘cache’"

    page = client.get(f"/?{query}")

    elements = list(parse(page.text))
    assert [text_of(e) for e in elements if e.tag == "title"] == [f"{sentence} – blog"]
    assert sentence in [text_of(e) for e in elements if e.tag == "h2"]
    assert [e.attrib["data-announce"] for e in elements if "data-announce" in e.attrib] == [
        sentence
    ]
    assert json_of(client.get(f"/feed.json?{query}"))["title"] == f"{sentence} – blog"
    assert f"<title>{sentence} – blog</title>" in client.get(f"/feed.xml?{query}").text


def test_a_filter_has_its_own_feeds_and_names_them_in_the_head(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("One", tags=["c#"])

    page = client.get("/?tag=c%23&not=x&q=one")

    links = [e.attrib for e in parse(page.text) if e.attrib.get("rel") == "alternate"]
    assert [link["href"] for link in links] == [
        "/feed.xml?tag=c%23&not=x&q=one",
        "/feed.json?tag=c%23&not=x&q=one",
    ]
    for link in links:
        response = client.get(link["href"])
        assert response.status_code == 200
        assert response.mimetype == link["type"]
        assert "https://blog.example/?tag=c%23&" in response.text


@pytest.mark.parametrize("path", ["/feed.xml", "/feed.json"])
def test_feeds_have_one_address_too(client: CheckedClient, path: str) -> None:
    response = client.get(f"{path}?tag=B&utm_source=x&tag=a&after=1-1")

    assert (response.status_code, response.location) == (301, f"{path}?tag=a&tag=b")
    assert client.get(response.location).status_code == 200


def test_only_lists_with_an_address_of_their_own_are_for_search_engines(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("One", tags=["a", "b"])

    def said(path: str) -> list[str]:
        found = [e.attrib for e in parse(client.get(path).text)]
        canonical = [a["href"] for a in found if a.get("rel") == "canonical"]
        return canonical + [a["content"] for a in found if a.get("name") == "robots"]

    assert said("/") == ["https://blog.example/"]
    assert said("/?tag=a") == ["https://blog.example/tags/a"]
    for query in ("tag=a&tag=b", "not=a", "q=one", "tag=a&q=one", "tag=a&not=b", "after=1-1"):
        assert said(f"/?{query}") == ["noindex,follow"]


def test_all_tags_must_be_there_and_no_other(make_post: MakePost, core: None) -> None:
    make_post("Both", tags=["a", "b"])
    make_post("One", tags=["a"])
    make_post("None")
    make_post("Draft", published_at=None, tags=["a", "b"])

    def titles(*names: str, without: tuple[str, ...] = ()) -> set[str]:
        ids = listing.ids(Filter(names, without))
        return {db.session.get_one(Post, post_id).title for post_id in ids}

    assert titles() == {"Both", "One", "None"}
    assert titles("a") == {"Both", "One"}
    assert titles("a", "b") == {"Both"}
    assert titles("a", "none") == titles("none") == set()
    assert titles(without=("b",)) == {"One", "None"}
    assert titles("a", without=("b", "none")) == {"One"}
    assert titles("a", without=("a",)) == set()


def test_a_tag_of_another_time_is_followed(
    client: CheckedClient, make_post: MakePost, app: Flask
) -> None:
    make_post("One", tags=["js"])
    with app.app_context():
        tag = db.session.scalars(sa.select(Tag)).one()
        tags.rename(tag, "javascript")
        db.session.commit()

    for old, new in [
        ("/?tag=js", "/?tag=javascript"),
        ("/?not=JS&q=x", "/?not=javascript&q=x"),
        ("/?tag=js&tag=a", "/?tag=a&tag=javascript"),
        ("/tags/js", "/tags/javascript"),
        ("/tags/JS?after=1-1", "/tags/javascript?after=1-1"),
        ("/tags/js/feed.xml", "/tags/javascript/feed.xml"),
        ("/feed.json?tag=js", "/feed.json?tag=javascript"),
    ]:
        response = client.get(old)
        assert (response.status_code, response.location) == (301, new)
        assert client.get(new).status_code == 200


def test_chips_say_what_a_click_leaves(make_post: MakePost, core: None) -> None:
    make_post("One", tags=["a", "b"])
    make_post("Two", tags=["a", "c"])
    make_post("Three", tags=["a", "c"])
    make_post("Four", tags=["d"])

    chips = counting.of(Filter(("a",))).chips

    assert [(c.name, c.articles, c.target.url) for c in chips.chosen] == [("a", None, "/")]
    assert [(c.name, c.articles, c.target.url) for c in chips.offered] == [
        ("c", 2, "/?tag=a&tag=c"),
        ("b", 1, "/?tag=a&tag=b"),
    ]
    assert [(c.name, c.articles, c.target.url) for c in chips.excludable] == [
        ("c", 1, "/?tag=a&not=c"),
        ("b", 2, "/?tag=a&not=b"),
    ]


def test_a_chip_that_would_leave_nothing_is_not_offered(make_post: MakePost, core: None) -> None:
    make_post("One", tags=["a", "b"])
    make_post("Two", tags=["a", "b"])

    chips = counting.of(Filter()).chips

    assert [chip.name for chip in chips.offered] == ["a", "b"]
    assert chips.excludable == []


def test_with_three_chosen_no_other_is_offered(make_post: MakePost, core: None) -> None:
    make_post("One", tags=["a", "b", "c", "d"])
    make_post("Two", tags=["a", "b", "c"])

    chosen = Filter(("a", "b", "c"), ("x", "y", "z"), "one")
    full = counting.of(chosen, chosen.found()).chips

    assert [chip.name for chip in full.chosen] == ["a", "b", "c", "x", "y", "z"]
    assert [chip.target for chip in full.chosen][-1] == Filter(("a", "b", "c"), ("x", "y"), "one")
    assert (full.offered, full.excludable) == ([], [])


Made = tuple[int, list[str], list[str]]
ARTICLES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.lists(st.sampled_from(TAGS), max_size=3, unique=True),
        st.lists(st.sampled_from(WORDS), max_size=2),
    ),
    max_size=8,
)
FILTERS = st.builds(
    lambda names, without, text: Filter.parse(names, without=without, text=text),
    st.lists(st.sampled_from(TAGS), max_size=2),
    st.lists(st.sampled_from(TAGS), max_size=2),
    st.sampled_from(["", *WORDS, "cach", "-router", "cache -router", "cache router"]),
)


def fill(app: Flask, articles: list[Made]) -> None:
    with app.app_context():
        ids = list(db.session.scalars(sa.select(Post.id)))
        engine.current().remove(ids)
        for post_id in ids:
            db.session.delete(db.session.get_one(Post, post_id))
        db.session.flush()
        for number, (hour, names, words) in enumerate(articles):
            title = f"{words[0]} {number}" if words else f"Number {number}"
            text = texts.Text(title=title, body=" ".join(words), tags=names, slug=f"p{number}")
            posts.publish(posts.create(text), PAST + timedelta(hours=hour))
        db.session.commit()


def json_of(response: TestResponse) -> Any:
    return json.loads(response.text)


def slugs_of(html: str) -> list[str]:
    return re.findall(r'<h3><a href="/blog/([^"]+)"', html)


@settings(max_examples=20)
@given(articles=ARTICLES, chosen=FILTERS)
def test_page_partial_and_feeds_hold_the_same_in_the_same_order(
    app: Flask, articles: list[Made], chosen: Filter
) -> None:
    fill(app, articles)
    client = browser(app)

    page = client.get(chosen.url)
    partial = client.get(chosen.url, headers=HTMX)
    feed = client.get(chosen.feed_url("feed.json"))
    atom = client.get(chosen.feed_url("feed.xml"))

    found = slugs_of(page.text)
    assert slugs_of(partial.text) == found
    assert [item["url"].rpartition("/")[2] for item in json_of(feed)["items"]] == found
    assert re.findall(r'<entry>.*?<link [^>]*href="[^"]*/([^"/]+)"', atom.text, re.S) == found
    assert found == slugs_of_scan(articles, chosen) or chosen.is_ranked
    assert set(found) == set(slugs_of_scan(articles, chosen))


def slugs_of_scan(articles: list[Made], chosen: Filter) -> list[str]:
    """What a look at every article finds, newest first."""

    def passes(names: list[str], words: list[str]) -> bool:
        terms = chosen.text.split()
        wanted = [term for term in terms if not term.startswith("-")]
        return (
            set(chosen.tags) <= set(names)
            and not set(chosen.without) & set(names)
            and all(any(word.startswith(term) for word in words) for term in wanted)
            and not any(term.removeprefix("-") in words for term in terms if term not in wanted)
        )

    numbered = sorted(enumerate(articles), key=lambda pair: (-pair[1][0], -pair[0]))
    return [f"p{number}" for number, (_, names, words) in numbered if passes(names, words)]


@settings(max_examples=15)
@given(articles=ARTICLES, chosen=FILTERS)
def test_the_count_on_a_chip_is_the_length_of_the_list_behind_it(
    app: Flask, articles: list[Made], chosen: Filter
) -> None:
    fill(app, articles)
    client = browser(app)
    with app.app_context():
        counted = counting.of(chosen, chosen.found())
    number, chips = counted.number, counted.chips

    assert len(slugs_of(client.get(chosen.url).text)) == number
    for chip in (*chips.offered, *chips.excludable):
        page = client.get(chip.target.url)
        assert len(slugs_of(page.text)) == chip.articles
        assert chip.articles
    for chip in chips.chosen:
        assert len(slugs_of(client.get(chip.target.url).text)) >= number


@given(st.permutations(["a", "b", "c"]))
def test_the_order_of_tags_leads_to_one_address(app: Flask, names: list[str]) -> None:
    query = "&".join(f"tag={name}" for name in names)

    response = browser(app).get(f"/?{query}")

    assert response.status_code == (200 if names == ["a", "b", "c"] else 301)
    assert response.location in {None, "/?tag=a&tag=b&tag=c"}


def plan(chosen: Filter) -> str:
    """How SQLite makes the first page of a list."""
    driver = db.session.connection().connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    statements: list[str] = []
    driver.set_trace_callback(statements.append)
    listing.page(chosen)
    driver.set_trace_callback(None)
    [read] = [statement for statement in statements if "card_html" in statement]
    rows = driver.execute(f"EXPLAIN QUERY PLAN {read}")
    return json.dumps([row[3] for row in rows])


@pytest.mark.parametrize(
    ("chosen", "index"),
    [
        (Filter(), "ix_posts_shelf"),
        (Filter(without=("b",)), "ix_posts_shelf"),
        (Filter(("a",)), "ix_post_tags_order"),
        (Filter(("a", "b")), "ix_post_tags_order"),
        (Filter(("a", "b"), ("c",)), "ix_post_tags_order"),
    ],
)
def test_a_list_by_date_walks_an_index_and_sorts_nothing(
    make_post: MakePost, core: None, chosen: Filter, index: str
) -> None:
    for tags_of_one in (["a", "b", "c"], ["a", "b"], ["a"]):
        make_post("One", tags=tags_of_one)

    steps = plan(chosen)

    assert index in steps
    assert "TEMP B-TREE" not in steps
