"""The author's messages: the list, one of them, what is done with them, and files of them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from blogapp import deliveries, messages, sorting, takeout
from blogapp.extensions import db
from blogapp.models import Delivery, DeliveryAttempt, Message

from .conftest import HTMX, CheckedClient, MakeApp, MakeMessage, MakePost
from .pages import fields_of, parse, text_of

AT = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)

as_both = pytest.mark.parametrize("headers", [{}, HTMX], ids=["browser", "htmx"])


def stored(app: Flask, number: int = 1) -> Message | None:
    with app.app_context():
        message = db.session.get(Message, number)
        db.session.expunge_all()
        return message


def change(app: Flask, number: int, **values: Any) -> None:
    with app.app_context():
        db.session.execute(sa.update(Message).where(Message.id == number).values(values))
        db.session.commit()


def deliver(app: Flask, number: int, **values: Any) -> None:
    """Have a notice of a message, with an attempt at it."""
    with app.app_context():
        row = {"message_id": number, "channel": "mail", "occasion": "received"} | values
        db.session.execute(sa.insert(Delivery).values(row))
        id_ = db.session.scalar(sa.select(sa.func.max(Delivery.id)))
        answer = "550 no such <mailbox>"
        db.session.add(DeliveryAttempt(delivery_id=id_, delivered=False, answer=answer, at=AT))
        db.session.commit()


def names(page: TestResponse) -> list[str]:
    """Who wrote the listed messages."""
    rows = [e for e in parse(page.text) if e.attrib.get("class") == "title"]
    return [text_of(row).removeprefix("unread: ") for row in rows]


def chips(page: TestResponse) -> dict[str, str]:
    found = [e for e in parse(page.text) if e.attrib.get("id", "").startswith("folder-")]
    return {e.attrib["id"].removeprefix("folder-"): text_of(e) for e in found}


# The list


def test_a_message_stands_in_its_folder_with_its_article(
    author_client: CheckedClient, make_post: MakePost, make_message: MakeMessage
) -> None:
    make_post("Hello & bye", slug="hello")
    make_message(post="hello", body="Help <me>")

    page = author_client.get("/admin/messages")

    assert names(page) == ["Vera"]
    assert "unread: " in page.text and "Help &lt;me&gt;" in page.text
    assert 'href="/admin/messages?post=1"' in page.text and "Hello &amp; bye" in page.text
    assert chips(page)["inbox"] == "inbox 1 message"
    for folder, said in (("archive", "Nothing in the archive."), ("spam", "No spam.")):
        assert said in author_client.get(f"/admin/messages?folder={folder}").text
    assert author_client.get("/admin/messages?folder=x").status_code == 404


def test_states_words_and_articles_narrow_the_list_and_keep_each_other(
    app: Flask, author_client: CheckedClient, make_post: MakePost, make_message: MakeMessage
) -> None:
    make_post("Hello")
    make_message(name="Ada", body="A shop", post="hello")
    make_message(name="Bob", body="A shop")
    change(app, 2, answered_at=AT)

    assert names(author_client.get("/admin/messages?q=shop")) == ["Bob", "Ada"]
    page = author_client.get("/admin/messages?q=shop&post=1")
    assert names(page) == ["Ada"]
    assert names(author_client.get("/admin/messages?state=answered&q=shop")) == ["Bob"]
    assert 'href="/admin/messages?state=open&amp;post=1&amp;q=shop"' in page.text
    assert 'name="post" value="1"' in page.text  # goes with the next search
    nothing = author_client.get("/admin/messages?folder=archive&q=shop")
    assert "2 in the inbox" in nothing.text


def test_the_list_goes_on_page_by_page(
    author_client: CheckedClient, app: Flask, make_message: MakeMessage
) -> None:
    for number in range(27):
        make_message(name=f"No. {number}", body=f"Project {number}")
    change(app, 27, unread=False)

    first = author_client.get("/admin/messages")
    rest = author_client.get("/admin/messages?after=1-2")

    assert len(names(first)) == 25 and 'href="/admin/messages?after=1-2"' in first.text
    assert names(rest) == ["No. 0", "No. 26"]
    assert "all 27, on every page" in first.text


def test_what_is_put_aside_is_shown_with_its_reasons(
    app: Flask, author_client: CheckedClient, make_message: MakeMessage
) -> None:
    make_message()
    change(app, 1, folder="spam", spam_reasons=["It has 9 links."])

    page = author_client.get("/admin/messages?folder=spam").text
    message = author_client.get("/admin/messages/1").text

    assert "It has 9 links." in page and "/admin/messages/filter" in page
    assert "It has 9 links." in message and "/admin/messages/1/release" in message
    assert "reply by mail" not in message


def test_who_keeps_messages_for_some_days_is_told_when_they_go(
    make_app: MakeApp, author_client: CheckedClient, make_message: MakeMessage
) -> None:
    make_message()
    assert "BLOG_MESSAGES_KEPT" not in author_client.get("/admin/messages").text
    settings = author_client.application.config
    before = settings["BLOG"]
    settings["BLOG"] = make_app(messages_kept=30, url=before.url).config["BLOG"]
    try:
        assert (
            "30 days after the last that was written" in author_client.get("/admin/messages").text
        )
        assert "It is deleted for good after" in author_client.get("/admin/messages/1").text
    finally:
        settings["BLOG"] = before


def test_a_visitors_words_are_only_words(
    author_client: CheckedClient, make_message: MakeMessage
) -> None:
    make_message(
        name="<img src=x onerror=alert(1)>",
        email='x"onclick="y@example.org',
        body="{{ 7 * 7 }} </p><script>alert(1)</script>",
    )

    for path in ("/admin/messages", "/admin/messages/1", "/admin/messages/delete?message=1"):
        page = author_client.get(path)  # the client refuses handlers and inline scripts
        assert "&lt;img src=x" in page.text
    page = author_client.get("/admin/messages/1")
    assert "{{ 7 * 7 }} &lt;/p&gt;&lt;script&gt;" in page.text


# One message


def test_a_message_shows_all_that_is_known_about_it(
    app: Flask, author_client: CheckedClient, make_post: MakePost, make_message: MakeMessage
) -> None:
    make_post("Hello")
    _, token = make_message(post="hello")
    make_message(email="VERA@example.org", body="Another.")
    with app.app_context():
        message = messages.get(1)
        messages.add_line(message, "And <this>", key="k", network="192.0.2.77")
        db.session.commit()
        reference = message.reference
    deliver(app, 1, due_at=None, delivered_at=None)
    deliver(app, 1, channel="webhook", due_at=None, delivered_at=AT)

    page = author_client.get("/admin/messages/1").text

    for said in (reference, "And &lt;this&gt;", f"/r/{token}", "550 no such &lt;mailbox&gt;"):
        assert said in page
    assert "not delivered" in page and "try again now" in page
    assert "told to the author" in page  # what the sender sees
    assert "1 other message" in page
    assert 'href="/blog/hello"' in page


def test_an_answer_begins_in_the_mail_program(
    author_client: CheckedClient, make_message: MakeMessage
) -> None:
    make_message(body="One & two?")

    page = author_client.get("/admin/messages/1")

    [reply] = [
        e for e in parse(page.text) if "data-reply" in e.attrib and text_of(e) == "reply by mail"
    ]
    assert reply.attrib["href"].startswith("mailto:vera@example.org?subject=Re%3A%20")
    assert "> One & two?" in unquote(reply.attrib["href"])


def test_what_was_taken_back_shows_no_word_and_cannot_be_answered(
    app: Flask, author_client: CheckedClient, make_message: MakeMessage
) -> None:
    make_message(body="Secret words")
    with app.app_context():
        messages.withdraw(messages.get(1))
        db.session.commit()

    page = author_client.get("/admin/messages/1").text

    assert "has taken it back" in page
    assert "mailto:" not in page and "mark as answered" not in page and "/r/" not in page
    assert names(author_client.get("/admin/messages?state=withdrawn")) == ["(taken back)"]


@as_both
@pytest.mark.parametrize(
    ("action", "before", "after", "back_to"),
    [
        ("read", {"unread": True}, {"unread": False}, "/admin/messages/1"),
        ("unread", {"unread": False}, {"unread": True}, "/admin/messages"),
        ("archive", {"unread": True}, {"folder": "archive"}, "/admin/messages"),
        ("restore", {"folder": "archive"}, {"folder": "inbox"}, "/admin/messages?folder=archive"),
        ("spam", {"unread": True}, {"folder": "spam"}, "/admin/messages"),
        ("release", {"folder": "spam"}, {"folder": "inbox"}, "/admin/messages/1"),
        ("unanswered", {"answered_at": AT}, {"answered_at": None}, "/admin/messages/1"),
    ],
)
def test_a_button_does_what_it_says(
    app: Flask,
    author_client: CheckedClient,
    make_message: MakeMessage,
    headers: dict[str, str],
    action: str,
    before: dict[str, Any],
    after: dict[str, Any],
    back_to: str,
) -> None:
    make_message()
    change(app, 1, **before)
    form = {"csrf_token": author_client.token()}

    response = author_client.post(f"/admin/messages/1/{action}", data=form, headers=headers)

    assert (response.status_code, response.location) == (303, back_to)
    message = stored(app)
    assert {name: getattr(message, name) for name in after} == after


def test_marked_as_answered_it_tells_its_sender(
    app: Flask, author_client: CheckedClient, make_message: MakeMessage
) -> None:
    _, token = make_message()
    assert "mark as answered" in author_client.get("/admin/messages/1").text

    author_client.post("/admin/messages/1/answered", data={"csrf_token": author_client.token()})

    message = stored(app)
    assert message is not None and message.answered_at is not None and not message.unread
    assert message.answered_at.strftime("%H:%M") in author_client.get(f"/r/{token}").text


def test_what_is_not_delivered_is_tried_again(
    app: Flask, author_client: CheckedClient, make_message: MakeMessage
) -> None:
    make_message()
    deliver(app, 1, due_at=None, delivered_at=None)
    assert names(author_client.get("/admin/messages?state=undelivered")) == ["Vera"]

    response = author_client.post(
        "/admin/messages/1/retry", data={"csrf_token": author_client.token()}
    )

    assert response.location == "/admin/messages/1"
    with app.app_context():
        [delivery] = deliveries.of(messages.get(1))
        assert delivery.due_at is not None


def test_only_known_actions_are_taken(
    author_client: CheckedClient, make_message: MakeMessage
) -> None:
    make_message()
    form = {"csrf_token": author_client.token()}

    for path in ("/admin/messages/1/burn", "/admin/messages/99/read", "/admin/messages/99/retry"):
        assert author_client.post(path, data=form).status_code == 404


# Many at once


@as_both
def test_what_is_ticked_is_done_together(
    app: Flask, author_client: CheckedClient, make_message: MakeMessage, headers: dict[str, str]
) -> None:
    for number in range(3):
        make_message(name=f"No. {number}")
    form = {"csrf_token": author_client.token(), "action": "archive", "message": ["1", "3", "x"]}

    response = author_client.post("/admin/messages", data=form, headers=headers)

    assert (response.status_code, response.location) == (303, "/admin/messages")
    page = author_client.get(response.location)
    assert names(page) == ["No. 1"]
    assert "2 messages archived." in page.text


def test_all_that_a_filter_lists_is_done_but_not_what_came_meanwhile(
    app: Flask, author_client: CheckedClient, make_message: MakeMessage
) -> None:
    for body in ("A shop", "A shop", "Something else"):
        make_message(body=body)
    form = fields_of(author_client.get("/admin/messages?q=shop").text)
    make_message(body="A shop")

    form |= {"all": "1", "action": "spam"}
    response = author_client.post("/admin/messages", data=form)

    assert response.location == "/admin/messages?q=shop"
    folders = [message.folder for n in range(1, 5) if (message := stored(app, n))]
    assert folders == ["spam", "spam", "inbox", "inbox"]


@as_both
def test_without_a_tick_or_a_button_nothing_is_done_and_the_ticks_stay(
    author_client: CheckedClient, make_message: MakeMessage, headers: dict[str, str]
) -> None:
    make_message()
    form = {"csrf_token": author_client.token()}

    untold = author_client.post("/admin/messages", data=form | {"message": "1"}, headers=headers)
    none = author_client.post("/admin/messages", data=form | {"action": "read"}, headers=headers)

    assert (untold.status_code, none.status_code) == (422, 422)
    assert 'value="1" checked' in untold.text and 'role="alert"' in untold.text
    assert "No message is selected." in none.text


# Files


def test_a_filter_leaves_as_a_table_and_as_documents(
    author_client: CheckedClient, make_message: MakeMessage
) -> None:
    make_message(name="Ada", body="=SUM(1)\nA shop")
    make_message(name="Bob", body="Something else")

    table = author_client.get("/admin/messages.csv?q=shop")
    documents = author_client.get("/admin/messages.json?q=shop")

    assert table.mimetype == "text/csv" and documents.mimetype == "application/json"
    for file in (table, documents):
        assert file.headers["Content-Disposition"].startswith("attachment; filename=")
        assert file.headers["Cache-Control"] == "no-store"
    assert table.data.startswith(b"\xef\xbb\xbf")
    [_, line] = csv.reader(io.StringIO(table.data.decode("utf-8-sig"), newline=""))
    assert line[takeout.COLUMNS.index("text")] == "'=SUM(1)\nA shop"
    [document] = json.loads(documents.data)
    assert (document["name"], document["body"]) == ("Ada", "=SUM(1)\nA shop")


def test_a_broken_export_is_told_to_the_log_and_to_the_browser(
    author_client: CheckedClient,
    make_message: MakeMessage,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    make_message()

    def fail(_ids: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(takeout, "_deliveries", fail)

    with pytest.raises(OSError, match="the disk is gone"):
        author_client.get("/admin/messages.json")
    assert "an export of messages broke off" in caplog.text


# The number in the frame


def test_the_number_of_unread_messages_stands_in_the_frame_and_is_asked_for(
    app: Flask, client: CheckedClient, author_client: CheckedClient, make_message: MakeMessage
) -> None:
    def number() -> tuple[str, bool, object]:
        page = parse(author_client.get("/admin/").text)
        [place] = [e for e in page if e.attrib.get("id") == "unread"]
        asked = author_client.get("/admin/messages/unread").json
        return text_of(place), "hidden" in place.attrib, asked

    make_message()
    make_message()
    assert number() == ("2 unread", False, {"unread": "2"})
    for n in (1, 2):
        change(app, n, unread=n == 2, folder="archive")
    assert number() == ("unread", True, {"unread": ""})

    asked = client.get("/admin/messages/unread", headers={"Accept": "application/json"})
    assert asked.status_code == 401


def test_every_action_of_the_core_has_a_button(
    app: Flask, author_client: CheckedClient, make_message: MakeMessage
) -> None:
    for number, folder in enumerate(messages.Folder, start=1):
        make_message(body=f"{folder}")
        change(app, number, folder=folder, unread=False, answered_at=AT if number > 1 else None)
    make_message(body="Unread.")

    seen = {
        element.attrib["action"].rpartition("/")[2]
        for number in (1, 2, 3, 4)
        for element in parse(author_client.get(f"/admin/messages/{number}").text)
        if element.attrib.get("action", "").startswith(f"/admin/messages/{number}/")
    }

    assert seen == set(sorting.ACTIONS)
