"""Series: articles that belong together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from blogapp import series
from blogapp.extensions import db

from .conftest import PAST, CheckedClient, MakePost
from .pages import parse, text_of

SERIES = "Queues & tables"


def parts_on(client: CheckedClient, path: str) -> tuple[str, list[str], list[str]]:
    """The sentence of the box, its parts, and where the parts before and after are."""
    elements = list(parse(client.get(path).text))
    navs = {e.attrib.get("aria-label"): e for e in elements if e.tag == "nav"}
    box, ways = navs.get("Series"), navs.get("Parts of the series")
    if box is None:
        return "", [], []
    summary = next(e for e in box.iter("summary"))
    shown = [text_of(item) for item in box.iter("li")]
    beside = [link.attrib["href"] for link in (ways if ways is not None else ())]
    return text_of(summary), shown, beside


def test_an_article_leads_to_the_other_parts_of_its_series(
    client: CheckedClient, make_post: MakePost
) -> None:
    for number, title in enumerate(("Two", "One", "Three")):
        make_post(title, PAST + timedelta(days=(1, 0, 2)[number]), series=SERIES)
    make_post("Another", PAST + timedelta(hours=1), series="Others")

    assert parts_on(client, "/blog/two") == (
        "part 2 of 3 of Queues & tables",
        ["One", "Two", "Three"],
        ["/blog/one", "/blog/three"],
    )
    assert parts_on(client, "/blog/one")[2] == ["/blog/two"]
    assert parts_on(client, "/blog/three")[2] == ["/blog/two"]


def test_parts_that_readers_may_not_see_are_not_counted(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("One", series=SERIES)
    make_post("Draft", None, series=SERIES)
    make_post("Soon", datetime(2200, 1, 1, tzinfo=UTC), series=SERIES)

    assert parts_on(client, "/blog/one") == ("", [], [])

    make_post("Two", PAST + timedelta(days=1), series=SERIES)
    assert parts_on(client, "/blog/one")[:2] == ("part 1 of 2 of Queues & tables", ["One", "Two"])


def test_a_neighbour_that_is_the_next_part_is_named_once(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("One", series=SERIES)
    make_post("Two", PAST + timedelta(days=1), series=SERIES)
    make_post("Later", PAST + timedelta(days=2))

    foot = client.get("/blog/one").text.split("</article>")[1]
    assert foot.count('href="/blog/two"') == 1 and "newer →" not in foot
    assert 'href="/blog/later" rel="next"' in client.get("/blog/two").text


def test_search_engines_are_told_of_the_series(client: CheckedClient, make_post: MakePost) -> None:
    make_post("One", series=SERIES)

    page = parse(client.get("/blog/one").text)

    script = next(e for e in page if e.attrib.get("type") == "application/ld+json")
    assert json.loads(script.text or "")["isPartOf"]["name"] == SERIES


@pytest.fixture
def asked(app: Flask) -> Iterator[list[str]]:
    """All that SQL is asked for."""
    statements: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", listen)
    yield statements
    sa.event.remove(engine, "before_cursor_execute", listen)


def test_a_series_of_many_parts_asks_no_more_than_one_of_two(
    client: CheckedClient, make_post: MakePost, asked: list[str]
) -> None:
    def queries() -> int:
        asked.clear()
        client.get("/blog/part-0")
        client.get("/")
        return len(asked)

    for number in range(2):
        make_post(f"Part {number}", series=SERIES, tags=["a"], language="de")
    few = queries()
    for number in range(2, 9):
        make_post(f"Part {number}", series=SERIES, tags=["a"], language="de")

    assert queries() == few


def test_all_series_have_names_those_of_drafts_too(app: Flask, make_post: MakePost) -> None:
    make_post("One", series="b")
    make_post("Two", None, series=" a  a ")
    make_post("Three", series="b")
    make_post("Four")

    with app.app_context():
        assert series.names() == ["a a", "b"]
