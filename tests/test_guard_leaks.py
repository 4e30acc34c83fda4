"""Guards: nothing that is not published is found anywhere in public."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

import pytest
from flask import Flask

from blogapp import posts, previews, revisions, shelves, tags, texts
from blogapp.extensions import db
from blogapp.models import Post, utcnow

from .access import READERS, VISITORS
from .conftest import HTMX, PAST, CheckedClient, MakeMessage, MakePost, browser

WORD = "zzcanary"
TEXT: dict[str, Any] = {
    "title": f"{WORD} title",
    "slug": f"{WORD}-slug",
    "description": f"{WORD} description",
    "tags": [f"{WORD}-tag", "flask"],
    "series": f"{WORD} series",
    "body": f"## {WORD} heading\n\n{WORD} body",
}
# What nothing links to: guesses at the post's addresses, and near misses.
GUESSES = [
    f"/blog/{WORD}-slug",
    f"/blog/{WORD}-slug.md",
    f"/blog/{WORD}-old",
    f"/blog/{WORD}-old.md",
    f"/blog/{WORD}",
    f"/blog/{WORD[:5]}-slig",
    f"/blog/{WORD}-slug/",
    f"/tags/{WORD}-tag",
    f"/tags/{WORD}-tag/feed.xml",
    f"/series/{WORD}-series",
    f"/series/{WORD}-series/feed.xml",
]
# These say back what was asked for: their answers must be those to a word that is nowhere.
ECHOES = [
    f"/?tag={WORD}-tag",
    f"/?tag=flask&tag={WORD}-tag",
    f"/feed.xml?tag={WORD}-tag",
    f"/feed.json?tag={WORD}-tag",
    f"/?not={WORD}-tag",
    f"/?q={WORD}",
    f"/?q={WORD[:-1]}",
    f"/?q=-{WORD}",
    f"/?q={WORD[:-2]}yr",  # misspelt
    f"/?tag=flask&q=%22{WORD}%20body%22",
    f"/feed.xml?q={WORD}",
    f"/feed.json?q={WORD}",
    f"/contact?post={WORD}-slug",
]
ADDRESS = re.compile(r"""(?:href|src|action|content)="([^"]+)"|<(?:loc|id)>([^<]+)<""")

Hide = Callable[[Post], None]


@pytest.fixture
def store(
    app: Flask, make_post: MakePost, make_message: MakeMessage
) -> Callable[[Hide | None], str]:
    """Store an article that has been public, among others; then hide it, if told how."""

    def store(hide: Hide | None) -> str:
        make_post("Hello", PAST - timedelta(days=1), tags=["flask"], slug="hello")
        secret = make_post(published_at=PAST, **TEXT | {"slug": f"{WORD}-old"})
        make_post("After", PAST + timedelta(days=1), tags=["flask"])
        with app.app_context():
            post = db.session.get_one(Post, secret.id)
            posts.revise(post, texts.Text(**TEXT))
            db.session.commit()
        _, token = make_message(post=f"{WORD}-slug")
        with app.app_context():
            post = db.session.get_one(Post, secret.id)
            if hide:
                hide(post)
            db.session.commit()
        return f"/r/{token}"

    return store


def crawl(app: Flask, start: list[str]) -> dict[str, str]:
    """Follow every address of ours; return what was said at each, headers included."""
    said: dict[str, str] = {}
    waiting = [*start, *(path for path in (READERS | VISITORS).values() if "{" not in path)]
    while waiting:
        path = waiting.pop()
        if path in said or path.startswith("/static/"):
            continue
        said[path] = ""
        for headers in ({}, HTMX, {"Accept": "text/markdown"}):
            response = browser(app, checked=False).get(path, headers=headers)
            text = f"{response.status_code}\n{response.headers}\n{response.text}"
            said[path] += f"{text}\n{unquote(unescape(text))}"
            found = [a or b for a, b in ADDRESS.findall(response.text)]
            for address in [*found, response.headers.get("Location", "")]:
                whole = urldefrag(urljoin(f"https://blog.example{path}", unescape(address)))[0]
                if whole.startswith("https://blog.example/"):
                    waiting.append(whole.removeprefix("https://blog.example"))
    return said


def draft(post: Post) -> None:
    posts.unpublish(post)


def scheduled(post: Post) -> None:
    posts.publish(post, utcnow() + timedelta(hours=1))


