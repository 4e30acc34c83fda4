"""Shelves: unlisted, the trash, what is gone for good; and copies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from blogapp import addresses, duplicates, posts, revisions, search, shelves, texts, trash, usage
from blogapp.errors import Conflict, Missing
from blogapp.extensions import db
from blogapp.models import Gone, Post, Redirect, Revision, Tag, post_tags, utcnow

from .conftest import HTMX, PAST, CheckedClient, MakePost
from .pages import fields_of

Act = Callable[..., TestResponse]

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LISTS = [
    *("/", "/?tag=web", "/?q=canary", "/tags/", "/tags/web", "/archive/", "/feed.xml"),
    *("/feed.json", "/tags/web/feed.xml", "/sitemap.xml", "/blog/other", "/blog/part"),
]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stand still at ``NOW``; to be used before anybody signs in."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def act(author_client: CheckedClient) -> Act:
    """Press a button that stands by itself."""

    def act(path: str, headers: dict[str, str] | None = None, **form: str) -> TestResponse:
        form |= {"csrf_token": author_client.token("/admin/posts/new")}
        return author_client.post(path, data=form, headers=headers or {})

    return act


@pytest.fixture
def canary(make_post: MakePost) -> Post:
    """An article among others: older ones, of its tag, of its series."""
    make_post("Other", PAST - DAY, tags=["web"])
    make_post("Part", PAST - 2 * DAY, series="Saga")
    text = {"tags": ["canary-tag", "web"], "body": "canary words", "series": "Saga"}
    return make_post("Canary", PAST, **text)


def status(client: CheckedClient, *paths: str) -> list[int]:
    return [client.get(path).status_code for path in paths]


def naming(client: CheckedClient) -> list[str]:
    """The lists that name the canary, other than as what was asked for."""
    said = {path: client.get(path).text for path in LISTS}
    echoes = ("q=canary", 'value="canary"', 'q="canary"', "‘canary’")
    for echo in echoes:
        said = {path: text.replace(echo, "") for path, text in said.items()}
    return [path for path, text in said.items() if "canary" in text.lower()]


# Unlisted


def test_an_unlisted_article_is_shown_by_its_address_and_by_nothing_else(
    app: Flask, client: CheckedClient, canary: Post
) -> None:
    assert naming(client) == LISTS
    with app.app_context():
        post = posts.get(canary.id)
        addresses.keep([(post, ["/2019/canary.html"])])
        shelves.put(post, "unlisted")
        db.session.commit()

    page, source = client.get("/blog/canary"), client.get("/blog/canary.md")

    assert naming(client) == []
    assert (page.status_code, source.status_code) == (200, 200)
    assert "noindex" in page.text and "/tags/canary-tag" not in page.text
    assert page.headers["X-Robots-Tag"] == source.headers["X-Robots-Tag"] == "noindex"
    assert client.get("/2019/canary").location == "/blog/canary"
    assert client.get("/tags/canary-tag").status_code == 404
    assert "noindex" not in client.get("/blog/other").text


def test_the_editor_unlists_and_lists_again_and_an_old_tab_changes_nothing_of_it(
    app: Flask, author_client: CheckedClient, canary: Post
) -> None:
    path = f"/admin/posts/{canary.id}"
    form = fields_of(author_client.get(path).text)
    assert (form["shelf"], form["shelf_was"]) == ("listed", "listed")

    author_client.post(path, data=form | {"shelf": "unlisted"})
    page = author_client.get(path).text
    author_client.post(path, data=form | {"title": "From an old tab"})

    assert "Unlisted: no list" in page and fields_of(page)["shelf"] == "unlisted"
    with app.app_context():
        post = posts.get(canary.id)
        assert (post.shelf, post.title, post.state()) == (
            "unlisted",
            "From an old tab",
            "published",
        )
    author_client.post(path, data=fields_of(author_client.get(path).text) | {"shelf": "listed"})
    assert "From an old tab" in author_client.get("/").text


def test_a_new_post_can_begin_unlisted(
    client: CheckedClient, author_client: CheckedClient
) -> None:
    form = fields_of(author_client.get("/admin/posts/new").text)
    form |= {"title": "Quiet", "shelf": "unlisted", "action": "publish"}

    assert author_client.post("/admin/posts/new", data=form).status_code == 303

    assert "Quiet" not in client.get("/").text
    assert client.get("/blog/quiet").headers["X-Robots-Tag"] == "noindex"


# The trash


def test_what_is_moved_to_the_trash_is_gone_at_once_and_comes_back_as_it_was(
    app: Flask, client: CheckedClient, act: Act, canary: Post
) -> None:
    with app.app_context():
        post = posts.get(canary.id)
        posts.revise(post, replace(texts.of(post), slug="canary-2"))
        addresses.keep([(post, ["/2019/canary.html"])])
        db.session.commit()
    every = ("/blog/canary-2", "/blog/canary-2.md", "/blog/canary", "/2019/canary.html")

    def found() -> list[tuple[str, str]]:
        return [(page.status, page.headers.get("Location", "")) for page in map(client.get, every)]

    before, lists = found(), naming(client)
    page = act(f"/admin/posts/{canary.id}/trash")

    assert page.location == f"/admin/posts/{canary.id}"
    assert status(client, *every) == [410] * 4
    assert naming(client) == []
    act(f"/admin/posts/{canary.id}/restore")
    assert found() == before
    assert naming(client) == lists
    with app.app_context():
        post = posts.get(canary.id)
        assert ([tag.name for tag in post.tags], post.shelf) == (["canary-tag", "web"], "listed")
        assert len(revisions.history(post)[0]) == 2
        assert (post.trashed_at, post.trashed_from) == (None, None)


def test_a_draft_that_readers_never_saw_leaves_no_trace(
    client: CheckedClient, act: Act, make_post: MakePost
) -> None:
    draft = make_post("Draft", None)

    act(f"/admin/posts/{draft.id}/trash")
    assert status(client, "/blog/draft") == [404]
    act(f"/admin/posts/{draft.id}/delete")

    assert status(client, "/blog/draft") == [404]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["browser", "htmx"])
def test_the_editor_of_a_post_in_the_trash_only_restores_it(
    clock: time_machine.Traveller,
    author_client: CheckedClient,
    act: Act,
    canary: Post,
    headers: dict[str, str],
) -> None:
    act(f"/admin/posts/{canary.id}/trash", headers)

    page = author_client.get(f"/admin/posts/{canary.id}", headers=headers).text

    assert "since" in page and "1 July 2026, 12:00 (UTC)" in page
    assert 'name="body"' not in page and f"/admin/posts/{canary.id}/restore" in page


def test_a_text_that_is_sent_to_a_post_in_the_trash_is_saved_and_not_published(
    app: Flask, author_client: CheckedClient, act: Act, make_post: MakePost
) -> None:
    path = f"/admin/posts/{make_post('Draft', None).id}"
    form = fields_of(author_client.get(path).text)
    act(f"{path}/trash")

    response = author_client.post(path, data=form | {"body": "More words.", "action": "publish"})

    assert response.status_code == 303
    with app.app_context():
        post = posts.get(1)
        assert (post.body, post.state(), post.published_at) == ("More words.", "trash", None)


def test_the_trash_keeps_a_post_for_thirty_days_to_the_second(
    clock: time_machine.Traveller, app: Flask, make_post: MakePost
) -> None:
    make_post("Old", PAST)
    with app.app_context():
        shelves.to_trash(posts.get(1))
        db.session.commit()
        clock.shift(30 * DAY - timedelta(seconds=1))
        assert shelves.purge() == 0
        assert posts.get(1).state() == "trash"

        clock.shift(timedelta(seconds=1))
        for find in (posts.get, posts.hold):
            with pytest.raises(Missing):
                find(1)
        assert shelves.purge() == 1
        assert db.session.get(Post, 1) is None


def test_what_is_over_in_the_trash_is_nowhere_and_gives_its_slug_back(
    app: Flask, make_post: MakePost, author_client: CheckedClient
) -> None:
    make_post("Old", None)
    with app.app_context():
        shelves.to_trash(posts.get(1), utcnow() - trash.TERM)
        db.session.commit()
    token = author_client.token("/admin/posts/new")

    pages = ("/admin/posts/1", "/admin/posts/1/revisions", "/admin/posts/1/delete")
    assert status(author_client, *pages) == [404] * 3
    form = {"csrf_token": token}
    assert author_client.post("/admin/posts/1/duplicate", data=form).status_code == 404
    assert make_post("New", slug="old").slug == "old"
    with app.app_context():
        assert db.session.get(Post, 1) is None


def test_moving_one_post_to_the_trash_deletes_those_whose_days_are_over(
    clock: time_machine.Traveller, app: Flask, make_post: MakePost, client: CheckedClient
) -> None:
    make_post("Old", tags=["old"], slug="old", body="zz words")
    make_post("Fresh")
    with app.app_context():
        post = posts.get(1)
        addresses.keep([(post, ["/2019/old"])])
        posts.revise(post, replace(texts.of(post), slug="older"))
        shelves.to_trash(post)
        clock.shift(30 * DAY)
        shelves.to_trash(posts.get(2))
        db.session.commit()

    assert status(client, "/blog/old", "/blog/older", "/blog/older.md", "/2019/old/") == [410] * 4
    assert "no-store" in client.get("/blog/older").headers["Cache-Control"]
    with app.app_context():
        assert list(db.session.scalars(sa.select(Post.title))) == ["Fresh"]
        assert db.session.scalar(sa.select(Revision).where(Revision.post_id == 1)) is None
        assert db.session.scalar(sa.select(sa.func.count()).select_from(post_tags)) == 0
        assert search.everywhere(search.parse("zz"), 9) == []
        assert db.session.scalars(sa.select(Redirect.slug)).all() == ["fresh"]


def test_only_what_is_in_the_trash_is_deleted_and_only_after_a_question(
    app: Flask, author_client: CheckedClient, act: Act, canary: Post
) -> None:
    path = f"/admin/posts/{canary.id}"
    assert status(author_client, f"{path}/delete") == [404]
    assert act(f"{path}/delete").status_code == 404
    with app.app_context(), pytest.raises(Conflict):
        shelves.delete(posts.get(canary.id))

    act(f"{path}/trash")
    assert "Delete for good?" in author_client.get(f"{path}/delete").text
    response = act(f"{path}/delete")

    assert (response.status_code, response.location) == (303, "/admin/?state=trash")
    assert "“Canary” is deleted for good." in author_client.get(response.location).text
    assert status(author_client, path, "/blog/canary") == [404, 410]


def test_a_new_post_wins_over_what_is_gone_and_over_redirects(
    app: Flask, client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Hello", slug="hello")
    with app.app_context():
        shelves.to_trash(posts.get(1))
        shelves.delete(posts.get(1))
        db.session.commit()
        assert db.session.scalars(sa.select(Gone.path)).all() == ["/blog/hello"]
    second = make_post("Hello", None, body="second")
    assert status(client, "/blog/hello") == [410]

    with app.app_context():
        post = posts.get(second.id)
        posts.publish(post)
        db.session.commit()
        assert "second" in client.get("/blog/hello").text
        posts.revise(post, replace(texts.of(post), slug="moved"))
        db.session.commit()
    assert client.get("/blog/hello").location == "/blog/moved"
    make_post("Third", slug="hello")

    assert "Third" in client.get("/blog/hello").text


# Taken back


def test_what_is_taken_back_is_gone_at_all_its_addresses_until_it_is_published_again(
    app: Flask, client: CheckedClient, canary: Post
) -> None:
    every = ("/blog/canary-2", "/blog/canary-2.md", "/blog/canary", "/2019/canary.html")
    with app.app_context():
        post = posts.get(canary.id)
        posts.revise(post, replace(texts.of(post), slug="canary-2"))
        addresses.keep([(post, ["/2019/canary.html"])])
        posts.unpublish(post)
        db.session.commit()

    gone = client.get("/blog/canary")

    assert status(client, *every) == [410] * 4
    assert naming(client) == []
    assert gone.headers["Cache-Control"] == "no-store"
    assert "has been taken back" in gone.text and "Canary" not in gone.text
    with app.app_context():
        posts.publish(posts.get(canary.id))
        db.session.commit()
    assert status(client, *every) == [200, 200, 301, 301]


def test_a_gone_article_names_the_nearest(client: CheckedClient, make_post: MakePost) -> None:
    make_post("A flame graph")
    gone = make_post("A flame graph of Python")
    with client.application.app_context():
        posts.unpublish(posts.get(gone.id))
        db.session.commit()

    assert '<a href="/blog/a-flame-graph">' in client.get(f"/blog/{gone.slug}").text


def test_a_draft_that_goes_back_to_the_slug_that_readers_knew_is_gone_there_still(
    app: Flask, client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Hello", slug="known")
    with app.app_context():
        post = posts.get(1)
        posts.unpublish(post)
        for slug in ("unknown", "known"):
            posts.revise(post, replace(texts.of(post), slug=slug))
        db.session.commit()

    assert status(client, "/blog/known", "/blog/unknown") == [410, 404]


def test_the_old_address_of_a_draft_that_was_never_out_tells_nothing(
    app: Flask, client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Draft", None)
    with app.app_context():
        addresses.keep([(posts.get(1), ["/2019/draft"])])
        db.session.commit()

    assert status(client, "/2019/draft") == [404]


# Tags, copies


def test_a_tag_tells_of_unlisted_posts_and_those_in_the_trash_apart(
    app: Flask, author_client: CheckedClient, make_post: MakePost
) -> None:
    for title, moment in (("Out", PAST), ("Quiet", PAST), ("Draft", None), ("Thrown", PAST)):
        make_post(title, moment, tags=["web"])
    with app.app_context():
        shelves.put(posts.get(2), "unlisted")
        shelves.to_trash(posts.get(4))
        db.session.commit()
        tag = db.session.scalars(sa.select(Tag)).one()
        read = posts.ids(posts.published())
        one = usage.of(tag, read)

        assert (one.articles, one.unlisted, one.unpublished, one.trashed) == (1, 1, 1, 1)
        assert usage.of_all(read) == [one]
    page = author_client.get("/admin/tags").text
    assert "1 article · 1 unlisted · 1 not published · 1 in the trash" in page


def test_a_copy_is_a_draft_of_its_own_with_the_same_words(
    app: Flask, author_client: CheckedClient, act: Act, make_post: MakePost
) -> None:
    first = make_post(
        *("Hallo", PAST),
        **{"slug": "hallo", "tags": ["web"], "series": "Saga", "language": "de"},
        **{"description": "Kurz.", "minutes": 9, "body": "Worte."},
    )

    response = act(f"/admin/posts/{first.id}/duplicate")

    assert response.location == "/admin/posts/2"
    assert fields_of(author_client.get("/admin/posts/2").text)["title"] == "Copy of Hallo"
    with app.app_context():
        copy = posts.get(2)
        told = texts.of(posts.get(first.id))
        same = replace(told, title="Copy of Hallo", slug="copy-of-hallo")
        assert texts.of(copy) == same
        assert (copy.state(), copy.planned_at) == ("draft", None)
        assert copy.uid != posts.get(1).uid
        assert duplicates.make(posts.get(1)).slug == "copy-of-hallo-2"
