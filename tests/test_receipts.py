"""Receipts: what a sender is told, a line more, the message taken back; as browser and htmx."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from blogapp import messages, steps, throttling
from blogapp.extensions import db
from blogapp.models import Addition, Delivery, DeliveryAttempt, Message, utcnow

from .conftest import HTMX, CheckedClient, MakeApp, MakeMessage, MakePost, browser
from .pages import fields_of

as_both = pytest.mark.parametrize("headers", [{}, HTMX], ids=["browser", "htmx"])


def told(page: TestResponse) -> list[str]:
    """The steps of a receipt, as they are read."""
    found = re.findall(r"<li[^>]*><span>(.*?)</li>", page.text)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", "", step)).split()) for step in found]


def lines(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(sa.select(Addition.body).order_by(Addition.id)))


def test_a_receipt_tells_the_reference_and_what_has_happened(
    app: Flask, client: CheckedClient, make_message: MakeMessage
) -> None:
    with time_machine.travel(datetime(2026, 5, 1, 9, tzinfo=UTC), tick=False) as clock:
        number, token = make_message(body="secret words")
        first = client.get(f"/r/{token}")
        clock.shift(timedelta(hours=1))
        with app.app_context():
            message = messages.get(number)
            messages.mark_read(message)
            clock.shift(timedelta(hours=1))
            messages.mark_answered(message)
            reference = message.reference
            db.session.commit()
        later = client.get(f"/r/{token}")

    assert told(first) == [
        "received 1 May 2026, 09:00 UTC",
        "read – not yet",
        "answered – not yet",
    ]
    assert told(later) == [
        "received 1 May 2026, 09:00 UTC",
        "read 1 May 2026, 10:00 UTC",
        "answered 1 May 2026, 11:00 UTC",
    ]
    assert reference in first.text
    assert not any(word in later.text for word in ("secret", "Vera", "vera@"))


def test_a_receipt_is_for_who_has_its_address_alone(
    client: CheckedClient, make_message: MakeMessage
) -> None:
    _, token = make_message()

    for path in (f"/r/{token}", f"/r/{token}/withdraw"):
        page = client.get(path)

        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert page.headers["X-Robots-Tag"] == "noindex"
    for path in (f"/r/{token}x", f"/r/{token}x/withdraw"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("delivered", "told to the author 1 May 2026, 09:00 UTC"),
        ("due", "told to the author – not yet: it is on its way"),
        ("failed once", "told to the author – not yet: it is tried again and again"),
        ("given up", "told to the author – that did not work; it lies in the author's inbox"),
    ],
)
def test_it_is_told_to_the_author_when_a_server_has_taken_it(
    make_app: MakeApp, state: str, said: str
) -> None:
    app = make_app(webhook_url="https://hooks.example/", webhook_secret="whsec_" + "c2Vj" * 8)
    moment = datetime(2026, 5, 1, 9, tzinfo=UTC)
    with app.app_context():
        message = messages.receive(messages.Request(name="V", email="v@example.org", body="Hi."))
        [delivery] = db.session.scalars(sa.select(Delivery))
        delivery.delivered_at = moment if state == "delivered" else None
        delivery.due_at = utcnow() if state in {"due", "failed once"} else None
        if state == "failed once":
            delivery.attempts.append(DeliveryAttempt(delivered=False, answer="busy"))
        db.session.commit()
        token = messages.token(message)

    assert said in told(browser(app).get(f"/r/{token}"))


def test_the_form_leads_back_to_what_was_sent_in_the_last_hour(client: CheckedClient) -> None:
    with time_machine.travel(datetime(2026, 5, 1, 9, tzinfo=UTC), tick=False) as clock:
        assert "your last message" not in client.get("/contact").text
        form = fields_of(client.get("/contact").text)
        sent = client.post(
            "/contact", data=form | {"name": "V", "email": "v@example.org", "body": "Hi."}
        )

        assert f'href="{sent.location}">What became of your last' in client.get("/contact").text
        clock.shift(timedelta(hours=1))
        assert "your last message" not in client.get("/contact").text


def test_where_nothing_is_set_up_nobody_is_said_to_have_been_told(
    client: CheckedClient, make_message: MakeMessage
) -> None:
    _, token = make_message()

    assert "told to the author" not in client.get(f"/r/{token}").text


def test_who_is_put_aside_is_told_so_and_why(
    app: Flask, client: CheckedClient, make_message: MakeMessage
) -> None:
    number, token = make_message(trap="x")

    aside = told(client.get(f"/r/{token}"))

    assert any(
        step.startswith("put aside by the filter") and "people do not see" in step
        for step in aside
    )
    with app.app_context():
        messages.release(messages.get(number))
        db.session.commit()
    assert not any("put aside" in step for step in told(client.get(f"/r/{token}")))
    with app.app_context():
        message = messages.get(number)
        message.spam_reasons = []
        messages.quarantine(message)
        assert [step.what for step in steps.of(message) if "put" in step.what] == [
            "put aside by the author"
        ]


@as_both
def test_a_line_is_added_once_and_told(
    app: Flask, client: CheckedClient, make_message: MakeMessage, headers: dict[str, str]
) -> None:
    _, token = make_message()
    form = fields_of(client.get(f"/r/{token}").text) | {"body": "One <gadget> more."}

    first, again = (client.post(f"/r/{token}", data=form, headers=headers) for _ in range(2))

    assert first.status_code == again.status_code == 303
    assert first.location == again.location == f"/r/{token}"
    assert lines(app) == ["One <gadget> more."]
    page = client.get(first.location, headers=headers)
    assert "Your line has been added." in page.text
    assert "Your line has been added." not in client.get(first.location, headers=headers).text
    assert [step.split()[:3] for step in told(page)].count(["a", "line", "added"]) == 1
    assert "gadget" not in page.text


@as_both
def test_the_same_line_is_told_to_be_there_and_an_hour_later_it_is_another(
    app: Flask, client: CheckedClient, make_message: MakeMessage, headers: dict[str, str]
) -> None:
    _, token = make_message()
    said = []

    with time_machine.travel(datetime(2026, 5, 1, 12, 3, tzinfo=UTC), tick=False) as clock:
        for minutes in (0, 59, 1):
            clock.shift(timedelta(minutes=minutes))
            form = fields_of(client.get(f"/r/{token}").text) | {"body": "Any news?"}
            sent = client.post(f"/r/{token}", data=form, headers=headers)
            said += re.findall("<h2[^>]*>(.*?)</h2>", client.get(sent.location).text)

    added, here = "Your line has been added.", "This is here already, since 1 May 2026, 12:03 UTC."
    assert said == [added, here, added]
    assert lines(app) == ["Any news?"] * 2


def test_a_line_to_a_message_that_was_deleted_can_be_sent_as_a_new_one(
    app: Flask, client: CheckedClient, make_message: MakeMessage
) -> None:
    number, token = make_message()
    form = fields_of(client.get(f"/r/{token}").text) | {"body": "Too late."}
    with app.app_context():
        db.session.delete(db.session.get_one(Message, number))
        db.session.commit()

    page, part = (client.post(f"/r/{token}", data=form, headers=each) for each in ({}, HTMX))

    assert page.status_code == part.status_code == 404
    assert "it has been deleted here" in page.text and "it has been deleted here" in part.text
    anew = fields_of(page.text) | {"name": "Vera", "email": "vera@example.org"}
    assert anew["body"] == "Too late."
    assert client.post("/contact", data=anew).status_code == 303


@as_both
@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ("  ", 422, "What would you like to add?"),
        ("x" * 5001, 422, "At most 5,000 characters"),
        ("A line.", 429, "Try again in 10 minutes. Everything you wrote is still here."),
    ],
)
def test_a_line_that_is_refused_stays(
    app: Flask,
    client: CheckedClient,
    make_message: MakeMessage,
    monkeypatch: pytest.MonkeyPatch,
    headers: dict[str, str],
    typed: str,
    status: int,
    said: str,
) -> None:
    _, token = make_message()
    nothing = throttling.Quota(1, timedelta(minutes=10))
    monkeypatch.setattr(throttling, "FROM_ALL", nothing)
    form = fields_of(client.get(f"/r/{token}").text) | {"body": typed}

    response = client.post(f"/r/{token}", data=form, headers=headers)

    assert response.status_code == status
    assert said in response.text
    assert ("Retry-After" in response.headers) is (status == 429)
    assert fields_of(response.text)["body"] == typed.strip()
    assert fields_of(response.text)["key"] == form["key"]
    assert re.search(r"<details[^>]* open", response.text)
    assert lines(app) == []


@as_both
def test_a_line_without_its_token_comes_back_and_one_more_click_adds_it(
    app: Flask, client: CheckedClient, make_message: MakeMessage, headers: dict[str, str]
) -> None:
    _, token = make_message()

    refused = client.post(f"/r/{token}", data={"body": "A line."}, headers=headers)
    assert (refused.status_code, lines(app)) == (422, [])
    client.post(f"/r/{token}", data=fields_of(refused.text), headers=headers)

    assert lines(app) == ["A line."]


def test_a_request_is_taken_back_after_a_question(
    app: Flask, client: CheckedClient, make_message: MakeMessage, make_post: MakePost
) -> None:
    make_post("Hello")
    number, token = make_message(post="hello")
    asked = client.get(f"/r/{token}/withdraw")
    assert "Take your message back?" in asked.text

    done = client.post(f"/r/{token}/withdraw", data=fields_of(asked.text))

    assert (done.status_code, done.location) == (303, f"/r/{token}")
    page = client.get(done.location)
    assert "You have taken this request back." in page.text
    assert [step.split()[0] for step in told(page)] == ["received", "taken"]
    assert "withdraw" not in page.text and "<form" not in page.text
    assert "You have taken this request back" in client.get(f"/r/{token}/withdraw").text
    with app.app_context():
        message = db.session.get_one(Message, number)
        assert (message.name, message.email, message.body) == ("", "", "")


def test_a_line_to_what_was_taken_back_meanwhile_is_kept_in_the_form(
    app: Flask, client: CheckedClient, make_message: MakeMessage
) -> None:
    number, token = make_message()
    form = fields_of(client.get(f"/r/{token}").text) | {"body": "Too late."}
    with app.app_context():
        messages.withdraw(messages.get(number))
        db.session.commit()

    response = client.post(f"/r/{token}", data=form)

    assert response.status_code == 409
    assert "Too late." in response.text and messages.TAKEN_BACK in response.text


@as_both
def test_a_withdrawal_without_its_token_asks_again(
    client: CheckedClient, make_message: MakeMessage, headers: dict[str, str]
) -> None:
    _, token = make_message()

    refused = client.post(f"/r/{token}/withdraw")

    assert refused.status_code == 422
    assert "Nothing is deleted yet" in refused.text and "wrote is still here" not in refused.text
    again = client.post(f"/r/{token}/withdraw", data=fields_of(refused.text))
    assert again.status_code == 303


def test_a_receipt_does_not_name_an_article_that_is_hidden_again(
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


def test_only_the_browser_that_sent_it_is_told_what_it_may_forget(
    app: Flask, client: CheckedClient
) -> None:
    form = fields_of(client.get("/contact").text) | {"name": "Vera", "email": "v@example.org"}
    sent = client.post("/contact", data=form | {"body": "Hi.", "copy": "1-2-3"})

    assert 'data-arrived="1-2-3"' in client.get(sent.location).text
    assert 'data-arrived=""' in browser(app).get(sent.location).text
