"""Traps: a stamp that says how old a form is, and a field that people do not see."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from blogapp import create_app
from blogapp.contact import traps
from blogapp.extensions import db
from blogapp.models import Message

from .conftest import HTMX, PAST, CheckedClient, MakeApp, browser

SITE_CSS = Path(__file__).parent.parent / "static/css/site.css"
# What browsers and password managers look for in the names and labels of fields, in the languages
# that they know; the last ones are what many a blog calls its trap.
FILLED_IN = (
    *(
        "name",
        "user",
        "login",
        "pass",
        "mail",
        "phone",
        "tel",
        "fax",
        "mobile",
        "address",
        "street",
    ),
    *("city", "town", "state", "province", "region", "county", "country", "zip", "post", "code"),
    *(
        "company",
        "business",
        "org",
        "title",
        "card",
        "cvc",
        "birth",
        "year",
        "month",
        "day",
        "sex",
    ),
    *("house", "apart", "suite", "unit", "line", "search", "query", "coupon", "amount", "account"),
    *("nome", "nom", "ort", "plz", "strasse", "land", "rue", "ville", "calle", "ciudad", "cap"),
    *(
        "website",
        "url",
        "homepage",
        "site",
        "web",
        "link",
        "comment",
        "message",
        "subject",
        "note",
    ),
)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(PAST, tick=False) as traveller:
        yield traveller


@pytest.mark.usefixtures("core")
@given(st.integers(0, 200_000))
def test_a_stamp_tells_the_age_of_its_form_to_the_millisecond(milliseconds: int) -> None:
    with time_machine.travel(PAST, tick=False) as clock:
        given = traps.stamp()
        clock.shift(timedelta(milliseconds=milliseconds))

        assert traps.age(given) == pytest.approx(milliseconds / 1000, abs=0.0011)


def test_a_stamp_is_good_for_every_worker_and_after_a_restart(app: Flask) -> None:
    with time_machine.travel(PAST, tick=False) as clock:
        with app.app_context():
            given = traps.stamp()
        clock.shift(timedelta(days=3))
        with create_app(app.config["BLOG"]).app_context():
            assert traps.age(given) == 3 * 24 * 3600


def test_a_stamp_of_another_blog_says_nothing(make_app: MakeApp) -> None:
    (one, other) = (make_app(), make_app())
    other.config["SECRET_KEY"] = "another " * 8
    with other.app_context():
        foreign = traps.stamp()

    with one.app_context():
        assert traps.age(foreign) is None


@pytest.mark.usefixtures("core")
@pytest.mark.parametrize("forged", ["", ".", "1.2", "MTAw.x", "é\0", "a" * 1_000_000])
def test_a_forged_stamp_says_nothing(forged: str) -> None:
    assert traps.age(forged) is None


@pytest.mark.usefixtures("core")
def test_a_stamp_from_a_clock_that_is_ahead_says_nothing() -> None:
    with time_machine.travel(PAST + timedelta(seconds=3), tick=False):
        given = traps.stamp()

    with time_machine.travel(PAST, tick=False):
        assert traps.age(given) is None


def test_no_browser_has_anything_to_fill_into_the_field() -> None:
    named = f"{traps.FIELD} {traps.LABEL}".casefold()

    assert [word for word in FILLED_IN if word in named] == []


def test_people_neither_see_nor_reach_the_field(client: CheckedClient) -> None:
    page = client.get("/contact").text
    css = SITE_CSS.read_text(encoding="utf-8")

    [paragraph] = re.findall(r'<p class="hollow" aria-hidden="true">.*?</p>', page, re.S)
    [field] = re.findall(r"<input[^>]*>", paragraph)
    assert f'name="{traps.FIELD}"' in field and "value" not in field.replace('value=""', "")
    assert 'tabindex="-1"' in field and 'autocomplete="off"' in field and 'type="text"' in field
    assert traps.LABEL in paragraph and "style=" not in paragraph
    assert re.search(r"\.hollow\)? \{[^}]*clip-path: inset\(50%\)", css)


def fill(client: CheckedClient, **fields: str) -> dict[str, str]:
    """Fill in the form as it was given out."""
    page = client.get("/contact").text
    tags = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    hidden = {_attribute("name", tag): _attribute("value", tag) for tag in tags}
    return hidden | {"name": "V", "email": "v@example.org", "body": "Hi."} | fields


def _attribute(name: str, tag: str) -> str:
    found = re.search(f' {name}="([^"]*)"', tag)
    return found[1] if found else ""


def stored(app: Flask) -> tuple[str, list[str]]:
    with app.app_context():
        [message] = db.session.query(Message)
        return message.folder, message.spam_reasons


@pytest.mark.parametrize(("seconds", "folder"), [(1.9, "spam"), (2, "inbox"), (200_000, "inbox")])
def test_what_is_sent_within_two_seconds_is_put_aside(
    app: Flask, client: CheckedClient, seconds: float, folder: str
) -> None:
    with time_machine.travel(PAST, tick=False) as clock:
        form = fill(client)
        clock.shift(timedelta(seconds=seconds))
        answer = client.post("/contact", data=form)

    assert answer.status_code == 303
    assert stored(app)[0] == folder


@pytest.mark.parametrize("stamp", [None, "", "forged"])
def test_a_form_without_a_good_stamp_is_taken_as_any_other(
    app: Flask, client: CheckedClient, stamp: str | None
) -> None:
    form = fill(client)
    del form["stamp"]

    answer = client.post("/contact", data=form | ({} if stamp is None else {"stamp": stamp}))

    assert answer.status_code == 303
    assert stored(app) == ("inbox", [])


def test_a_form_that_comes_back_keeps_its_stamp(app: Flask, client: CheckedClient) -> None:
    with time_machine.travel(PAST, tick=False) as clock:
        form = fill(client, email="wrong")
        clock.shift(timedelta(seconds=60))
        refused = client.post("/contact", data=form)
        clock.shift(timedelta(seconds=1))
        assert form["stamp"] in refused.text
        client.post("/contact", data=form | {"email": "v@example.org"})

    assert stored(app) == ("inbox", [])


def test_what_fills_in_the_trap_is_put_aside_and_told_so(app: Flask) -> None:
    client = browser(app)
    with time_machine.travel(PAST, tick=False) as clock:
        form = fill(client, **{traps.FIELD: "http://spam.example"})
        clock.shift(timedelta(seconds=60))
        answer = client.post("/contact", data=form, follow_redirects=True)

    assert stored(app) == ("spam", ["A field was filled in that people do not see."])
    assert "A field was filled in that people do not see." in answer.text


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=30)
@given(
    name=TEXT | st.just("Vera"),
    email=TEXT | st.just("vera@example.org"),
    body=TEXT | st.just("x" * 20_001),
    trap=st.sampled_from(["", "x"]),
    network=st.sampled_from(["192.0.2.1", "198.51.100.1"]),
    headers=st.sampled_from([{}, HTMX]),
    wait=st.sampled_from([0, 5, 400]),
)
def test_whatever_is_sent_is_stored_or_comes_back_with_every_word(
    app: Flask,
    clock: time_machine.Traveller,
    name: str,
    email: str,
    body: str,
    trap: str,
    network: str,
    headers: dict[str, str],
    wait: int,
) -> None:
    client = browser(app, checked=False)
    form = fill(client, name=name, email=email, body=body, hollow=trap)
    clock.shift(timedelta(seconds=wait))

    answer = client.post(
        "/contact", data=form, headers=headers, environ_overrides={"REMOTE_ADDR": network}
    )

    sent = [text.replace("\0", "").strip() for text in (name, email, body)]
    if answer.status_code == 303:
        with app.app_context():
            kept = db.session.query(Message.name, Message.email, Message.body)
            assert tuple(sent) in {tuple(row) for row in kept}
    else:
        assert answer.status_code in {422, 429}
        assert all(text in html.unescape(answer.text) for text in sent)
