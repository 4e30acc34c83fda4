"""What machines read: sitemap, robots.txt, and whether the blog is well."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from blogapp import config, create_app, posts, sitemaps
from blogapp.extensions import db
from blogapp.models import Post
from blogapp.texts import Text

from .conftest import PAST, CheckedClient, MakePost, browser

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def sitemap(client: CheckedClient) -> dict[str, str | None]:
    root = ET.fromstring(client.get("/sitemap.xml").data)  # noqa: S314 - our own
    assert root.tag == f"{NAMESPACE}urlset"
    return {
        url.findtext(f"{NAMESPACE}loc", ""): url.findtext(f"{NAMESPACE}lastmod") for url in root
    }


def test_the_sitemap_names_every_page_and_they_are_there(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Hello", tags=["c#", "日本"])
    make_post("Draft", None, tags=["hidden"])

    found = sitemap(client)

    assert list(found) == [
        *("https://blog.example/", "https://blog.example/tags/"),
        *("https://blog.example/archive/", "https://blog.example/contact"),
        *("https://blog.example/tags/c%23", "https://blog.example/tags/%E6%97%A5%E6%9C%AC"),
        "https://blog.example/blog/hello",
    ]
    for url in found:
        assert client.get(url.removeprefix("https://blog.example")).status_code == 200


def test_the_sitemap_tells_when_an_article_last_changed(
    app: Flask, client: CheckedClient, make_post: MakePost
) -> None:
    post = make_post("Hello")
    assert sitemap(client)["https://blog.example/blog/hello"] == "2026-03-14"

    with app.app_context(), time_machine.travel(datetime(2026, 5, 2, tzinfo=UTC), tick=False):
        posts.revise(db.session.get_one(Post, post.id), Text(title="Hello", body="new"))
        db.session.commit()
    assert sitemap(client)["https://blog.example/blog/hello"] == "2026-05-02"


def test_robots_are_kept_from_private_links_and_told_the_sitemap(client: CheckedClient) -> None:
    response = client.get("/robots.txt")

    assert response.content_type == "text/plain; charset=utf-8"
    lines = response.text.splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /admin/", "Disallow: /r/"} <= set(lines)
    assert "Sitemap: https://blog.example/sitemap.xml" in lines


def test_a_blog_that_is_well_says_so(client: CheckedClient) -> None:
    alive, ready = client.get("/healthz"), client.get("/readyz")

    assert (alive.status_code, alive.json) == (200, {"status": "alive"})
    assert (ready.status_code, ready.json) == (
        200,
        {
            "status": "ready",
            "undelivered": 0,
            "undelivered_waiting": 0,
            "undelivered_given_up": 0,
            "oldest_undelivered_seconds": 0,
        },
    )
    assert alive.headers["Cache-Control"] == ready.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("DROP TABLE attempts", "run `blogapp init`"),
        ("UPDATE alembic_version SET version_num = '0000'", "run `blogapp init`"),
        ("DELETE FROM alembic_version", "run `blogapp init`"),
    ],
)
def test_a_blog_without_its_tables_is_alive_but_not_ready_and_says_why(
    app: Flask, statement: str, why: str
) -> None:
    with app.app_context():
        db.session.execute(sa.text(statement))
        db.session.commit()
    client = browser(app)

    assert client.get("/healthz").status_code == 200
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json is not None and why in response.json["why"]


def test_a_blog_whose_database_was_never_made_says_what_to_run(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    app = create_app(config.Settings(instance=tmp_path_factory.mktemp("new")))
    client = browser(app)

    try:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        page = client.get("/")
        assert page.status_code == 503
        assert "blogapp init" in page.text
        assert page.headers["Retry-After"] == "5"
    finally:
        with app.app_context():
            db.engine.dispose()


def test_a_large_blog_has_an_index_of_sitemaps_that_stay(
    client: CheckedClient, make_post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "SIZE", 2)
    for number in range(1, 9):
        make_post(f"Post {number}", None if number in {3, 4, 7} else PAST, tags=["a"])

    index = ET.fromstring(client.get("/sitemap.xml").data)  # noqa: S314 - our own
    paths = [
        found.findtext(f"{NAMESPACE}loc", "")[len("https://blog.example") :] for found in index
    ]
    read = {
        path: re.findall(r"<loc>https://blog.example(.*?)</loc>", client.get(path).text)
        for path in paths
    }

    assert index.tag == f"{NAMESPACE}sitemapindex"
    assert read == {
        "/sitemap-pages.xml": ["/", "/tags/", "/archive/", "/contact", "/tags/a"],
        "/sitemap-1.xml": ["/blog/post-1", "/blog/post-2"],
        "/sitemap-3.xml": ["/blog/post-5", "/blog/post-6"],
        "/sitemap-4.xml": ["/blog/post-8"],
    }
    for path in ("/sitemap-0.xml", "/sitemap-2.xml", "/sitemap-99999999999.xml"):
        assert client.get(path).status_code == 404
