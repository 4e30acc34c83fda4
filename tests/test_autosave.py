"""Autosave: text is kept and readers see nothing of it; copies in a browser are compared."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from blogapp import authors
from blogapp.extensions import db
from blogapp.models import Post, Revision

from .conftest import HTMX, CheckedClient, MakePost
from .pages import fields_of, parse, text_of

PUBLIC = ("/", "/blog/hello", "/blog/hello.md", "/feed.xml", "/feed.json", "/sitemap.xml")

KEPT = sa.select(Revision).where(Revision.version.is_(None))


def opened(client: CheckedClient, path: str = "/admin/posts/1") -> dict[str, str]:
    return fields_of(client.get(path).text)


def test_fifty_autosaves_of_a_published_post_change_nothing_for_readers(
    app: Flask, author_client: CheckedClient, client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Hello", body="out", tags=["flask"])

    def seen() -> list[tuple[bytes, str | None]]:
        answers = [client.get(path) for path in PUBLIC]
        return [(answer.data, answer.headers.get("ETag")) for answer in answers]

    def row() -> tuple[object, ...]:
        with app.app_context():
            return tuple(db.session.execute(sa.select(Post.__table__)).one())

    readers, post, form = seen(), row(), opened(author_client)
    for number in range(50):
        form |= {"body": f"out, and {number} more", "title": f"Title {number}", "tags": "new"}
        answer = author_client.post("/admin/autosave", data=form, headers=HTMX)
        form |= fields_of(answer.text)

    assert (seen(), row()) == (readers, post)
    with app.app_context():
        [kept] = db.session.scalars(KEPT)
        assert (kept.title, kept.body) == ("Title 49", "out, and 49 more")


@pytest.mark.parametrize(
    "path",
    ["/admin/autosave", "/admin/posts/1", "/admin/posts/1/trash", "/admin/posts/1/duplicate"],
)
def test_what_another_author_has_written_is_refused_and_nothing_is_done(
    app: Flask, author_client: CheckedClient, make_post: MakePost, path: str
) -> None:
    make_post("Hello", body="out")
    with app.app_context():
        writer = authors.add("wanda", "correct horse battery")
        db.session.commit()
        writer_id = writer.id
    form = opened(author_client) | {"body": "hers", "author": str(writer_id)}

    answer = author_client.post(path, data=form)

    assert answer.status_code == 409
    assert "This was written by wanda; you are signed in as" in answer.text
    with app.app_context():
        assert [(post.body, post.shelf) for post in db.session.query(Post)] == [("out", "listed")]
        assert db.session.scalars(KEPT).all() == []


def test_text_that_is_what_is_saved_is_not_kept_any_more(
    app: Flask, author_client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Hello", body="out")
    form = opened(author_client)
    author_client.post("/admin/autosave", data=form | {"body": "in"}, headers=HTMX)

    answer = author_client.post("/admin/autosave", data=form, headers=HTMX)

    assert answer.status_code == 200 and "kept at" not in answer.text
    with app.app_context():
        assert db.session.scalars(KEPT).all() == []


def test_what_is_refused_in_a_new_post_is_kept_all_the_same(
    author_client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Taken")
    form = opened(author_client, "/admin/posts/new")
    odd = {"body": "Words", "slug": "taken", "language": "no language", "title": ""}

    answer = author_client.post("/admin/autosave", data=form | odd, headers=HTMX)
    kept = opened(author_client, answer.headers["HX-Replace-Url"])

    assert "kept at" in answer.text
    assert {name: kept[name] for name in odd} == odd


def test_the_first_save_of_what_an_autosave_has_begun_is_no_save_of_nothing(
    author_client: CheckedClient,
) -> None:
    form = opened(author_client, "/admin/posts/new") | {"title": "New", "body": "words"}
    author_client.post("/admin/autosave", data=form, headers=HTMX)

    saved = author_client.post("/admin/posts/new", data=form | {"action": "save"})

    assert ">Saved.</p>" in author_client.get(saved.location).text


def test_a_form_whose_token_is_gone_gets_another_and_stays_as_it_is(
    app: Flask, author_client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Hello", body="out")
    form = opened(author_client) | {"body": "in"}

    refused = author_client.post("/admin/autosave", data=form | {"csrf_token": "x"}, headers=HTMX)
    again = form | fields_of(refused.text)

    assert refused.status_code == 422 and set(fields_of(refused.text)) < set(form)
    assert "kept at" in author_client.post("/admin/autosave", data=again, headers=HTMX).text


def test_a_save_shows_what_was_saved_and_not_what_another_tab_keeps(
    author_client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Hello", body="out")
    first, second = opened(author_client), opened(author_client)
    author_client.post("/admin/autosave", data=second | {"body": "not done yet"}, headers=HTMX)

    saved = author_client.post("/admin/posts/1", data=first | {"body": "in"})
    page = author_client.get(saved.location)

    assert fields_of(page.text)["body"] == "in"
    assert opened(author_client)["body"] == "not done yet"


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["browser", "htmx"])
def test_a_copy_in_a_browser_is_compared_by_word(
    author_client: CheckedClient, headers: dict[str, str]
) -> None:
    token = {"csrf_token": author_client.token("/admin/posts/new")}
    now = {"now_title": "T", "now_body": "one\r\ntwo", "now_tags": "a"}
    then = {"then_title": "T", "then_body": "one\ntwo <b>three", "then_tags": "a, b"}

    answer = author_client.post("/admin/compare", data=now | then | token, headers=headers)

    found = list(parse(answer.text, partial=bool(headers)))
    changed = [(each.tag, text_of(each)) for each in found if each.tag in {"ins", "del", "dt"}]
    assert changed == [("dt", "tags"), ("del", "a"), ("ins", "a, b"), ("ins", "<b>three")]
