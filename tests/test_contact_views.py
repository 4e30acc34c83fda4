"""Contact: the form, the message, and what became of it; as browser and as htmx."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from blogapp import posts, texts, throttling
from blogapp.contact import traps
from blogapp.extensions import db
from blogapp.models import Attempt, Message

from .conftest import HTMX, CheckedClient, MakePost, browser
from .pages import fields_of

WORDS = {
    "name": "Vera Ö",
    "email": "vera@example.org",
    "body": "A project.\r\n\r\nTwo <lines> & more.",
}

ONE_IN_TEN_MINUTES = throttling.Quota(1, timedelta(minutes=10))

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
    assert re.fullmatch(r"/r/[\w-]{43}", response.location)
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
        ("name", "\u200b\u3000\u202e", "What should I call you?"),
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


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("山田\u3000太郎", "山田 太郎"),
        ("Jean\u00a0Dupont", "Jean Dupont"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("\u202aVera\u202c \u2067Ö\u2069", "Vera Ö"),
        ("👩\u200d💻 Ada", "👩\u200d💻 Ada"),
    ],
)
def test_real_names_are_taken(app: Flask, client: CheckedClient, typed: str, kept: str) -> None:
    form = WORDS | {"name": typed, "csrf_token": client.token()}

    assert client.post("/contact", data=form).status_code == 303
    assert stored(app)[0].name == kept


@as_both
@pytest.mark.parametrize("token", ["", "stale"])
def test_a_stale_form_comes_back_with_every_word_and_can_be_sent_again(
    app: Flask, client: CheckedClient, headers: dict[str, str], token: str
) -> None:
    response = client.post("/contact", data=WORDS | {"csrf_token": token}, headers=headers)

    assert response.status_code == 422
    assert "was open for too long" in alert(response)
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


@as_both
def test_what_is_sent_twice_is_one_message_at_one_address(
    app: Flask, client: CheckedClient, headers: dict[str, str]
) -> None:
    form = fields_of(client.get("/contact").text) | WORDS

    first, again = (client.post("/contact", data=form, headers=headers) for _ in range(2))

    assert (first.status_code, first.location) == (again.status_code, again.location)
    assert len(stored(app)) == 1


def test_who_goes_back_without_scripts_and_sends_again_sends_one_message(
    app: Flask, client: CheckedClient
) -> None:
    sent = [
        client.post("/contact", data=fields_of(client.get("/contact").text) | WORDS)
        for _ in range(2)
    ]

    assert sent[0].location == sent[1].location
    assert len(stored(app)) == 1
    other = fields_of(client.get("/contact").text) | WORDS | {"body": "Something else."}
    assert client.post("/contact", data=other).location != sent[0].location


def test_the_key_of_a_visitor_is_another_one_the_next_day(client: CheckedClient) -> None:
    with time_machine.travel(datetime(2026, 5, 1, tzinfo=UTC), tick=False) as clock:
        keys = [fields_of(client.get("/contact").text)["key"] for _ in range(2)]
        clock.shift(timedelta(days=1))
        keys.append(fields_of(client.get("/contact").text)["key"])

    assert keys[0] == keys[1] != keys[2]


def test_the_same_words_are_told_to_be_there_and_an_hour_later_they_are_another_message(
    app: Flask, client: CheckedClient
) -> None:
    receipts, opened = [], []
    with time_machine.travel(datetime(2026, 5, 1, 12, 3, tzinfo=UTC), tick=False) as clock:
        for minutes in (0, 59, 1):
            clock.shift(timedelta(minutes=minutes))
            opened.append(fields_of(client.get("/contact").text) | WORDS)
            sent = client.post("/contact", data=opened[-1])
            receipts.append(client.get(sent.location).text)
        kept = client.post("/contact", data=opened[0])  # out of a browser, say: the same form
        receipts.append(client.get(kept.location).text)

    told = ["This is here already, since 1 May 2026, 12:03 UTC." in page for page in receipts]
    assert told == [False, True, False, True]
    assert len(stored(app)) == 2


def test_two_who_got_the_same_page_out_of_a_cache_both_arrive(app: Flask) -> None:
    cached = fields_of(browser(app).get("/contact").text)
    receipts = []

    for name in ("Vera", "Boris"):
        visitor = browser(app)
        refused = visitor.post("/contact", data=cached | WORDS | {"name": name})
        assert refused.status_code == 422
        again = visitor.post("/contact", data=fields_of(refused.text))
        receipts.append(again.location)

    assert [message.name for message in stored(app)] == ["Vera", "Boris"]
    assert len(set(receipts)) == 2


@as_both
def test_a_browser_without_cookies_is_believed_at_the_second_click(
    app: Flask, headers: dict[str, str]
) -> None:
    def send(form: dict[str, str], **more: str) -> TestResponse:
        return browser(app).post("/contact", data=form, headers=headers | more)

    refused = send(fields_of(browser(app).get("/contact").text) | WORDS)
    back = fields_of(refused.text)

    assert refused.status_code == 422
    assert send(back, **{"Sec-Fetch-Site": "cross-site"}).status_code == 422
    assert send(back | {"key": "another"}).status_code == 422
    assert send(back | {"came_back": "forged"}).status_code == 422
    assert stored(app) == []
    assert send(back).status_code == 303
    assert len(stored(app)) == 1


# What a browser says of the page that sends a form, if it is one of ours and cookies are blocked;
# then what others' pages make it say.
OURS = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "", "Origin": "https://blog.example"},
    {"Sec-Fetch-Site": "", "Origin": "null"},
    {"Sec-Fetch-Site": ""},
]
OTHERS = [
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://shop.blog.example"},
    {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "", "Referer": "https://evil.example/"},
]


@pytest.mark.parametrize("said", [*OURS, *OTHERS])
def test_a_form_that_came_back_is_believed_unless_another_site_sends_it(
    app: Flask, said: dict[str, str]
) -> None:
    sent = WORDS | {"csrf_token": "lost"}
    back = fields_of(browser(app).post("/contact", data=sent, headers=said).text)

    again = browser(app).post("/contact", data=back, headers=said)

    assert again.status_code == (303 if said in OURS else 422)
    if said.get("Origin") == "null":  # no page that hides takes the author's cookie
        assert "Set-Cookie" not in again.headers
    assert browser(app).post("/contact", data=back, headers={}).status_code == 303


def test_the_proof_that_a_form_came_back_is_good_for_a_day(app: Flask) -> None:
    with time_machine.travel(datetime(2026, 5, 1, tzinfo=UTC), tick=False) as clock:
        refused = browser(app).post("/contact", data=WORDS | {"csrf_token": "lost"})
        clock.shift(timedelta(days=1, seconds=1))

        late = browser(app).post("/contact", data=fields_of(refused.text))

        assert (late.status_code, len(stored(app))) == (422, 0)
        assert browser(app).post("/contact", data=fields_of(late.text)).status_code == 303


def test_who_goes_back_and_sends_at_once_is_no_machine(app: Flask, client: CheckedClient) -> None:
    with time_machine.travel(datetime(2026, 5, 1, tzinfo=UTC), tick=False) as clock:
        client.get("/contact")
        clock.shift(timedelta(seconds=60))
        form = fields_of(client.get("/contact").text) | WORDS
        client.post("/contact", data=form)
        machine = browser(app)
        quick = fields_of(machine.get("/contact").text) | WORDS | {"body": "Quick."}
        machine.post("/contact", data=quick)

    assert [message.folder for message in stored(app)] == ["inbox", "spam"]


def test_the_bare_form_alone_may_be_found(client: CheckedClient, make_post: MakePost) -> None:
    make_post("Hello")

    assert "X-Robots-Tag" not in client.get("/contact").headers
    for page in (client.get("/contact?post=hello"), client.post("/contact", data=WORDS)):
        assert page.headers["X-Robots-Tag"] == "noindex"


@as_both
def test_too_many_requests_give_the_form_back_and_say_when(
    app: Flask,
    client: CheckedClient,
    headers: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(throttling, "FROM_NETWORK", (ONE_IN_TEN_MINUTES,))
    with time_machine.travel(datetime(2026, 5, 1, tzinfo=UTC), tick=False) as clock:
        form = fields_of(client.get("/contact").text) | WORDS
        client.post("/contact", data=form)

        refused = client.post("/contact", data=form | {"body": "Another."}, headers=headers)

        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == "600"
        assert "Try again in 10 minutes. Everything you wrote is still here." in alert(refused)
        back = fields_of(refused.text)
        assert (back["body"], back["key"], back["stamp"]) == (
            *("Another.", form["key"], form["stamp"]),
        )
        clock.shift(timedelta(seconds=600))
        assert client.post("/contact", data=back, headers=headers).status_code == 303
    assert len(stored(app)) == 2


FAILURES = {
    "locked": (
        sa.exc.OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked")),
        503,
        "Too much is being written",
    ),
    "full": (
        sa.exc.OperationalError("INSERT", {}, sqlite3.OperationalError("disk is full")),
        503,
        "The disk is full",
    ),
    "a surprise": (ValueError("nobody thought of that"), 500, "Something broke on our side"),
}


@as_both
@pytest.mark.parametrize("failure", FAILURES)
def test_whatever_fails_the_form_comes_back_and_one_more_click_sends_it(
    app: Flask,
    client: CheckedClient,
    make_post: MakePost,
    headers: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    failure: str,
) -> None:
    make_post("Hello")
    error, status, said = FAILURES[failure]
    app.testing = False
    form = fields_of(client.get("/contact?post=hello").text) | WORDS
    with monkeypatch.context() as broken:
        broken.setattr(db.session, "commit", raiser(error))
        refused = client.post("/contact", data=form, headers=headers)

    assert refused.status_code == status
    assert said in alert(refused) and "Everything you wrote is still here." in alert(refused)
    assert ("Retry-After" in refused.headers) is (status == 503)
    assert 'about <a href="/blog/hello"' in refused.text
    back = fields_of(refused.text)
    assert back["body"] == WORDS["body"].replace("\r\n", "\n")
    assert stored(app) == []

    again = client.post("/contact", data=back, headers=headers)
    assert (again.status_code, len(stored(app))) == (303, 1)


def test_a_database_that_is_really_locked_gives_the_form_back(
    app: Flask, client: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = fields_of(client.get("/contact").text) | WORDS
    holder = sqlite3.connect(app.config["BLOG"].instance / "blog.db")
    holder.execute("BEGIN IMMEDIATE")
    with app.app_context():
        impatient = db.engine.connect()
    impatient.exec_driver_sql("PRAGMA busy_timeout = 0")
    impatient.close()  # into the pool, from which the request takes it

    refused = client.post("/contact", data=form)
    holder.rollback()
    holder.close()

    assert refused.status_code == 503
    assert client.post("/contact", data=fields_of(refused.text)).status_code == 303


def test_a_database_that_is_gone_gives_the_form_back(
    app: Flask, client: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = sa.exc.OperationalError("SELECT", {}, ConnectionRefusedError("refused"))
    form = fields_of(client.get("/contact").text) | WORDS | {"post": "hello"}
    with monkeypatch.context() as gone:
        for name in ("scalar", "execute", "connection"):
            gone.setattr(db.session, name, raiser(error))
        opened = client.get("/contact?post=hello")
        refused = client.post("/contact", data=form)

    assert opened.status_code == 200
    assert (refused.status_code, "does not answer" in alert(refused)) == (503, True)
    back = fields_of(refused.text)
    assert (back["post"], back["name"]) == ("hello", WORDS["name"])


def raiser(error: Exception) -> Callable[..., None]:
    """Something that fails whenever it is called."""

    def fail(*_args: object, **_options: object) -> None:
        raise error

    return fail


def alert(response: TestResponse) -> str:
    """What an answer says at once, at the top of its form."""
    found = re.search(r'<p class="notice" role="alert"[^>]*>([^<]+)</p>', response.text)
    assert found is not None
    assert found.start() < response.text.index('id="field-name"')
    return found[1]


def test_no_answer_holds_the_words_of_somebody_else(app: Flask, client: CheckedClient) -> None:
    other = browser(app)
    form = fields_of(client.get("/contact").text) | WORDS
    client.post("/contact", data=form | {"csrf_token": ""})
    client.post("/contact", data=form)

    for answer in (other.get("/contact"), other.post("/contact", data={"csrf_token": ""})):
        assert not any(word in answer.text for word in ("Vera", "vera@", "Two &lt;"))


def test_the_trap_and_the_time_go_along(app: Flask, client: CheckedClient) -> None:
    form = fields_of(client.get("/contact").text) | WORDS

    client.post("/contact", data=form)
    client.post("/contact", data=form | {"stamp": "", "body": "Later.", traps.FIELD: "x"})

    quick, trapped = stored(app)
    assert any("seconds after" in reason for reason in quick.spam_reasons)
    assert not any("seconds after" in reason for reason in trapped.spam_reasons)
    assert any("people do not see" in reason for reason in trapped.spam_reasons)


@given(st.text(max_size=300))
@settings(max_examples=40)
def test_no_name_that_is_taken_could_break_a_header(app: Flask, name: str) -> None:
    with app.app_context():
        db.session.execute(sa.delete(Attempt))
        db.session.commit()
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
