"""Series: articles that belong together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import pytest
import sqlalchemy as sa
from flask import Flask

from blogapp import addresses, posts, series
from blogapp.extensions import db
from blogapp.models import Post
from blogapp.texts import Text

from .conftest import PAST, CheckedClient, MakePost, forget_pages
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

    scripts = [e for e in page if e.attrib.get("type") == "application/ld+json"]
    article, of_series = (json.loads(script.text or "") for script in scripts)
    whole = of_series["isPartOf"]
    assert article["@id"] == of_series["@id"] == "https://blog.example/blog/one"
    assert (whole["name"], whole["url"]) == (
        SERIES,
        "https://blog.example/series/queues-and-tables",
    )


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
    app: Flask, client: CheckedClient, make_post: MakePost, asked: list[str]
) -> None:
    def queries() -> int:
        forget_pages(app)
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


def test_an_article_asks_once_where_its_series_is_and_another_one_never(
    client: CheckedClient, make_post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_post("One", series=SERIES)
    make_post("Two", PAST + timedelta(days=1), series=SERIES)
    make_post("Alone")
    asked: list[str] = []
    address = series.address

    def asked_for(name: str) -> str | None:
        asked.append(name)
        return address(name)

    monkeypatch.setattr(series, "address", asked_for)

    for path in ("/blog/two", "/blog/alone"):
        client.get(path)

    assert asked == [SERIES]


def test_all_series_have_names_those_of_drafts_too(app: Flask, make_post: MakePost) -> None:
    make_post("One", series="b")
    make_post("Two", None, series=" a  a ")
    make_post("Three", series="b")
    make_post("Four")

    with app.app_context():
        assert series.known() == {"a a": 1, "b": 2}
        assert series.twin("A, a", series.known()) == "a a"
        assert series.twin("b", series.known()) is series.twin("", series.known()) is None


# The page and the feed


def test_a_series_has_a_page_with_its_parts_in_order(
    client: CheckedClient, make_post: MakePost
) -> None:
    for number, title in enumerate(("One", "Two", "Three")):
        make_post(title, PAST + timedelta(days=number), series=SERIES, description=f"D{number}.")
    make_post("Other", series="Others")

    page = client.get("/series/queues-and-tables")

    assert page.status_code == 200
    elements = list(parse(page.text))
    assert [text_of(e) for e in elements if e.tag == "h3"] == ["One", "Two", "Three"]
    shown = text_of(next(e for e in elements if e.tag == "main"))
    assert "3 parts" in shown and "part 2 · 15 March 2026" in shown and "D1." in shown
    heads = [e.attrib for e in elements if e.tag == "link"]
    assert {"rel": "canonical", "href": "https://blog.example/series/queues-and-tables"} in heads
    assert "/series/queues-and-tables/feed.xml" in [head["href"] for head in heads]


def test_an_article_leads_to_the_page_of_its_series_and_to_its_feed(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("One", series=SERIES)
    make_post("Two", PAST + timedelta(days=1), series=SERIES)

    elements = list(parse(client.get("/blog/one").text))

    links = {e.attrib["href"]: e.tag for e in elements if "href" in e.attrib}
    assert links["/series/queues-and-tables"] == "a"
    feeds = [e for e in elements if e.attrib.get("type") == "application/atom+xml"]
    assert [feed.attrib["href"] for feed in feeds] == [
        "/feed.xml",
        "/series/queues-and-tables/feed.xml",
    ]


def test_the_feed_of_a_series_has_its_newest_parts_first(
    client: CheckedClient, make_post: MakePost
) -> None:
    for number in range(21):
        make_post(f"Part {number}", PAST + timedelta(days=number), series=SERIES)
    make_post("Other", series="Others")

    feed = feedparser.parse(client.get("/series/queues-and-tables/feed.xml").data)

    assert not feed.bozo
    assert feed.feed.title.startswith(f"{SERIES} – ")
    assert [entry.title for entry in feed.entries] == [f"Part {n}" for n in range(20, 0, -1)]
    links = {link.rel: link.href for link in feed.feed.links}
    assert links["self"] == "https://blog.example/series/queues-and-tables/feed.xml"
    assert links["alternate"] == "https://blog.example/series/queues-and-tables"


@pytest.mark.parametrize("suffix", ["", "/feed.xml"])
@pytest.mark.parametrize(
    "written", ["Queues-and-Tables", "queues_and_tables", "Queues%20%26%20tables"]
)
def test_another_spelling_of_a_series_leads_to_its_address(
    client: CheckedClient, make_post: MakePost, written: str, suffix: str
) -> None:
    make_post("One", series=SERIES)

    response = client.get(f"/series/{written}{suffix}")

    assert response.status_code == 301
    assert response.location == f"/series/queues-and-tables{suffix}"


@pytest.mark.parametrize("address", ["queues-and-tables/", "queues-and-tables?page=2"])
def test_a_series_has_one_address(
    client: CheckedClient, make_post: MakePost, address: str
) -> None:
    make_post("One", series=SERIES)

    assert client.get(f"/series/{address}").location == "/series/queues-and-tables"


def test_a_series_of_which_no_part_is_out_is_not_there(
    app: Flask, client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Draft", None, series=SERIES)
    make_post("Soon", datetime(2200, 1, 1, tzinfo=UTC), series=SERIES)
    for shelf in ("unlisted", "trash"):
        hidden = make_post(shelf, series=SERIES)
        with app.app_context():
            posts.get(hidden.id).shelf = shelf
            db.session.commit()

    for path in ("/series/queues-and-tables", "/series/queues-and-tables/feed.xml"):
        assert client.get(path).status_code == 404
    assert "/series/" not in client.get("/sitemap.xml").text

    make_post("Out", series=SERIES)
    assert "1 part, " in client.get("/series/queues-and-tables").text
    assert "/series/queues-and-tables<" in client.get("/sitemap.xml").text


def test_two_series_whose_names_make_one_slug_have_two_addresses_that_stay(
    client: CheckedClient, make_post: MakePost
) -> None:
    def addresses() -> list[str]:
        return re.findall(r"blog\.example(/series/[^<]+)<", client.get("/sitemap.xml").text)

    make_post("One", PAST, series="C, now")
    make_post("Two", PAST + timedelta(days=1), series="C: now!")
    first, second = addresses()
    make_post("Three", PAST + timedelta(days=2), series="c now")
    make_post("Four", PAST - timedelta(days=2), series="Another")

    assert first == "/series/c-now"
    assert [first, second] == addresses()[1:3] and len({*addresses()}) == 4
    for address, title in zip(addresses(), ("Four", "One", "Two", "Three"), strict=True):
        assert f">{title}</a></h3>" in client.get(address).text
    assert client.get("/series/C: now!").location == second


def test_an_old_address_below_series_still_leads_to_its_article(
    app: Flask, client: CheckedClient, make_post: MakePost
) -> None:
    post = make_post("One")
    with app.app_context():
        addresses.keep([(posts.get(post.id), ["/series/one/", "/series/one/two/"])])
        db.session.commit()

    assert client.get("/series/one/").location == "/blog/one"
    assert client.get("/series/one/two/").location == "/blog/one"


def test_to_rename_a_series_in_one_part_leaves_the_others_in_theirs(
    app: Flask, client: CheckedClient, make_post: MakePost
) -> None:
    made = [make_post(title, series=SERIES) for title in ("One", "Two", "Three")]
    with app.app_context():
        posts.revise(posts.get(made[0].id), Text(title="One", series="Other"))
        db.session.commit()

    assert parts_on(client, "/blog/two")[0] == "part 1 of 2 of Queues & tables"
    assert "1 part, " in client.get("/series/other").text


def test_no_question_about_a_series_walks_all_posts(make_post: MakePost, core: None) -> None:
    make_post("One", series=SERIES)

    for query in (series.articles(SERIES), posts.published().where(Post.series == SERIES)):
        literal = query.compile(db.engine, compile_kwargs={"literal_binds": True})
        steps = db.session.execute(sa.text(f"EXPLAIN QUERY PLAN {literal}")).all()

        assert [step.detail.partition("(")[0].strip() for step in steps] == [
            "SEARCH posts USING INDEX ix_posts_series"
        ]


def test_the_editor_tells_how_many_parts_a_series_has(
    author_client: CheckedClient, make_post: MakePost
) -> None:
    make_post("One", series=SERIES)
    make_post("Two", None, series=SERIES)
    post = make_post("Three", None, series="queues and tables")

    page = author_client.get(f"/admin/posts/{post.id}").text
    elements = list(parse(page))

    known = {
        e.attrib["value"]: e.text
        for e in elements
        if e.tag == "option" and "parts" in (e.text or "")
    }
    hint = next(text_of(e) for e in elements if e.attrib.get("id") == "hint-series")
    assert known == {SERIES: "2 parts"}
    assert hint.endswith(f"1 post has this one. “{SERIES}” is another series.")
