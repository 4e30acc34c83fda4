"""The filter's page: the author's words, saved whole, and what they find."""

from __future__ import annotations

import html

import pytest
import sqlalchemy as sa
from flask import Flask

from blogapp import spam_words
from blogapp.extensions import db
from blogapp.models import Session

from .conftest import PASSWORD, CheckedClient, MakeMessage, main_of
from .pages import fields_of


def send(client: CheckedClient, words: str, version: str = "") -> tuple[int, str]:
    """Save a list; returns the answer's status, and the page that is shown then."""
    form = {"words": words, "version": version, "csrf_token": client.token("/admin/posts/new")}
    answer = client.post("/admin/messages/filter", data=form)
    page = client.get("/admin/messages/filter") if answer.status_code == 303 else answer
    return answer.status_code, html.unescape(main_of(page))


def kept(app: Flask) -> list[str]:
    with app.app_context():
        return spam_words.listed()


def test_words_are_saved_and_then_shown_with_what_they_find(
    app: Flask, author_client: CheckedClient, make_message: MakeMessage
) -> None:
    number, _ = make_message(name="The Casino")
    make_message(body="Nothing of that.")

    status, page = send(author_client, "Casino\r\nfree money\r\n")

    assert (status, kept(app)) == (303, ["casino", "free money"])
    assert "Saved. It applies to what comes from now on." in page
    assert ">\r\ncasino\nfree money</textarea>" in page
    assert "1 of the last 2 messages holds one of them." in page
    assert f'href="/admin/messages/{number}">The Casino</a>' in page


def test_the_words_put_what_comes_then_aside(
    app: Flask, author_client: CheckedClient, make_message: MakeMessage
) -> None:
    send(author_client, "casino")

    make_message(body="To the casino!")

    with app.app_context():
        [caught] = spam_words.trial().catches
    assert caught.folder == "spam"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("fine\n" + "x" * 101, "Line 2 is longer than 100 characters."),
        ("\u0301", "Line 1 has nothing"),
    ],
)
def test_a_list_that_cannot_be_saved_comes_back(
    app: Flask, author_client: CheckedClient, words: str, said: str
) -> None:
    send(author_client, "before")

    status, page = send(author_client, words, spam_words.version(["before"]))

    assert status == 422
    assert words in page and said in page and 'aria-invalid="true"' in page
    assert kept(app) == ["before"]


def test_a_list_that_was_changed_meanwhile_comes_back_and_is_taken_the_next_time(
    app: Flask, author_client: CheckedClient
) -> None:
    send(author_client, "added in another window")

    status, page = send(author_client, "mine")

    assert status == 409
    assert "mine</textarea>" in page and "“added in another window”" in page
    [version] = [part for part in page.split('"') if part == spam_words.version(kept(app))]
    assert send(author_client, "mine", version)[0] == 303
    assert kept(app) == ["mine"]


def test_a_list_whose_form_is_too_old_comes_back(app: Flask, author_client: CheckedClient) -> None:
    form = {"words": "casino", "version": "", "csrf_token": "old"}

    answer = author_client.post("/admin/messages/filter", data=form)

    assert answer.status_code == 422
    assert "casino</textarea>" in answer.text and 'role="alert"' in answer.text
    assert kept(app) == []


def test_the_words_wait_for_a_sign_in_when_the_session_has_ended(
    app: Flask, author_client: CheckedClient
) -> None:
    form = {"words": "casino\nfree money", "version": "", "csrf_token": author_client.token()}
    with app.app_context():
        db.session.execute(sa.delete(Session))
        db.session.commit()

    refused = author_client.post("/admin/messages/filter", data=form)
    again = fields_of(refused.text) | {"words": form["words"]}
    again |= {"sign_in_name": "sam", "sign_in_password": PASSWORD}
    taken = author_client.post("/admin/messages/filter", data=again)

    assert refused.status_code == 401 and kept(app) == ["casino", "free money"]
    assert "Saving the words of the filter." in refused.text
    assert "casino\nfree money</textarea>" in refused.text
    assert (taken.status_code, taken.location) == (303, "/admin/messages/filter")
