"""Old addresses: who comes by one is led to the article, in one step, if there is one to read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from blogapp import addresses, posts, texts
from blogapp.extensions import db
from blogapp.models import OldAddress, Post, utcnow

from .conftest import HTMX, CheckedClient, MakePost

Moved = Callable[..., Post]


@pytest.fixture
def moved(app: Flask, make_post: MakePost) -> Moved:
    """Store a post that was at these addresses in another blog."""

    def moved(*urls: str, **post: Any) -> Post:
        made = make_post(**post)
        with app.app_context():
            addresses.keep([(db.session.get_one(Post, made.id), urls)])
            db.session.commit()
        return made

    return moved


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("/2013/04/30/hello.html", "/2013/04/30/hello.html"),
        ("/2013/04/30/hello.html", "/2013/04/30/hello"),
        ("/2013/04/30/hello.html", "/2013/04/30/hello/"),
        ("/2013/04/30/hello.html", "/2013/04/30/hello/index.html"),
        ("/2013/hello/", "/2013/hello"),
        ("/2013/hello/", "/2013/hello.html"),
        ("/2013/hello/", "/2013//hello/"),
        ("/2013/hello/", "/2013/hello/?utm_source=feed"),
        ("/posts/Hello_World", "/posts/Hello_World"),
        ("/blog/Hello.World/", "/blog/Hello.World/"),
        ("/blog/2013/hello", "/blog/2013/hello"),
        ("/blog/c++.html", "/blog/c++.html"),
        ("/заметки/привет/", "/заметки/привет/"),
        ("/%D0%B7/", "/з"),
        ("/cafe\u0301", "/caf\u00e9"),
        ("/a%20b/", "/a b/"),
        ("/c%23/", "/c%23"),
        ("hello.html", "/hello.html"),
        ("/a.php#top", "/a.php"),
    ],
)
def test_an_old_address_leads_to_the_article_in_one_step(
    client: CheckedClient, moved: Moved, stored: str, asked: str
) -> None:
    moved(stored, title="Now")

    for method in ("GET", "HEAD"):
        response = client.open(asked, method=method)
        assert (response.status_code, response.location) == (301, "/blog/now")
        assert "Set-Cookie" not in response.headers
    assert client.get(asked, headers=HTMX).status_code == 301


@pytest.mark.parametrize(
    "asked", ["/posts/hello_world", "/posts/HELLO", "/posts", "/posts/hello/more", "/hello"]
)
def test_another_address_is_none(client: CheckedClient, moved: Moved, asked: str) -> None:
    moved("/posts/Hello_World")

    assert client.get(asked).status_code == 404


@pytest.mark.parametrize(
    "when",
    [None, timedelta(hours=1)],
    ids=["draft", "scheduled"],
)
def test_nothing_is_told_of_what_readers_may_not_see(
    client: CheckedClient, moved: Moved, when: timedelta | None
) -> None:
    moved("/old/", "/blog/Old_One", published_at=when and utcnow() + when)

    for path in ("/old/", "/blog/Old_One"):
        response = client.get(path)
        assert response.status_code == 404
        assert "Location" not in response.headers


def test_an_address_is_no_way_in_for_other_methods(client: CheckedClient, moved: Moved) -> None:
    moved("/old/")

    assert client.post("/old/", data={"csrf_token": client.token()}).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/archive/", "/tags/", "/feed.xml", "/blog/other", "/blog/", "/healthz"),
        *("/robots.txt", "/sitemap.xml", "/contact"),
    ],
)
def test_a_page_of_ours_is_never_hidden(
    client: CheckedClient, moved: Moved, make_post: MakePost, path: str
) -> None:
    make_post("Other")
    before = client.get(path).status_code
    moved(path, f"{path}/index.html", title="Now")

    assert client.get(path).status_code == before
    assert client.get(path).location != "/blog/now"


def test_where_a_page_of_ours_begins_no_address_is_kept_that_a_page_may_need(app: Flask) -> None:
    first = {rule.rule[1:].partition("/")[0] for rule in app.url_map.iter_rules()}

    numbered = {"sitemap-<int:number>.xml"}  # nobody links to one of another system
    assert first - {""} - numbered <= addresses.RESERVED | {page[1:] for page in addresses.PAGES}
    for name in addresses.RESERVED:
        assert addresses.normalise(f"/{name}/x") is None
        assert addresses.normalise(f"/{name.upper()}") is None


def test_the_exact_address_counts_more_than_a_slug_that_is_alike(
    client: CheckedClient, moved: Moved, make_post: MakePost
) -> None:
    make_post("Some thing")
    moved("/blog/Some_Thing", title="Other")

    assert client.get("/blog/Some_Thing").location == "/blog/other"
    assert client.get("/blog/SOME-THING").location == "/blog/some-thing"


def test_the_source_of_an_article_is_found_by_its_old_address_too(
    client: CheckedClient, moved: Moved
) -> None:
    moved("/blog/Old_One", title="Now")

    assert client.get("/blog/Old_One.md").location == "/blog/now.md"


def test_the_first_post_keeps_an_address(client: CheckedClient, moved: Moved, app: Flask) -> None:
    first = moved("/old/", title="First")
    moved("/old/", "/other/", title="Second")

    assert client.get("/old/").location == "/blog/first"
    assert client.get("/other/").location == "/blog/second"
    with app.app_context():
        assert addresses.taken(["/old.html", "/free"]) == {"/old": (first.id, "first")}


def test_an_address_follows_the_post_to_its_next_slug_and_goes_with_it(
    app: Flask, client: CheckedClient, moved: Moved
) -> None:
    post = moved("/old/", title="First")
    with app.app_context():
        stored = db.session.get_one(Post, post.id)
        posts.revise(stored, texts.Text(title="First", slug="other"))
        db.session.commit()
    assert client.get("/old/").location == "/blog/other"

    with app.app_context():
        db.session.execute(sa.delete(Post))
        db.session.commit()
        assert db.session.scalars(sa.select(OldAddress)).all() == []
    assert client.get("/old/").status_code == 404


def test_a_known_page_costs_no_look_at_the_old_addresses(
    app: Flask, client: CheckedClient, moved: Moved
) -> None:
    moved("/old/", title="Now")
    asked: list[str] = []
    with app.app_context():
        engine = db.engine

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    sa.event.listen(engine, "before_cursor_execute", listen)
    try:
        for path in ("/", "/blog/now", "/archive/", "/static/css/site.css"):
            client.get(path)
        assert not [statement for statement in asked if "old_addresses" in statement]
        asked.clear()
        client.get("/old/")
        assert len(asked) == 2  # the post, and its tags
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)


def test_where_a_post_is_or_was_no_old_address_leads_elsewhere(
    app: Flask, client: CheckedClient, moved: Moved
) -> None:
    post = moved(title="Foo")
    with app.app_context():
        posts.revise(db.session.get_one(Post, post.id), texts.Text(title="Foo", slug="bar"))
        db.session.commit()

    moved("/blog/foo/", "/blog/bar.html", "/blog/free", title="Other")

    for path in ("/blog/foo", "/blog/foo.html", "/blog/bar.html"):
        assert client.get(path).location == "/blog/bar"
    assert client.get("/blog/free").location == "/blog/other"
    with app.app_context():
        assert addresses.taken(["/blog/foo/", "/blog/none"]) == {"/blog/foo": (post.id, "bar")}


@pytest.mark.parametrize(
    "url",
    [
        *("", "/", "//", "/index.html", "#x", "/a\\b", "/a\0", "/" * 600),
        *("/../x", "/a/./b", "/a/%2e%2e/b", "/favicon.ico", "/archive/", "/Feed.xml", "/tags/foo"),
    ],
)
def test_what_can_be_no_address_is_none(url: str) -> None:
    assert addresses.of_url(url) is None


def test_an_address_that_is_too_long_is_none() -> None:
    assert addresses.normalise("/" + "a" * 499) is not None
    assert addresses.normalise("/" + "a" * 500) is None


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_escapes_and_slashes_make_no_difference(path: str) -> None:
    plain = addresses.normalise(f"/{path}")

    assert addresses.normalise(f"//{path}//") == plain
    assert addresses.of_url(quote(f"/{path}")) == plain
    assert plain is None or not plain.endswith(("/", "/index.html"))
