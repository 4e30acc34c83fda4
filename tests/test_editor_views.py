"""The editor: what a save merges, what it gives back, what is kept, and a post's history."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from blogapp.extensions import db
from blogapp.models import Post, Revision

from .conftest import HTMX, CheckedClient, MakePost, main_of
from .pages import fields_of, parse

Form = dict[str, str]
Edit = Callable[..., TestResponse]

as_both = pytest.mark.parametrize("headers", [{}, HTMX], ids=["browser", "htmx"])
BODY = "one\ntwo\nthree\nfour\nfive\n"


def opened(client: CheckedClient, path: str = "/admin/posts/1") -> Form:
    """Open the editor; returns what its form holds."""
    return fields_of(client.get(path).text)


def stored(app: Flask, number: int = 1) -> Post:
    with app.app_context():
        post = db.session.get_one(Post, number)
        db.session.expunge_all()
        return post


@pytest.fixture
def two_tabs(author_client: CheckedClient, make_post: MakePost) -> tuple[Form, Form]:
    """The forms of one post in two tabs."""
    make_post("Hello", None, body=BODY)
    return opened(author_client), opened(author_client)


# Two tabs


@as_both
def test_different_lines_from_two_tabs_are_merged_and_said(
    app: Flask, author_client: CheckedClient, two_tabs: tuple[Form, Form], headers: Form
) -> None:
    first, second = two_tabs
    author_client.post("/admin/posts/1", data=first | {"body": BODY.replace("one", "ONE")})

    mine = second | {"body": BODY.replace("five", "FIVE")}
    response = author_client.post("/admin/posts/1", data=mine, headers=headers)
    page = author_client.get(response.location, headers=headers)

    assert response.status_code == 303
    assert stored(app).body == "ONE\ntwo\nthree\nfour\nFIVE\n"
    assert "both changes are in the text now" in page.text
    assert fields_of(page.text)["body"] == "ONE\ntwo\nthree\nfour\nFIVE\n"


@as_both
def test_the_same_line_from_two_tabs_comes_back_with_both_and_is_saved_once_chosen(
    app: Flask, author_client: CheckedClient, two_tabs: tuple[Form, Form], headers: Form
) -> None:
    first, second = two_tabs
    theirs, mine = BODY.replace("two", "THEIRS"), BODY.replace("two", "MINE")
    author_client.post("/admin/posts/1", data=first | {"body": theirs, "title": "Theirs"})

    sent = second | {"body": mine, "title": "Mine"}
    refused = author_client.post("/admin/posts/1", data=sent, headers=headers)

    form = fields_of(refused.text)
    assert refused.status_code == 409
    assert form["body"] == (
        "one\n<<<<<<< yours\nMINE\n=======\nTHEIRS\n>>>>>>> saved meanwhile\nthree\nfour\nfive\n"
    )
    assert form["title"] == "Mine" and "Saved meanwhile: “Theirs”" in refused.text
    whole = [
        "".join(e.itertext())
        for e in parse(refused.text, partial=bool(headers))
        if e.tag == "textarea" and "readonly" in e.attrib
    ]
    assert whole == [mine, theirs]
    assert stored(app).body == theirs

    chosen = form | {"body": BODY.replace("two", "CHOSEN")}
    assert author_client.post("/admin/posts/1", data=chosen).status_code == 303
    assert (stored(app).body, stored(app).title) == (chosen["body"], "Mine")


def test_a_refused_text_is_found_again_by_who_leaves_the_page(
    author_client: CheckedClient, two_tabs: tuple[Form, Form]
) -> None:
    first, second = two_tabs
    author_client.post("/admin/posts/1", data=first | {"body": BODY.replace("two", "THEIRS")})
    mine = BODY.replace("two", "MINE")
    author_client.post("/admin/posts/1", data=second | {"body": mine})

    page = author_client.get("/admin/posts/1").text

    assert fields_of(page)["body"] == mine
    assert "a save puts both together" in page
    refused = author_client.post("/admin/posts/1", data=fields_of(page))
    assert refused.status_code == 409


# What is kept


def keep(client: CheckedClient, form: Form, **changed: str) -> TestResponse:
    return client.post("/admin/autosave", data=form | changed, headers=HTMX)


def test_what_is_kept_is_in_the_editor_again_and_nowhere_else(
    app: Flask, author_client: CheckedClient, client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Hello", body="out")
    before = client.get("/blog/hello").data

    answer = keep(author_client, opened(author_client), body="going on", tags="new")
    page = author_client.get("/admin/posts/1").text

    assert answer.status_code == 200 and "kept at" in answer.text
    assert fields_of(page)["body"] == "going on"
    assert "kept, and not saved yet" in page
    assert client.get("/blog/hello").data == before
    assert stored(app).body == "out"


def test_a_kept_text_is_saved_from_the_editor_that_shows_it_and_is_kept_no_more(
    app: Flask, author_client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Hello", None, body="saved")
    keep(author_client, opened(author_client), body="kept")

    author_client.post("/admin/posts/1", data=opened(author_client))

    assert stored(app).body == "kept"
    assert "not saved yet" not in author_client.get("/admin/posts/1").text


def test_a_kept_text_can_be_dropped(author_client: CheckedClient, make_post: MakePost) -> None:
    make_post("Hello", None, body="saved")
    keep(author_client, opened(author_client), body="kept")
    page = author_client.get("/admin/posts/1").text
    drop = re.search(r'action="([^"]+/drop)"', page)
    assert drop is not None

    found = {"csrf_token": fields_of(page)["csrf_token"]}
    seen = found | {"saved_at": re.findall(r'name="saved_at" value="([^"]+)"', page)[0]}
    page = author_client.post(drop[1], data=seen, follow_redirects=True).text

    assert fields_of(page)["body"] == "saved"
    assert "Dropped." in page


@pytest.mark.parametrize("act", ["drop", "restore"])
def test_a_kept_text_that_went_on_is_neither_dropped_nor_saved_unseen(
    app: Flask, author_client: CheckedClient, make_post: MakePost, act: str
) -> None:
    make_post("Hello", None, body="saved")
    form = opened(author_client)
    keep(author_client, form, body="kept")
    page = author_client.get("/admin/posts/1/revisions").text
    seen = fields_of(page)
    address = re.findall(rf'action="([^"]+/{act})"', page)[0]
    keep(author_client, form, body="kept and more")

    refused = author_client.post(address, data=seen)

    assert refused.status_code == 409 and "written on since" in refused.text
    assert opened(author_client)["body"] == "kept and more"
    assert stored(app).body == "saved"

    seen = fields_of(author_client.get("/admin/posts/1/revisions").text)
    assert author_client.post(address, data=seen).status_code == 303
    assert stored(app).body == {"drop": "saved", "restore": "kept and more"}[act]
    assert "not saved" not in author_client.get("/admin/posts/1/revisions").text


def test_the_first_text_that_is_kept_of_a_new_post_is_a_draft_and_a_save_goes_there(
    app: Flask, author_client: CheckedClient
) -> None:
    form = opened(author_client, "/admin/posts/new")

    answer = keep(author_client, form, body="Some words")
    author_client.post("/admin/posts/new", data=form | {"title": "T", "body": "Some words more"})

    assert answer.headers["HX-Replace-Url"] == "/admin/posts/1"
    post = stored(app)
    assert (post.title, post.body, post.slug) == ("T", "Some words more", "t")
    with app.app_context():
        assert db.session.query(Post).count() == 1


def test_a_new_post_that_is_sent_twice_is_one(app: Flask, author_client: CheckedClient) -> None:
    form = opened(author_client, "/admin/posts/new") | {"title": "T", "body": "x"}

    answers = [author_client.post("/admin/posts/new", data=form) for _ in range(2)]

    assert [answer.location for answer in answers] == ["/admin/posts/1"] * 2
    with app.app_context():
        assert db.session.query(Revision).count() == 1


# History


def test_the_history_compares_and_restores(
    app: Flask, author_client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Hello", None, body="some old words\n")
    author_client.post("/admin/posts/1", data=opened(author_client) | {"body": "some new words\n"})

    history = author_client.get("/admin/posts/1/revisions")
    chosen = fields_of(history.text)
    compared = author_client.get(
        f"/admin/posts/1/revisions/compare?from={chosen['from']}&to={chosen['to']}"
    )
    restore = re.findall(r'action="([^"]+/restore)"', main_of(compared))[-1]
    token = {"csrf_token": chosen["csrf_token"]}
    restored = author_client.post(restore, data=token, follow_redirects=True)

    assert "+1" in history.text and "−1" in history.text
    assert "<del>old</del><ins>new</ins>" in compared.text
    assert "Restored." in restored.text
    assert stored(app).body == "some old words\n"
    assert author_client.get("/admin/posts/1/revisions").text.count("restored") == 1


def test_an_untouched_post_says_that_it_has_no_history_yet(
    app: Flask, author_client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Hello", None)
    with app.app_context():
        db.session.query(Revision).delete()
        db.session.commit()

    assert "Nothing was changed yet" in author_client.get("/admin/posts/1/revisions").text


@pytest.mark.parametrize("query", ["from=9", "to=9", "from=1&to=99999999999"])
def test_revisions_that_are_not_there_are_not_found(
    author_client: CheckedClient, make_post: MakePost, query: str
) -> None:
    make_post("Hello", None)

    assert author_client.get(f"/admin/posts/1/revisions/compare?{query}").status_code == 404


@pytest.mark.parametrize("button", ["trash", "duplicate"])
@as_both
def test_what_is_typed_is_kept_by_the_buttons_that_lead_away(
    app: Flask,
    author_client: CheckedClient,
    make_post: MakePost,
    button: str,
    headers: dict[str, str],
) -> None:
    make_post("Hello", None, body="one")
    form = opened(author_client) | {"body": "one and an hour of words"}

    answer = author_client.post(f"/admin/posts/1/{button}", data=form, headers=headers)

    place = "/admin/posts/1" if button == "trash" else "/admin/posts/2"
    assert (answer.location or answer.headers.get("HX-Redirect")) == place
    assert stored(app).body == "one"
    if button == "trash":
        author_client.post("/admin/posts/1/restore", data=form)
    author_client.get("/admin/")  # what it tells is read
    assert opened(author_client)["body"] == "one and an hour of words"


def test_the_editor_tells_of_all_that_is_kept(
    author_client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Hello", None, body="one")
    two = [opened(author_client), opened(author_client)]

    for form, words in zip(two, ("first", "second"), strict=True):
        keep(author_client, form, body=words)

    page = author_client.get("/admin/posts/1").text
    assert fields_of(page)["body"] == "second"
    assert "1 more text is kept and not saved" in page