def trash(post: Post) -> None:
    shelves.to_trash(post)


HIDDEN = [draft, scheduled, trash]


def test_the_crawl_would_find_it(app: Flask, store: Callable[[Hide | None], str]) -> None:
    token = store(None)

    said = crawl(app, [token, *GUESSES])

    places = {path for path, text in said.items() if WORD in text}
    assert places >= {
        *("/", "/archive/", "/tags/", "/feed.xml", "/feed.json", "/sitemap.xml"),
        *(f"/tags/{WORD}-tag", "/tags/flask", "/tags/flask/feed.xml", "/?tag=flask", token),
        *("/blog/hello", "/blog/after", f"/blog/{WORD}-slug", f"/blog/{WORD}-slug.md"),
        *(f"/series/{WORD}-series", f"/series/{WORD}-series/feed.xml"),
        *(f"/blog/{WORD}-old", f"/contact?post={WORD}-slug", f"/blog/{WORD[:5]}-slig"),
    }


@pytest.mark.parametrize("hide", HIDDEN)
def test_nothing_of_a_hidden_post_is_found(
    app: Flask, store: Callable[[Hide | None], str], hide: Hide
) -> None:
    token = store(hide)

    said = crawl(app, [token, *GUESSES])

    assert len(said) > 20
    assert [path for path, text in said.items() if WORD in text] == []


@pytest.mark.parametrize("hide", HIDDEN)
def test_a_question_about_a_hidden_post_is_answered_like_one_about_nothing(
    client: CheckedClient, store: Callable[[Hide | None], str], hide: Hide
) -> None:
    store(hide)
    nowhere = "zznowhere"

    def neutral(text: str) -> str:
        return re.sub(r'value="[^"]{40,}"', "", text.replace(WORD, nowhere))

    for path in ECHOES:
        about_it = client.get(path)
        about_nothing = client.get(path.replace(WORD, nowhere))

        assert about_it.status_code == about_nothing.status_code, path
        assert neutral(about_it.text) == neutral(about_nothing.text), path


@pytest.mark.parametrize("path", ["/?tag=old", "/?not=old", "/feed.json?tag=old", "/tags/old"])
def test_the_old_name_of_a_tag_that_only_drafts_have_tells_nothing(
    app: Flask, client: CheckedClient, make_post: MakePost, path: str
) -> None:
    make_post("Draft", None, tags=["old"])
    with app.app_context():
        tags.rename(tags.get(1), WORD)
        db.session.commit()

    response = client.get(path)

    assert response.status_code in {200, 404}
    assert WORD not in response.text


def test_the_guess_at_a_hidden_posts_address_finds_at_most_that_it_is_gone(
    client: CheckedClient, store: Callable[[Hide | None], str]
) -> None:
    store(draft)

    for path in GUESSES:
        was_public = re.match(f"/blog/{WORD}-(slug|old)", path)
        assert client.get(path).status_code == (410 if was_public else 404), path


def test_the_guess_at_the_address_of_a_post_that_was_never_out_finds_nothing(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post(published_at=None, **TEXT)

    for path in GUESSES:
        assert client.get(path).status_code == 404, path


def test_nothing_leads_to_an_unlisted_post(
    app: Flask, store: Callable[[Hide | None], str]
) -> None:
    store(lambda post: shelves.put(post, "unlisted"))

    said = crawl(app, [f"/blog/{WORD}", f"/blog/{WORD[:5]}-slig", f"/tags/{WORD}-tag"])

    assert len(said) > 20
    assert [path for path, text in said.items() if WORD in text] == []
    assert WORD in browser(app).get(f"/blog/{WORD}-slug").text


def test_a_preview_link_shows_a_draft_and_nothing_else_shows_it_or_a_text_that_is_not_saved(
    app: Flask, store: Callable[[Hide | None], str]
) -> None:
    made = []

    def hide(post: Post) -> None:
        posts.unpublish(post)
        made.append(f"/p/{previews.make(post, 1)[1]}")
        hand = revisions.Hand(sitting="sitting-of-an-editor")
        article = db.session.scalars(posts.published()).first()
        assert article is not None
        revisions.keep(article, texts.Text(**TEXT), begun_from=article.version, by=hand)

    token = store(hide)

    said = crawl(app, [token, *made, *GUESSES])

    assert [path for path, text in said.items() if WORD in text] == made
