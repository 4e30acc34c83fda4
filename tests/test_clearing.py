"""Deleting messages: what the author was asked about goes, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from blogapp import messages
from blogapp.extensions import db
from blogapp.models import Message

from .conftest import CheckedClient, MakeMessage
from .pages import fields_of, parse, text_of
from .test_admin_messages import change, stored


def add_line(app: Flask, number: int) -> None:
    with app.app_context():
        line = {"key": f"{number}", "network": f"198.51.{number}.1"}
        messages.add_line(messages.get(number), "URGENT", **line)
        db.session.commit()


def left(app: Flask) -> list[int]:
    with app.app_context():
        return [message.id for message in db.session.query(Message).order_by(Message.id)]


def ask_about_all(client: CheckedClient, query: str = "") -> TestResponse:
    """Ask whether to delete all of a list, as it is now."""
    form = fields_of(client.get(f"/admin/messages{query}").text) | {"all": "1"}
    asked = client.post("/admin/messages", data=form | {"action": "delete"})
    return client.get(asked.location)


@pytest.mark.parametrize("chosen", [{"message": ["1", "2"]}, {"all": "1", "q": "shop"}])
def test_deleting_asks_first_and_says_what_goes(
    app: Flask, author_client: CheckedClient, make_message: MakeMessage, chosen: dict[str, Any]
) -> None:
    for body in ("A shop", "A shop", "Something else"):
        make_message(body=body)
    with app.app_context():
        messages.add_line(messages.get(1), "More", key="k", network="192.0.2.77")
        db.session.commit()
    until = fields_of(author_client.get("/admin/messages").text)["until"]
    form = {"csrf_token": author_client.token(), "action": "delete", "until": until} | chosen

    asked = author_client.post("/admin/messages", data=form)
    page = author_client.get(asked.location)
    assert stored(app, 1) is not None
    make_message(body="A shop that came meanwhile")
    done = author_client.post("/admin/messages/delete", data=fields_of_all(page))

    assert (asked.status_code, done.status_code) == (303, 303)
    assert "Delete these 2 messages for good?" in page.text
    assert "with 1 line that was added" in page.text and "2 of them are unread" in page.text
    assert [stored(app, n) is not None for n in (1, 2, 3, 4)] == [False, False, True, True]
    assert "2 messages are deleted for good." in author_client.get(done.location).text


def fields_of_all(page: TestResponse) -> dict[str, list[str]]:
    """The hidden fields of a page, those of one name together."""
    fields: dict[str, list[str]] = {}
    for element in parse(page.text):
        if element.attrib.get("type") == "hidden":
            fields.setdefault(element.attrib["name"], []).append(element.attrib["value"])
    return fields


def test_there_is_nothing_to_ask_about_nothing(author_client: CheckedClient) -> None:
    for query in ("", "?message=7", "?message=x", "?all=1&until=9999999999999"):
        assert author_client.get(f"/admin/messages/delete{query}").status_code == 404


def test_a_line_that_moves_a_message_into_the_list_saves_it(
    app: Flask, author_client: CheckedClient, make_message: MakeMessage
) -> None:
    make_message(name="Archie")
    make_message(name="Bob")
    change(app, 1, folder="archive")
    page = ask_about_all(author_client)
    assert "Archie" not in page.text

    add_line(app, 1)  # back in the inbox
    done = author_client.post("/admin/messages/delete", data=fields_of_all(page))

    assert done.status_code == 303
    assert left(app) == [1]


def test_what_comes_into_the_list_otherwise_is_asked_about_again(
    app: Flask, author_client: CheckedClient, make_message: MakeMessage
) -> None:
    for number in range(3):
        make_message(name=f"No. {number}")
        change(app, number + 1, folder="spam" if number == 0 else "inbox")
    page = ask_about_all(author_client, "?folder=spam")
    assert "Delete this message for good?" in page.text

    change(app, 1, folder="inbox")
    change(app, 2, folder="spam")  # as many as before
    other = author_client.post("/admin/messages/delete", data=fields_of_all(page))
    change(app, 3, folder="spam")
    more = author_client.post("/admin/messages/delete", data=fields_of_all(other))

    assert (other.status_code, more.status_code) == (409, 409)
    assert "these are not the messages that you were asked about" in other.text
    assert "you were asked about 1 message, and there are 2 now" in more.text
    assert left(app) == [1, 2, 3]
    author_client.post("/admin/messages/delete", data=fields_of_all(more))
    assert left(app) == [1]


def test_what_a_line_was_added_to_is_asked_about_again_or_left_out(
    app: Flask, author_client: CheckedClient, make_message: MakeMessage
) -> None:
    for number in range(3):
        make_message(name=f"No. {number}")
    ticked = author_client.get("/admin/messages/delete?message=1&message=2")
    every = ask_about_all(author_client)

    add_line(app, 2)
    again = author_client.post("/admin/messages/delete", data=fields_of_all(ticked))
    fewer = author_client.post("/admin/messages/delete", data=fields_of_all(every))

    assert (again.status_code, fewer.status_code) == (409, 409)
    assert "changed meanwhile: a line was added." in again.text
    assert "you were asked about 3 messages, and there are 2 now" in fewer.text
    assert "1 message stays: a line was added" in fewer.text
    author_client.post("/admin/messages/delete", data=fields_of_all(fewer))
    assert left(app) == [2]
    author_client.post("/admin/messages/delete", data=fields_of_all(again))
    assert left(app) == [2]  # asked about two, and one of them is gone


def test_nothing_is_deleted_that_nobody_was_asked_about(
    app: Flask, author_client: CheckedClient, make_message: MakeMessage
) -> None:
    make_message()
    form = {"csrf_token": author_client.token(), "message": "1"}

    for asked in ({}, {"asked": "1-0-x"}, {"asked": f"1-0-{'0' * 32}"}):
        response = author_client.post("/admin/messages/delete", data=form | asked)
        assert response.status_code == 409
    assert left(app) == [1]


@pytest.mark.parametrize("chosen", [{"all": "1"}, {"message": "1"}])
def test_what_a_line_was_added_to_since_the_list_was_seen_is_not_put_away_unread(
    app: Flask, author_client: CheckedClient, make_message: MakeMessage, chosen: dict[str, str]
) -> None:
    make_message()
    form = fields_of(author_client.get("/admin/messages").text)

    add_line(app, 1)
    response = author_client.post("/admin/messages", data=form | chosen | {"action": "answered"})

    assert "Left, a line was added meanwhile" in author_client.get(response.location).text
    message = stored(app)
    assert message is not None and message.unread and message.answered_at is None


def test_a_button_of_a_message_leaves_a_line_that_it_did_not_show(
    app: Flask, author_client: CheckedClient, make_message: MakeMessage
) -> None:
    make_message()
    form = fields_of(author_client.get("/admin/messages/1").text)

    add_line(app, 1)
    response = author_client.post("/admin/messages/1/archive", data=form)

    assert response.location == "/admin/messages/1"
    assert "a line was added meanwhile" in author_client.get(response.location).text
    message = stored(app)
    assert message is not None and message.folder == "inbox"


@pytest.mark.parametrize(
    ("query", "back"),
    [
        ("message=1&from=message", "/admin/messages/1"),
        ("message=1&q=project&after=1-2", "/admin/messages?q=project&after=1-2"),
        ("message=1&from=https://evil.example", "/admin/messages"),
    ],
)
def test_who_keeps_it_is_led_to_where_the_question_came_from(
    author_client: CheckedClient, make_message: MakeMessage, query: str, back: str
) -> None:
    make_message()

    page = author_client.get(f"/admin/messages/delete?{query}")

    [keep] = [e for e in parse(page.text) if text_of(e) == "keep it"]
    assert keep.attrib["href"] == back


def test_all_of_an_address_is_shown_given_out_and_deleted(
    app: Flask, author_client: CheckedClient, make_message: MakeMessage
) -> None:
    make_message(email="Ada@Example.org", body="One")
    make_message(email="ada@example.org", body="Two")
    make_message(email="bob@example.org", body="Ask ada@example.org")
    change(app, 2, folder="spam")

    page = author_client.get("/admin/messages/address?address=+ADA@example.org ")
    documents = author_client.get("/admin/messages.json?address=ada@example.org").json
    [link] = [e.attrib["href"] for e in parse(page.text) if text_of(e) == "delete all of it …"]
    asked = author_client.get(link)
    [back] = [e.attrib["href"] for e in parse(asked.text) if text_of(e) == "keep them"]
    author_client.post("/admin/messages/delete", data=fields_of_all(asked))

    assert "2 messages, 0 lines added later" in page.text
    assert "Other messages name the address" in page.text
    assert documents is not None and [each["body"] for each in documents] == ["One", "Two"]
    assert [stored(app, n) is not None for n in (1, 2, 3)] == [False, False, True]
    assert back == "/admin/messages/address?address=ada@example.org"
    again = author_client.get("/admin/messages/address?address=ada@example.org").text
    assert "No message is from" in again
