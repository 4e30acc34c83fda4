"""Readers' pages."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask

from blogapp import posts, years
from blogapp.extensions import db
from blogapp.models import Post
from blogapp.texts import Text

from .conftest import PAST, CheckedClient, MakeApp, MakePost, browser, main_of
from .pages import parse, text_of


def revise(app: Flask, post: Post, **text: object) -> None:
    """Give a stored post another text, now."""
    with app.app_context():
        stored = db.session.get_one(Post, post.id)
        kept = {"title": stored.title, "slug": stored.slug, "body": stored.body}
        posts.revise(stored, Text(**kept | text))  # type: ignore[arg-type]
        db.session.commit()


def test_the_front_page_of_a_new_blog_says_what_to_do(client: CheckedClient) -> None:
    page = client.get("/")

    assert page.status_code == 200
    assert "No article yet" in page.text


# An article


def test_an_article_shows_in_the_order_of_the_model(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Hello", description="A word first.", tags=["Flask"], body="The text.")

    page = main_of(client.get("/blog/hello"))

    parts = ["← all articles", "~/blog/hello.md", "14 March 2026", "1 min read", "<h1>Hello</h1>"]
    parts += ["A word first.", "/tags/flask", "The text.", "// need help with a project?"]
    parts += ["get in touch →"]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)


def test_the_date_is_that_of_the_sites_zone(make_app: MakeApp) -> None:
    app = make_app(timezone=ZoneInfo("Pacific/Auckland"))
    with app.app_context():
        posts.publish(posts.create(Text(title="Hello")), datetime(2026, 3, 14, 12, tzinfo=UTC))
        db.session.commit()

    page = browser(app).get("/blog/hello").text

    assert '<time datetime="2026-03-15T01:00:00+13:00">15 March 2026</time>' in page


@pytest.mark.parametrize(("headings", "listed"), [(0, False), (2, False), (3, True)])
def test_the_contents_are_listed_from_three_headings_on(
    client: CheckedClient, make_post: MakePost, headings: int, listed: bool
) -> None:
    make_post("Hello", body="\n\n".join(f"## Part {number}" for number in range(headings)))

    page = client.get("/blog/hello").text

    assert ('<nav class="toc"' in page) is listed
    assert page.count('<a href="#part-') == (headings if listed else 0)


def test_the_contents_lead_to_the_headings(client: CheckedClient, make_post: MakePost) -> None:
    make_post("Hello", body="## A `b`\n\n### C & D\n\n#### Deep\n\n## Über uns\n")

    elements = list(parse(client.get("/blog/hello").text))

    toc = next(e for e in elements if e.attrib.get("class") == "toc")
    links = {text_of(link): link.attrib["href"][1:] for link in toc.iter("a")}
    headings = {text_of(e): e.attrib["id"] for e in elements if e.tag in {"h2", "h3"} and e.text}
    assert links.keys() == {"A b", "C & D", "Über uns"}
    assert links.items() <= headings.items()


def test_an_article_is_updated_only_when_its_text_changed(
    app: Flask, client: CheckedClient, make_post: MakePost
) -> None:
    post = make_post("Hello", body="x")
    assert "updated" not in main_of(client.get("/blog/hello"))

    revise(app, post, tags=["a"])
    assert "updated" not in main_of(client.get("/blog/hello"))

    with time_machine.travel(datetime(2026, 5, 2, tzinfo=UTC), tick=False):
        revise(app, post, tags=["a"], body="y")
    page = client.get("/blog/hello").text
    assert 'updated <time datetime="2026-05-02T00:00:00+00:00">2 May 2026</time>' in page
    assert 'property="article:modified_time" content="2026-05-02T00:00:00+00:00"' in page


def test_an_article_leads_to_its_neighbours_and_relatives(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Older", PAST - timedelta(days=1))
    make_post("Here", tags=["a"])
    make_post("Newer", PAST + timedelta(days=1), tags=["a"])

    page = client.get("/blog/here").text

    assert '<a href="/blog/older" rel="prev">' in page
    assert '<a class="newer" href="/blog/newer" rel="next">' in page
    related = page[page.index('<h2 id="related">') : page.index('class="neighbours"')]
    assert "/blog/newer" in related and "/blog/older" not in related


def test_a_lonely_article_leads_nowhere(client: CheckedClient, make_post: MakePost) -> None:
    make_post("Hello", tags=["a"])

    page = client.get("/blog/hello").text

    assert 'id="related"' not in page and "neighbours" not in page


@pytest.mark.parametrize("host", ["blog.example", "evil.example"])
def test_what_others_are_told_of_an_article_has_its_public_address(
    client: CheckedClient, make_post: MakePost, host: str
) -> None:
    make_post('A "quote" & </script>', slug="hello", description="Short & good.", tags=["a"])
    client.environ_base["HTTP_HOST"] = host

    page = client.get("/blog/hello").text

    url = "https://blog.example/blog/hello"
    elements = list(parse(page))
    meta = {e.attrib.get("property"): e.attrib.get("content") for e in elements if e.tag == "meta"}
    assert (meta["og:url"], meta["og:type"]) == (url, "article")
    assert meta["og:title"] == 'A "quote" & </script>'
    assert meta["og:description"] == "Short & good."
    links = {e.attrib["rel"]: e.attrib["href"] for e in elements if e.tag == "link"}
    assert links["canonical"] == url
    assert "evil" not in page
    script = next(e for e in elements if e.attrib.get("type") == "application/ld+json")
    data = json.loads(script.text or "")
    assert (data["@type"], data["url"], data["headline"]) == (
        "BlogPosting",
        url,
        'A "quote" & </script>',
    )
    assert data["datePublished"] == data["dateModified"] == "2026-03-14T09:00:00+00:00"


# Addresses


@pytest.mark.parametrize("suffix", ["", ".md"])
def test_an_old_address_leads_on_in_one_hop(
    app: Flask, client: CheckedClient, make_post: MakePost, suffix: str
) -> None:
    post = make_post("Hello", slug="first")
    revise(app, post, slug="second")
    revise(app, post, slug="third")

    for old in ("first", "second"):
        response = client.get(f"/blog/{old}{suffix}")
        assert (response.status_code, response.location) == (301, f"/blog/third{suffix}")
    assert client.get(f"/blog/third{suffix}").status_code == 200


def test_an_address_in_another_script_is_found_and_led_to(
    app: Flask, client: CheckedClient, make_post: MakePost
) -> None:
    post = make_post("日本語")
    assert client.get("/blog/日本語").status_code == 200
    assert 'href="/blog/%E6%97%A5%E6%9C%AC%E8%AA%9E"' in client.get("/").text

    revise(app, post, slug="日本")
    response = client.get("/blog/日本語")
    assert client.get(response.location).status_code == 200


def test_a_missing_article_suggests_the_nearest(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("SQLite WAL promises")
    make_post("Unlike")

    page = client.get("/blog/sqlite-wal-promise")

    assert page.status_code == 404
    assert "Did you mean" in page.text
    assert "/blog/sqlite-wal-promises" in page.text and "/blog/unlike" not in page.text


@pytest.mark.parametrize("path", ["/blog/nothing", "/blog/nothing.md", "/tags/nothing", "/x"])
def test_what_is_not_there_is_missing(client: CheckedClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_scheduled_article_appears_at_its_time(
    client: CheckedClient, make_post: MakePost
) -> None:
    soon = PAST + timedelta(days=1)
    make_post("Soon", soon)

    with time_machine.travel(soon - timedelta(seconds=1), tick=False):
        assert client.get("/blog/soon").status_code == 404
        assert "Soon" not in client.get("/").text
    with time_machine.travel(soon, tick=False):
        assert client.get("/blog/soon").status_code == 200
        assert "Soon" in client.get("/").text


# Markdown


def test_the_source_of_an_article_is_what_its_author_wrote(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Über: alles", slug="hello", tags=["c#"], body="A *word*.\n\n- x\n")

    response = client.get("/blog/hello.md")

    assert response.content_type == "text/markdown; charset=utf-8"
    assert response.text.startswith("---\ntitle: 'Über: alles'\n")
    assert response.text.endswith("---\n\nA *word*.\n\n- x\n")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/markdown", "text/markdown"),
        ("text/markdown, text/html;q=0.9", "text/markdown"),
        ("text/html, text/markdown;q=0.9", "text/html"),
        ("text/html, text/markdown", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("*/*", "text/html"),
        ("", "text/html"),
        ("image/png", "text/html"),
        ("nonsense;;;q=x", "text/html"),
    ],
)
def test_who_prefers_markdown_gets_it(
    client: CheckedClient, make_post: MakePost, accept: str, kind: str
) -> None:
    make_post("Hello")

    response = client.get("/blog/hello", headers={"Accept": accept})

    assert (response.status_code, response.mimetype) == (200, kind)
    assert "Accept" in response.vary


def test_source_and_page_have_different_etags(client: CheckedClient, make_post: MakePost) -> None:
    make_post("Hello")

    page = client.get("/blog/hello")
    source = client.get("/blog/hello", headers={"Accept": "text/markdown"})
    mixed = client.get("/blog/hello", headers={"If-None-Match": source.headers["ETag"]})

    assert page.headers["ETag"] != source.headers["ETag"]
    assert (mixed.status_code, mixed.mimetype) == (200, "text/html")


# The list


def titles(html: str) -> list[str]:
    return [text_of(e) for e in parse(html) if e.tag == "h3"]


def test_the_list_shows_articles_newest_first(client: CheckedClient, make_post: MakePost) -> None:
    make_post("Old", PAST - timedelta(days=1), body="An excerpt.")
    make_post("New", description="A description.", body="Not this.")

    page = client.get("/").text

    assert titles(page) == ["New", "Old"]
    assert "An excerpt." in page and "A description." in page and "Not this." not in page


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/?tag=a", ["Both", "A"]),
        ("/?tag=a&tag=b", ["Both"]),
        ("/?tag=c%2B%2B", ["Sign"]),
        ("/?tag=nothing", []),
        ("/tags/a", ["Both", "A"]),
        ("/tags/c++", ["Sign"]),
        ("/tags/c%2B%2B", ["Sign"]),
    ],
)
def test_tags_narrow_the_list(
    client: CheckedClient, make_post: MakePost, path: str, found: list[str]
) -> None:
    make_post("Sign", tags=["C++"])
    make_post("A", tags=["a"])
    make_post("Both", tags=["a", "b"])

    page = client.get(path)

    assert page.status_code == 200
    assert titles(page.text) == found


@pytest.mark.parametrize(
    ("spelled", "canonical"),
    [
        ("/?tag=B&tag=a", "/?tag=a&tag=b"),
        ("/?tag=a&tag=a", "/?tag=a"),
        ("/?tag=%61", "/?tag=a"),
        ("/?tag=", "/"),
        ("/?tag=C%2b%2b", "/?tag=c%2B%2B"),
        ("/?utm_source=x&tag=a", "/?tag=a"),
        ("/?after=x", "/"),
        ("/?tag=a&after=007-1", "/?tag=a&after=7-1"),
        ("/?after=7-1&tag=a", "/?tag=a&after=7-1"),
        ("/?not=B&tag=a&not=A", "/?tag=a&not=a&not=b"),
        ("/?q=&tag=a", "/?tag=a"),
        ("/?q=a+b", "/?q=a%20b"),
        ("/?q=%20Two%20%20WORDS%00", "/?q=two%20words"),
        ("/?q=one&q=two&tag=a", "/?tag=a&q=one%20two"),
        ("/?q=%e2%80%9cquoted%e2%80%9d", "/?q=%22quoted%22"),
        ("/?q=.", "/"),
        ("/?q=one&after=7-1", "/?q=one"),
        ("/?tag=a&after=2-7-1", "/?tag=a"),
        ("/tags/a?after=x&utm_source=y", "/tags/a"),
        ("/tags/A?after=7-1", "/tags/a?after=7-1"),
        ("/tags/a/feed.xml?x", "/tags/a/feed.xml"),
        ("/feed.json?q=B&tag=a&after=7-1", "/feed.json?tag=a&q=b"),
        ("/tags/A", "/tags/a"),
        ("/tags/%20a", "/tags/a"),
    ],
)
def test_every_spelling_leads_to_the_canonical_address(
    client: CheckedClient, make_post: MakePost, spelled: str, canonical: str
) -> None:
    make_post("Hello", tags=["a"])

    response = client.get(spelled)

    assert (response.status_code, response.location) == (301, canonical)
    assert client.get(canonical).status_code == 200


@pytest.mark.parametrize("start", ["/", "/?tag=a", "/tags/a"])
def test_following_older_articles_shows_each_once(
    client: CheckedClient, make_post: MakePost, start: str
) -> None:
    for number in range(45):
        make_post(f"Number {number}", PAST + timedelta(hours=number // 3), tags=["a"])
    seen, path = list[str](), start

    while path:
        page = client.get(path)
        assert page.status_code == 200
        seen += titles(page.text)
        older = re.search(r'<a href="([^"]+)" rel="next"', page.text)
        path = older[1].replace("&amp;", "&") if older else ""

    assert seen == [f"Number {number}" for number in range(44, -1, -1)]


def test_an_unchanged_page_is_not_sent_again(client: CheckedClient, make_post: MakePost) -> None:
    make_post("Hello")
    for path in ("/", "/blog/hello", "/feed.xml", "/sitemap.xml", "/blog/hello.md"):
        etag = client.get(path).headers["ETag"]
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 304

    etag = client.get("/").headers["ETag"]
    make_post("Second")
    assert client.get("/", headers={"If-None-Match": etag}).status_code == 200


# Tags and archive


def test_all_tags_stand_with_their_numbers(client: CheckedClient, make_post: MakePost) -> None:
    make_post("One", tags=["b", "a"])
    make_post("Two", tags=["b"])

    page = list(parse(client.get("/tags/").text))

    chips = [text_of(e) for e in page if e.attrib.get("href", "").startswith("/tags/") and e.text]
    assert [chip for chip in chips if chip[-1] in "es" and " " in chip] == [
        "a 1 article",
        "b 2 articles",
    ]


def test_the_archive_groups_by_year_and_month_of_the_sites_zone(make_app: MakeApp) -> None:
    app = make_app(timezone=ZoneInfo("Asia/Tokyo"))
    with app.app_context():
        for title, moment in [
            ("New year", datetime(2025, 12, 31, 20, tzinfo=UTC)),
            ("December", datetime(2025, 12, 30, tzinfo=UTC)),
        ]:
            posts.publish(posts.create(Text(title=title)), moment)
        db.session.commit()

    elements = list(parse(browser(app).get("/archive/").text))

    order = [text_of(e) for e in elements if e.tag in {"h2", "h3"}]
    assert order == ["2026", "January", "2025", "December"]


def test_the_archive_of_many_articles_goes_on_to_older_ones(
    client: CheckedClient, make_post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(years, "MOST", 2)
    for number in range(5):
        make_post(f"Post {number}", PAST + timedelta(days=40 * (number // 2)))

    seen, titles, path = [], [], "/archive/"
    while path:
        page = client.get(path).text
        titles += re.findall(r"<title>(.*?) – ", page)
        seen.append(re.findall(r'<li><a href="/blog/post-(\d)"', page))
        older = re.search(r'<a href="([^"]+)" rel="next">older articles →', page)
        path = older[1] if older else ""

    assert seen == [["4", "3"], ["2", "1"], ["0"]]
    newer = PAST + timedelta(days=40)
    assert titles[:2] == ["archive", f"archive, {newer:%-d %B %Y}"]
    assert client.get("/archive/?after=x").location == "/archive/"
    assert "No more articles" in client.get("/archive/?after=1-1").text


def test_the_archive_leads_to_each_year_wherever_it_begins(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(years, "MOST", 2)
    app = make_app(timezone=ZoneInfo("Asia/Tokyo"))
    moments = [
        *(datetime(2025, 3, 1, tzinfo=UTC), datetime(2024, 12, 31, 15, tzinfo=UTC)),  # both 2025
        *(datetime(2024, 12, 31, 14, tzinfo=UTC), datetime(2021, 5, 1, tzinfo=UTC)),
    ]
    with app.app_context():
        for number, moment in enumerate(moments):
            posts.publish(posts.create(Text(title=f"Post {number}")), moment)
        db.session.commit()
    client = browser(app)

    def listed(path: str) -> tuple[dict[str, str], list[str]]:
        page = client.get(path).text
        [nav] = re.findall(r'<nav class="years".*?</nav>', page, re.DOTALL)
        links = {year: href for href, year in re.findall(r'href="(.*?)">(\d+)<', nav)}
        return links, re.findall(r'<li><a href="/blog/post-(\d)"', page)

    newest, of_newest = listed("/archive/")
    older, of_older = listed(newest["2024"])

    assert (list(newest), newest["2025"], of_newest) == (
        *(["2025", "2024", "2021"], "#year-2025", ["0", "1"]),
    )
    assert (older["2025"], older["2024"], older["2021"]) == (
        *("/archive/", newest["2024"], "#year-2021"),
    )
    assert (of_older, listed(newest["2021"])[1]) == (["2", "3"], ["3"])


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/blog", "/"),
        ("/blog/", "/"),
        ("/blog/Hello", "/blog/hello"),
        ("/blog/hello/", "/blog/hello"),
        ("/blog/HELLO.md", "/blog/hello.md"),
    ],
)
def test_an_address_written_otherwise_leads_to_the_right_one(
    client: CheckedClient, make_post: MakePost, path: str, target: str
) -> None:
    make_post("Hello")

    response = client.get(path)

    assert (response.status_code, response.location) == (301, target)


def test_a_later_page_leads_back_to_the_newest(client: CheckedClient, make_post: MakePost) -> None:
    for number in range(21):
        make_post(f"Post {number}", tags=["a"])
    older = re.search(r'href="([^"]+)" rel="next"', client.get("/tags/a").text)
    assert older is not None

    page = client.get(older[1]).text

    assert '<a href="/tags/a">← newest articles</a>' in page
