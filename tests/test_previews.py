"""Preview links: a post before readers may see it, for who was given the link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from blogapp import markdown, posts, previews, revisions, shelves, texts
from blogapp.extensions import db
from blogapp.models import Post, PreviewLink, utcnow

from .conftest import PAST, CheckedClient, MakePost

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BODY = """\
## First

See [below](#second), [another](other), [the list](/tags/) and [abroad](https://example.org/a#b).

![alt](/media/a.png) and `href="other"`

## Second
"""


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Stand still at ``NOW``."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def draft(make_post: MakePost) -> Post:
    return make_post("Draft", None, body=BODY, tags=["secret"])


@pytest.fixture
def link(app: Flask, draft: Post) -> str:
    """The address of a link to the draft, for a day."""
    with app.app_context():
        _, token = previews.make(posts.get(draft.id), 1)
        db.session.commit()
        return f"/p/{token}"


def press(client: CheckedClient, path: str, **form: str) -> TestResponse:
    return client.post(path, data=form | {"csrf_token": client.token("/admin/posts/new")})


def test_a_link_shows_the_post_as_readers_would_see_it(client: CheckedClient, link: str) -> None:
    page = client.get(link)

    assert page.status_code == 200
    assert "This is a preview" in page.text and "2 June 2026, 12:00 UTC" in page.text
    links = re.findall(r'<a href="([^"]*)"[^>]*>(below|another|the list|abroad)<', page.text)
    assert links == [
        ("#second", "below"),
        ("/blog/other", "another"),
        ("/tags/", "the list"),
        ("https://example.org/a#b", "abroad"),
    ]
    assert 'src="/media/a.png"' in page.text
    assert '<code>href="other"</code>' in page.text.replace("&quot;", '"')
    assert '"/blog/draft' not in page.text and "/tags/secret" not in page.text


def test_nobody_keeps_finds_or_passes_on_a_link(client: CheckedClient, link: str) -> None:
    for path, status in ((link, 200), (f"{link}x", 404)):
        response = client.get(path)

        assert response.status_code == status
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in response.headers
    assert "Disallow: /p/" in client.get("/robots.txt").text


def test_a_link_shows_what_is_saved_now_and_nothing_that_is_not(
    app: Flask, client: CheckedClient, draft: Post, link: str
) -> None:
    hand = revisions.Hand(sitting="sitting-of-an-editor")
    with app.app_context():
        post = posts.get(draft.id)
        posts.revise(post, texts.Text(title="Later", body="Saved."))
        unsaved = texts.Text(title="Unsaved", body="Not saved.")
        revisions.keep(post, unsaved, begun_from=post.version, by=hand)
        db.session.commit()

    page = client.get(link).text

    assert "Later" in page and "Saved." in page
    assert "Unsaved" not in page and "Not saved." not in page


def test_a_link_ends_at_its_second(
    client: CheckedClient, link: str, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=1) - timedelta(seconds=1))
    assert client.get(link).status_code == 200

    clock.shift(timedelta(seconds=1))
    over = client.get(link)

    assert over.status_code == 410
    assert "This preview expired on 2 June 2026." in over.text and "Draft" not in over.text


def test_a_link_leads_to_the_article_once_it_is_out_even_when_it_has_expired(
    app: Flask, client: CheckedClient, draft: Post, link: str, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        posts.publish(posts.get(draft.id), NOW + timedelta(hours=1))
        db.session.commit()
    assert "to be published on" in client.get(link).text

    for hours in (1, 100):
        clock.shift(timedelta(hours=hours))
        response = client.get(link)

        assert (response.status_code, response.location) == (301, "/blog/draft")
        assert response.headers["Cache-Control"] == "no-store"


def test_the_link_of_a_post_in_the_trash_shows_nothing(
    app: Flask, client: CheckedClient, draft: Post, link: str
) -> None:
    with app.app_context():
        shelves.to_trash(posts.get(draft.id))
        db.session.commit()

    page = client.get(link)

    assert page.status_code == 410
    assert "taken back by its author" in page.text and "Draft" not in page.text


def test_an_address_is_told_once_and_only_its_hash_is_stored(
    app: Flask, client: CheckedClient, author_client: CheckedClient, draft: Post
) -> None:
    path = f"/admin/posts/{draft.id}/previews"

    assert press(author_client, path, days="7").location == path
    page = author_client.get(path).text

    [token] = re.findall(r'value="https://blog.example/p/([\w-]{32})"', page)
    assert client.get(f"/p/{token}").status_code == 200
    assert token not in author_client.get(path).text
    with app.app_context():
        stored = db.session.scalars(sa.select(PreviewLink)).one()
        assert token not in (stored.token_hash, str(stored.__dict__))
        assert stored.expires_at == NOW + timedelta(days=7)


def test_a_link_that_is_taken_back_is_one_that_never_was(
    client: CheckedClient, author_client: CheckedClient, draft: Post, link: str
) -> None:
    path = f"/admin/posts/{draft.id}/previews"
    assert press(author_client, "/admin/posts/99/previews/1/revoke").status_code == 404

    response = press(author_client, f"{path}/1/revoke")

    assert response.location == path
    assert client.get(link).text == client.get("/p/never").text
    assert press(author_client, f"{path}/1/revoke").status_code == 404


@pytest.mark.parametrize("days", ["", "0", "2", "x", "3000"])
def test_only_the_offered_terms_are_taken(
    author_client: CheckedClient, draft: Post, days: str
) -> None:
    response = press(author_client, f"/admin/posts/{draft.id}/previews", days=days)

    assert response.status_code == 422
    assert "A preview link lasts 1, 7 or 30 days." in response.text


def test_what_is_published_needs_no_link(
    author_client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Out", PAST)

    page = author_client.get("/admin/posts/1/previews").text
    response = press(author_client, "/admin/posts/1/previews", days="1")

    assert "nothing to preview" in page and "new link" not in page
    assert response.status_code == 422


def test_links_that_expired_long_ago_are_forgotten(
    app: Flask, link: str, clock: time_machine.Traveller
) -> None:
    with app.app_context():
        for days, left in ((30, 1), (1, 0)):
            clock.shift(timedelta(days=days))
            previews.purge()
            assert db.session.scalar(sa.select(sa.func.count(PreviewLink.id))) == left
        assert utcnow() == NOW + timedelta(days=31)


def test_a_moved_picture_is_shown_in_each_of_its_sizes() -> None:
    html = '<img src="/media/a.png" alt="" srcset="/media/a-480.png 480w, /media/a.png 960w">'

    assert markdown.moved(html, "/blog/post") == html


def test_a_moved_text_keeps_what_only_looks_like_an_address() -> None:
    html = '<p><a href="x">x</a> "https://a.example/blog/post#y" <a href="#y">y</a></p>'

    moved = markdown.moved(html, "/blog/post")

    assert moved == html.replace('href="x"', 'href="/blog/x"')
