"""Notifications: what is set up, tests of it, and what is not delivered."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask

from blogapp import authors, claims, deliveries, messages
from blogapp.admin.views import notifications
from blogapp.channels.outcomes import Outcome
from blogapp.deliveries import State
from blogapp.extensions import db
from blogapp.models import Delivery

from .conftest import PASSWORD, CheckedClient, MakeApp, Place, browser
from .mailbox import MAILBOX_PASSWORD, USER, Mailbox, Mood, free_port

PAGE = "/admin/notifications"


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with Mailbox(signs_in=True) as box:
        yield box


@pytest.fixture
def blog(make_app: MakeApp, box: Mailbox) -> Flask:
    """A blog that tells by mail, and by a webhook that is down."""
    return make_app(
        mail_url=f"smtp://{USER}:{quote(MAILBOX_PASSWORD)}@127.0.0.1:{box.port}",
        mail_from="blog@blog.example",
        mail_to="sam@blog.example",
        webhook_url=f"http://127.0.0.1:{free_port()}/s3cr3t",
        webhook_secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )


@pytest.fixture
def author(blog: Flask) -> CheckedClient:
    """The browser of an author who is signed in there."""
    with blog.app_context():
        authors.add("sam", PASSWORD)
        token = authors.sign_in("sam", PASSWORD, "127.0.0.1")
        db.session.commit()
    client = browser(blog)
    with client.session_transaction() as session:
        session["token"] = token
    return client


def tried(client: CheckedClient, way: str) -> str:
    """Send a test, and return the page that shows its result, which it does once."""
    response = client.post(f"{PAGE}/{way}/test", data={"csrf_token": client.token("/contact")})
    assert (response.status_code, response.location) == (303, f"{PAGE}#tried")
    assert len(response.headers["Set-Cookie"]) < 4096  # browsers take no longer ones
    page = client.get(PAGE).text
    assert 'id="tried"' in page and 'id="tried"' not in client.get(PAGE).text
    return page


def test_the_page_tells_what_is_set_up_and_no_secret(author: CheckedClient, box: Mailbox) -> None:
    page = author.get(PAGE).text

    assert f"127.0.0.1:{box.port}, not encrypted, signed in as {USER}" in page
    assert "sam@blog.example" in page and ", not encrypted, signed<" in page
    assert "s3cr" not in page and "MfKQ" not in page
    assert "Nothing waits." in page


def test_where_nothing_is_set_up_the_page_says_what_to_set(author_client: CheckedClient) -> None:
    page = author_client.get(PAGE).text

    assert "BLOG_MAIL_URL=" in page and "BLOG_WEBHOOK_URL" in page
    assert "/test" not in page  # there is nothing to be tried
    assert "set BLOG_MAIL_URL, and start again" in tried(author_client, "mail")
    assert "set BLOG_WEBHOOK_URL, and start again" in tried(author_client, "webhook")


def test_a_test_message_is_sent_and_the_servers_answer_shown(
    author: CheckedClient, box: Mailbox
) -> None:
    page = tried(author, "mail")

    assert [letter["Subject"] for letter in box.parsed] == ["Test message"]
    assert 'role="status"' in page and "250 2.0.0 queued as 1" in page
    assert "&gt; ehlo blog.example" in page and "&gt; AUTH …" in page
    assert "s3cr" not in page


def test_a_test_that_fails_shows_the_cause_and_what_was_said(
    author: CheckedClient, box: Mailbox
) -> None:
    box.moods = lambda: Mood.REFUSES

    page = tried(author, "mail")

    assert box.letters == []
    assert 'role="alert"' in page and "nothing is taken for sam@blog.example" in page
    assert "&lt; 550 5.1.1 no such person" in page
    assert "It did not work" in page[: page.index("</title>")]


def test_what_is_shown_of_a_test_fits_into_a_cookie(
    author: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tuple(f"< {number} {secrets.token_urlsafe(140)}" for number in range(40))
    long = Outcome(False, secrets.token_urlsafe(1000), said)
    monkeypatch.setitem(notifications._TRIALS, "mail", lambda: long)

    page = tried(author, "mail")

    assert "&lt; 39 " in page and "&lt; 1 " not in page


def test_a_test_of_the_webhook_tells_what_is_wrong(author: CheckedClient) -> None:
    page = tried(author, "webhook")

    assert "refuses connections" in page and "BLOG_WEBHOOK_URL" in page


def test_what_is_not_delivered_is_shown_with_its_cause_and_tried_again(
    blog: Flask, author: CheckedClient
) -> None:
    with blog.app_context():
        request = messages.Request(name="Vera", email="vera@example.org", body="A project.")
        reference = messages.receive(request).reference
        claim = claims.claim([deliveries.Channel.MAIL])
        assert claim is not None
        claims.record(claim, Outcome(False, "451 <not> now"))
        db.session.execute(sa.update(Delivery).values(due_at=None))
        db.session.commit()

    page = author.get(PAGE).text
    answer = author.post(f"{PAGE}/retry", data={"csrf_token": author.token(PAGE)})

    assert reference in page and "451 &lt;not&gt; now" in page and "not delivered" in page
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert "To be tried within seconds: 2." in author.get(PAGE).text
    with blog.app_context():
        states = map(deliveries.state_of, db.session.scalars(sa.select(Delivery)))
        assert set(states) == {State.WAITING}


def test_what_was_given_up_is_forgotten_if_the_author_says_so(
    author: CheckedClient, blog: Flask
) -> None:
    with blog.app_context():
        request = messages.Request(name="Vera", email="vera@example.org", body="A project.")
        given_up, waiting = deliveries.of(messages.receive(request))
        given_up.due_at = None
        db.session.commit()
        ids = given_up.id, waiting.id
    token = author.token(PAGE)

    for number in ids:
        author.post(f"{PAGE}/{number}/dismiss", data={"csrf_token": token})

    with blog.app_context():
        assert [each.id for each in deliveries.of(messages.get(1))] == [ids[1]]


def test_readiness_tells_what_is_not_delivered_and_since_when(
    client: CheckedClient, place: Place, app: Flask
) -> None:
    place("")
    with app.app_context():
        db.session.execute(sa.text("UPDATE deliveries SET created_at = :at"), {"at": "2026-01-01"})
        db.session.commit()

    response = client.get("/readyz")

    assert response.status_code == 200 and response.json is not None
    assert response.json["undelivered"] == 1
    assert response.json["oldest_undelivered_seconds"] > 3600
