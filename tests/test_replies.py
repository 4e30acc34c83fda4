"""Replies: an address for mail programs, whose words are quoted as far as they go."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blogapp import replies
from blogapp.models import Message, Post

AT = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("core")


def message(body: str = "A project.", name: str = "Vera", title: str | None = None) -> Message:
    post = Post(title=title) if title else None
    words = {"name": name, "email": "vera+x@example.org", "body": body}
    return Message(reference="QQ23-4567", received_at=AT, post=post, **words)


def read(address: str) -> tuple[str, str, str]:
    """The receiver, subject and text that a mail program takes from an address (RFC 6068)."""
    parts = urlsplit(address)
    fields = parse_qs(parts.query.replace("+", "%2B"), keep_blank_values=True)
    return unquote(parts.path), fields["subject"][0], fields.get("body", [""])[0]


def test_an_answer_names_the_article_and_the_reference_and_quotes_the_words() -> None:
    to, subject, body = read(replies.mailto(message("Hi & bye?\n\n1 + 1 = 2", title="A & B #1")))

    assert (to, subject) == ("vera+x@example.org", "Re: A & B #1 [QQ23-4567]")
    assert body == (
        "\r\n\r\nOn 14 March 2026, 09:30 (UTC), Vera wrote:\r\n> Hi & bye?\r\n> \r\n> 1 + 1 = 2"
    )


def test_without_an_article_it_is_about_the_blog() -> None:
    assert read(replies.mailto(message()))[1] == "Re: blog [QQ23-4567]"


@example("word " * 5000, "x", None)
@example("слово " * 500, "Ж" * 100, "Ж" * 300)
@example("漢" * 20_000, "漢", None)
@example("\n" * 20_000 + "x", "x", None)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=3000),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100),
    st.none() | st.text("aЖ漢 &?#\n", min_size=1, max_size=300),
)
def test_an_address_is_one_that_mail_programs_take(
    body: str, name: str, title: str | None
) -> None:
    address = replies.mailto(message(body, name, title))

    assert len(address) <= replies.MAX_ADDRESS
    assert address.isascii() and not any(character in address for character in ' \r\n"<>')
    to, subject, _ = read(address)
    assert to == "vera+x@example.org"
    assert subject.endswith("[QQ23-4567]")
    assert "%0D%0A" not in address.partition("&body=")[0].upper()


def test_what_is_too_long_ends_behind_a_word_with_a_mark() -> None:
    _, _, body = read(replies.mailto(message("\n".join(["some words of it"] * 300))))

    lines = body.split("\r\n")
    assert lines[-1] == f"> {replies.CUT}"
    assert lines[-2] in {"> some", "> some words", "> some words of", "> some words of it"}
    assert len(lines) > 30
