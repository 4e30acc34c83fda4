"""Contact: the form, the message, and what became of it; as browser and as htmx."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from blogapp import posts, texts
from blogapp.extensions import db
from blogapp.models import Message

from .conftest import HTMX, CheckedClient, MakeMessage, MakePost, browser
from .pages import fields_of

WORDS = {
    "name": "Vera Ö",
    "email": "vera@example.org",
    "body": "A project.\r\n\r\nTwo <lines> & more.",
}

as_both = pytest.mark.parametrize("headers", [{}, HTMX], ids=["browser", "htmx"])


def stored(app: Flask) -> list[Message]:
    with app.app_context():
        messages = list(db.session.scalars(sa.select(Message).order_by(Message.id)))
        db.session.expunge_all()
        return messages


@as_both
def test_a_message_is_stored_and_answered_by_its_own_page(
    app: Flask, client: CheckedClient, headers: dict[str, str]
) -> None:
    form = WORDS | {"csrf_token": client.token()}

    response = client.post("/contact", data=form, headers=headers)

    message = stored(app)[0]
    assert response.status_code == 303
    assert re.fullmatch(r"/r/[\w-]{32}", response.location)
    assert (message.name, message.email, message.post_id) == ("Vera Ö", "vera@example.org", None)
    assert message.body == WORDS["body"]
    page = client.get(response.location, headers=headers)
    assert "Thank you, your message has arrived." in page.text


@as_both
def test_a_message_keeps_the_article_it_was_written_under(
    app: Flask, client: CheckedClient, make_post: MakePost, headers: dict[str, str]
) -> None:
    post = make_post("Hello & more", slug="hello")
    asked = client.get("/contact?post=hello", headers=headers)
    assert 'about <a href="/blog/hello">Hello &amp; more</a>' in asked.text

    form = fields_of(asked.text) | WORDS
    response = client.post("/contact", data=form, headers=headers)

    assert stored(app)[0].post_id == post.id
    assert "Hello &amp; more" in client.get(response.location, headers=headers).text


@as_both
@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "What should I call you?"),
        ("name", "   ", "What should I call you?"),
        ("name", "x" * 101, "At most 100 characters."),
        ("name", "Vera\r\nBcc: all@example.org", "one line"),
        ("name", "Vera\nBcc: all@example.org", "one line"),
        ("name", "Vera\u2028Bcc: all@example.org", "one line"),
        ("email", "", "Where can I answer you?"),
        ("email", "vera", "not an address yet"),
        ("email", "vera@localhost", "not an address yet"),
        ("email", "vera@example.org, all@example.org", "not an address yet"),
        ("email", "a,b@example.org", "not an address yet"),
        ("email", "vera@example.org\nBcc: all@example.org", "not an address yet"),
        ("email", "=?utf-8?q?A=0ABcc:x?=@example.org", "not an address yet"),
        ("email", "<vera@example.org>", "not an address yet"),
        ("email", "vera@example..org", "not an address yet"),
        ("email", "x" * 250 + "@example.org", "At most 254 characters."),
        ("body", "", "what is it about?"),
        ("body", "x" * 20_001, "At most 20,000 characters"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_every_word_stays(
    app: Flask,
    client: CheckedClient,
    headers: dict[str, str],
    field: str,
    typed: str,
    said: str,
) -> None:
    form = WORDS | {field: typed, "csrf_token": client.token()}

    response = client.post("/contact", data=form, headers=headers)

    assert response.status_code == 422
    error = re.search(rf'id="error-{field}">([^<]+)<', response.text)
    assert error is not None and said in error[1]
    assert response.text.count("aria-invalid") == 1
    assert re.search(rf'autofocus[^>]* id="field-{field}"', response.text)
    kept = {name: text.replace("\r\n", "\n") for name, text in WORDS.items() if name != field}
    assert kept.items() <= fields_of(response.text).items()
    assert stored(app) == []


@pytest.mark.parametrize(
    "address",
    ["vera+tag@example.org", "o'neil@ex-ample.co.uk", "vera=b@example.org", "я@пример.рф"],
)
def test_real_addresses_are_taken(app: Flask, client: CheckedClient, address: str) -> None:
    form = WORDS | {"email": address, "csrf_token": client.token()}

    assert client.post("/contact", data=form).status_code == 303
    assert stored(app)[0].email == address


@as_both
@pytest.mark.parametrize("token", ["", "stale"])
def test_a_stale_form_comes_back_with_every_word_and_can_be_sent_again(
    app: Flask, client: CheckedClient, headers: dict[str, str], token: str
) -> None:
    response = client.post("/contact", data=WORDS | {"csrf_token": token}, headers=headers)

    assert response.status_code == 422
    assert "was open for too long" in response.text
    fresh = fields_of(response.text)
    assert fresh["body"] == "A project.\n\nTwo <lines> & more."
    assert stored(app) == []

    again = client.post("/contact", data=fresh, headers=headers)
    assert (again.status_code, len(stored(app))) == (303, 1)


def test_a_form_may_stay_open_for_days(app: Flask, client: CheckedClient) -> None:
    with time_machine.travel(datetime(2026, 5, 1, tzinfo=UTC), tick=False) as clock:
        form = WORDS | {"csrf_token": client.token()}
        clock.move_to(datetime(2026, 5, 21, tzinfo=UTC))

        assert client.post("/contact", data=form).status_code == 303


def test_what_became_of_a_message_is_told_to_who_knows_its_address(
    author_client: CheckedClient, client: CheckedClient, make_message: MakeMessage
) -> None:
    number, token = make_message(body="secret words")
    assert "has not been read yet" in client.get(f"/r/{token}").text

    form = {"csrf_token": author_client.token()}
    author_client.post(f"/admin/messages/{number}/read", data=form)

    response = client.get(f"/r/{token}")
    assert "It was read on" in response.text
    assert "secret words" not in response.text
    assert response.headers["Referrer-Policy"] in {"no-referrer", "same-origin"}
    assert client.get(f"/r/{token}x").status_code == 404


def test_a_status_page_does_not_name_an_article_that_is_hidden_again(
    author_client: CheckedClient,
    client: CheckedClient,
    make_post: MakePost,
    make_message: MakeMessage,
) -> None:
    post = make_post("Hello")
    _, token = make_message(post="hello")
    assert "Hello" in client.get(f"/r/{token}").text

    form = fields_of(author_client.get(f"/admin/posts/{post.id}").text)
    author_client.post(f"/admin/posts/{post.id}", data=form | {"action": "unpublish"})

    assert "Hello" not in client.get(f"/r/{token}").text


def test_every_message_has_its_own_address(app: Flask, client: CheckedClient) -> None:
    form = WORDS | {"csrf_token": client.token()}

    addresses = {client.post("/contact", data=form).location for _ in range(3)}

    assert len(addresses) == len(stored(app)) == 3


@given(st.text(max_size=300))
@settings(max_examples=40)
def test_no_name_that_is_taken_could_break_a_header(app: Flask, name: str) -> None:
    before = len(stored(app))
    client = browser(app, checked=False)
    form = WORDS | {"name": name.encode(errors="replace").decode(), "csrf_token": client.token()}

    response = client.post("/contact", data=form)

    assert response.status_code in {303, 422}
    for message in stored(app)[before:]:
        assert not re.search(r"[\x00-\x1f\x7f\x85\u2028\u2029]", message.name)


@as_both
@pytest.mark.parametrize("field", ["name", "body"])
def test_spaces_alone_are_no_words(
    app: Flask, client: CheckedClient, headers: dict[str, str], field: str
) -> None:
    form = WORDS | {field: " \t ", "csrf_token": client.token()}

    response = client.post("/contact", data=form, headers=headers)

    assert response.status_code == 422
    assert f'id="error-{field}"' in response.text
    assert stored(app) == []


def test_a_message_from_under_an_old_address_keeps_its_article(
    app: Flask, client: CheckedClient, make_post: MakePost
) -> None:
    post = make_post("Hello")
    with app.app_context():
        posts.revise(posts.get(post.id), texts.Text(title="Hello", slug="renamed"))
        db.session.commit()

    client.post("/contact", data=WORDS | {"post": "hello", "csrf_token": client.token()})

    assert stored(app)[0].post_id == post.id


def test_a_message_that_is_too_long_comes_back_whole(client: CheckedClient, app: Flask) -> None:
    words = "word " * 5_000

    response = client.post("/contact", data=WORDS | {"body": words, "csrf_token": client.token()})

    assert response.status_code == 422
    assert fields_of(response.text)["body"].strip() == words.strip()
    assert "maxlength" not in response.text
