"""Feeds: readable by a feed reader, absolute, with ids for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
import time_machine
from flask import Flask

from blogapp import posts
from blogapp.extensions import db
from blogapp.models import Post
from blogapp.texts import Text

from .conftest import PAST, CheckedClient, MakeApp, MakePost, browser

BODY = "See [it](/blog/other#part), [there](#one) and ![a picture](/media/a.png).\n\n## One\n"


def atom(client: CheckedClient, path: str = "/feed.xml") -> Any:
    feed = feedparser.parse(client.get(path).data)
    assert not feed.bozo, feed.bozo_exception
    return feed


def test_a_feed_reader_finds_all_of_an_article(client: CheckedClient, make_post: MakePost) -> None:
    post = make_post("A & <B>", description="Short.", tags=["c#", "b"], body=BODY)

    feed = atom(client)

    entry = feed.entries[0]
    assert feed.version == "atom10"
    assert (entry.title, entry.summary, entry.link) == (
        "A & <B>",
        "Short.",
        "https://blog.example/blog/a-and-b",
    )
    assert entry.id == f"urn:uuid:{post.uid}"
    assert [tag.term for tag in entry.tags] == ["b", "c#"]
    assert entry.published == "2026-03-14T09:00:00+00:00"
    assert "<h2" in entry.content[0].value


@pytest.mark.parametrize("host", ["blog.example", "evil.example"])
def test_every_link_of_a_feed_is_absolute_and_ours_whatever_the_host(
    client: CheckedClient, make_post: MakePost, host: str
) -> None:
    make_post("Hello", body=BODY)
    client.environ_base["HTTP_HOST"] = host

    xml, json = client.get("/feed.xml"), client.get("/feed.json").json

    assert json is not None
    for html in (
        feedparser.parse(xml.data).entries[0].content[0].value,
        json["items"][0]["content_html"],
    ):
        for link in (
            "https://blog.example/blog/other#part",
            "https://blog.example/blog/hello#one",
            "https://blog.example/media/a.png",
        ):
            assert f'"{link}"' in html
    assert "evil" not in xml.text + str(json)
    for entry_link in [json["feed_url"], json["home_page_url"], json["items"][0]["url"]]:
        assert urlsplit(entry_link).netloc == "blog.example"


def test_ids_stay_when_everything_else_changes(
    app: Flask, client: CheckedClient, make_post: MakePost
) -> None:
    post = make_post("Hello")
    before = atom(client).entries[0]
    json_before = client.get("/feed.json").json
    with app.app_context():
        stored = db.session.get_one(Post, post.id)
        posts.revise(stored, Text(title="Other", slug="other", body="new", tags=["x"]))
        db.session.commit()

    after = atom(client).entries[0]
    json_after = client.get("/feed.json").json

    assert (before.id, before.link) != (after.id, after.link)
    assert before.id == after.id
    assert json_before is not None and json_after is not None
    assert json_before["items"][0]["id"] == json_after["items"][0]["id"] == after.id
    assert after.updated > before.updated


def test_a_json_feed_says_the_same(client: CheckedClient, make_post: MakePost) -> None:
    make_post("Hello", description="Short.", tags=["b"], body="Text")

    response = client.get("/feed.json")

    assert response.content_type == "application/feed+json; charset=utf-8"
    feed = response.json
    assert feed is not None
    item = feed["items"][0]
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://blog.example/feed.json"
    assert (item["title"], item["summary"], item["tags"]) == ("Hello", "Short.", ["b"])
    assert (item["content_html"], item["url"]) == (
        "<p>Text</p>",
        "https://blog.example/blog/hello",
    )
    assert item["date_published"] == "2026-03-14T09:00:00+00:00"


def test_a_feed_changes_when_its_newest_article_does(
    client: CheckedClient, make_post: MakePost
) -> None:
    assert atom(client).feed.updated == "1970-01-01T00:00:00+00:00"
    make_post("Old", PAST)
    make_post("New", PAST + timedelta(days=1))

    assert atom(client).feed.updated == "2026-03-15T09:00:00+00:00"


def test_a_feed_holds_the_newest_twenty(client: CheckedClient, make_post: MakePost) -> None:
    for number in range(21):
        make_post(f"Number {number}", PAST + timedelta(minutes=number))

    titles = [entry.title for entry in atom(client).entries]

    assert titles == [f"Number {number}" for number in range(20, 0, -1)]


@pytest.mark.parametrize("path", ["/feed.xml?tag=a", "/tags/a/feed.xml"])
def test_a_feed_of_a_tag_holds_its_articles_and_knows_itself(
    client: CheckedClient, make_post: MakePost, path: str
) -> None:
    make_post("With", tags=["a"])
    make_post("Without")

    feed = atom(client, path)

    assert [entry.title for entry in feed.entries] == ["With"]
    assert "tagged a" in feed.feed.title
    self_link = next(link.href for link in feed.feed.links if link.rel == "self")
    assert self_link == f"https://blog.example{path}"


def test_a_feed_of_a_tag_that_nothing_has_is_missing_or_empty(client: CheckedClient) -> None:
    assert client.get("/tags/nothing/feed.xml").status_code == 404
    assert atom(client, "/feed.xml?tag=nothing").entries == []


def test_a_scheduled_post_enters_the_feed_at_its_time(
    client: CheckedClient, make_post: MakePost
) -> None:
    soon = PAST + timedelta(minutes=5)
    make_post("Soon", soon)

    with time_machine.travel(soon - timedelta(seconds=1), tick=False):
        assert atom(client).entries == []
    with time_machine.travel(soon, tick=False):
        assert len(atom(client).entries) == 1


@pytest.mark.parametrize("char", ["\0", "\x0b", "\x1f", "\ufffe", "🎉", "]]>", "<!--"])
def test_any_character_leaves_the_feed_readable(
    app: Flask, make_post: MakePost, char: str
) -> None:
    make_post(f"A{char}B", description=f"C{char}D", body=f"E{char}F\n\n    G{char}H")
    client = browser(app, checked=False)

    assert len(atom(client).entries) == 1
    assert client.get("/feed.json").json is not None
    assert client.get("/sitemap.xml").status_code == 200


def test_a_feed_names_the_blog(make_app: MakeApp) -> None:
    app = make_app(title="T & T", tagline="Line", author="Sam", language="de")

    feed = feedparser.parse(browser(app).get("/feed.xml").data)

    assert (feed.feed.title, feed.feed.subtitle) == ("T & T", "Line")
    assert (feed.feed.author, feed.feed.language) == ("Sam", "de")


def test_a_feed_has_no_permalinks_beside_its_headings(app: Flask, make_post: MakePost) -> None:
    make_post("Hello", body="## Part\n\nText.")

    content = browser(app).get("/feed.json").json

    assert content is not None
    assert content["items"][0]["content_html"].count("#") == 0
