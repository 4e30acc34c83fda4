"""Spam: what puts a message aside, what does not, and that it is kept in any case."""

from __future__ import annotations

from datetime import timedelta
from time import process_time
from typing import Any

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from blogapp import messages, spam, spam_words
from blogapp.extensions import db
from blogapp.messages import Folder, Request
from blogapp.models import Message

from .conftest import PAST, MakeMessage

pytestmark = pytest.mark.usefixtures("core")
LINKS = "www.a.example " * 5
LONG = "We would like to talk about a project of ours."


def request(**given: Any) -> Request:
    words: dict[str, Any] = {"name": "Vera", "email": "vera@example.org", "body": "A project."}
    return Request(**(words | given))


def test_an_ordinary_message_has_nothing_against_it() -> None:
    assert spam.reasons(request(seconds=40.0)) == []


def test_every_reason_is_said_at_once() -> None:
    spam_words.save("casino", begun_from="")
    links = " ".join(f"https://{number}.example" for number in range(5))

    said = spam.reasons(request(body=f"Casino! {links}", trap="x", seconds=0.44))

    assert said == [
        "A field was filled in that people do not see.",
        "It was sent 0.4 seconds after the form was opened.",
        "It holds 5 links.",
        "The filter looks for “casino”.",
    ]


@pytest.mark.parametrize("seconds", [None, 2.0, 3.0, 1e9])
def test_who_took_two_seconds_or_nobody_knows_how_long_is_not_put_aside(
    seconds: float | None,
) -> None:
    assert spam.reasons(request(seconds=seconds)) == []


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("https://a.example http://b.example www.c.example ftp://d.example", 0),
        ("https://www.a.example " * 4, 0),
        ("see https://a.example, (https://b.example) <https://c.example> www.d.example", 0),
        ("https://a.example\n" * 5, 5),
        ("HTTPS://A.example " * 5, 5),
        ("[url=https://a.example]a[/url] " * 6, 6),
        ('<a href="https://a.example">a</a>' * 7, 7),
        ("http：／／a.example " * 5, 5),
        ("www. is www. and :// is ://" * 5, 0),
        ("std::vector e.g. a://" * 5, 0),
    ],
)
def test_five_links_are_many(text: str, links: int) -> None:
    said = spam.reasons(request(body=text))

    assert said == ([f"It holds {links} links."] if links else [])


# Repeats


def repeat(make_message: MakeMessage, **given: Any) -> list[str]:
    """Send the long text once more; returns what speaks against it."""
    number, _ = make_message(
        **({"body": LONG, "key": str(db.session.query(Message).count())} | given)
    )
    return messages.get(number).spam_reasons


def test_the_same_words_from_another_sender_are_put_aside(make_message: MakeMessage) -> None:
    repeat(make_message)

    said = repeat(
        make_message, name="Kim", email="kim@example.org", body=LONG.upper().replace(" ", "\n")
    )

    assert said == ["The same words came from another sender within 7 days."]


MENDED = {"email": "vera@example.com", "name": "Vera (Bakery)"}


@pytest.mark.parametrize(
    "again", [{"email": "vera@example.com"}, {"name": "VÉRA M."}, MENDED | {"key": "form"}]
)
def test_who_mends_name_or_address_and_sends_again_is_not_put_aside(
    make_message: MakeMessage, again: dict[str, str]
) -> None:
    repeat(make_message, key="form")

    assert repeat(make_message, **again) == []


def test_another_form_without_a_name_in_common_is_another_sender(
    make_message: MakeMessage,
) -> None:
    repeat(make_message, key="form")

    assert repeat(make_message, **MENDED | {"key": "other"}) != []


def test_the_third_time_in_seven_days_is_put_aside(make_message: MakeMessage) -> None:
    with time_machine.travel(PAST, tick=False) as clock:
        assert repeat(make_message) == []
        clock.shift(timedelta(days=3))
        assert repeat(make_message) == []
        clock.shift(timedelta(days=3))
        assert repeat(make_message) == ["The same words came 3 times within 7 days."]
        clock.shift(timedelta(days=5))
        assert repeat(make_message) == []  # the first two are too long ago


def test_a_few_words_may_come_from_many(make_message: MakeMessage) -> None:
    for number in range(5):
        assert (
            repeat(make_message, name=f"N{number}", email=f"{number}@e.example", body="Hello!")
            == []
        )


def test_what_was_taken_back_is_no_repeat(make_message: MakeMessage) -> None:
    number, _ = make_message(body=LONG)
    messages.withdraw(messages.get(number))
    db.session.commit()

    assert repeat(make_message, name="Kim", email="kim@example.org") == []


# Who is known


def put_aside(make_message: MakeMessage, **given: Any) -> Message:
    number, _ = make_message(**({"body": LINKS} | given))
    return messages.get(number)


def test_whom_the_author_has_answered_may_send_links_and_words(make_message: MakeMessage) -> None:
    spam_words.save("casino", begun_from="")
    db.session.commit()
    number, _ = make_message()
    messages.mark_answered(messages.get(number))
    db.session.commit()

    assert put_aside(make_message, email="Vera@Example.org", name="A casino").spam_reasons == []
    assert put_aside(make_message, email="kim@example.org").folder == Folder.SPAM


def test_whom_the_author_has_released_is_not_put_aside_again(make_message: MakeMessage) -> None:
    first = put_aside(make_message)
    assert put_aside(make_message, body=f"{LINKS} more").folder == Folder.SPAM

    messages.release(first)
    db.session.commit()

    assert put_aside(make_message, body=f"{LINKS} again").folder == Folder.INBOX


def test_a_message_that_nothing_spoke_against_makes_nobody_known(
    make_message: MakeMessage,
) -> None:
    make_message()

    assert put_aside(make_message).folder == Folder.SPAM


def test_a_machine_is_one_whoever_it_says_it_is(make_message: MakeMessage) -> None:
    number, _ = make_message()
    messages.mark_answered(messages.get(number))
    db.session.commit()

    assert put_aside(make_message, body="Hi.", trap="x").folder == Folder.SPAM


# Nothing is lost


@pytest.fixture
def listed() -> None:
    spam_words.save("casino\n1\n字", begun_from="")
    db.session.commit()


@settings(max_examples=20)
@given(
    body=st.text(min_size=1, max_size=200),
    name=st.text(min_size=1, max_size=20),
    trap=st.sampled_from(["", "x"]),
    seconds=st.none() | st.floats(0, 5),
)
def test_whatever_is_sent_is_stored_with_its_words_and_aside_only_with_a_reason(
    listed: None, body: str, name: str, trap: str, seconds: float | None
) -> None:
    message = messages.receive(request(body=body, name=name, trap=trap, seconds=seconds))

    assert (message.body, message.name) == (body, name)
    assert (message.folder == Folder.SPAM) == bool(message.spam_reasons)
    assert trap == "" or message.spam_reasons
    db.session.rollback()


def test_a_long_text_and_a_thousand_words_cost_little() -> None:
    longest = [f"{'a ' * (1 + number % 40)}{chr(0x400 + number)}" for number in range(1000)]
    spam_words.save("\n".join(longest), begun_from="")
    texts = ["a ", "a", "字", "e\u0301", "aa://", "www.", "$", "[url"]

    began = process_time()
    for text in texts:
        assert spam.reasons(request(body=(text * 20_000)[:20_000])) is not None

    assert process_time() - began < 4  # some 0.4 s; looking for each word would take a minute
