"""Messages as a table, in which nothing starts a formula, and as documents."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata

import pytest
import sqlalchemy as sa
from hypothesis import example, given
from hypothesis import strategies as st

from blogapp import messages, takeout
from blogapp.extensions import db
from blogapp.models import Delivery, DeliveryAttempt, Message

from .conftest import MakeMessage, MakePost

FORMULA = re.compile(r"[=+\-@]")
BLANK = re.compile(r"[\s\"\x00-\x20\u200b-\u200f\ufeff]+")
TEXTS = st.text(
    st.sampled_from("=+-@＝＋－＠﹣⁻;,|\t\r\n\v\x85\u2028 '\"a1\ufeff\u200b\u00a0"), max_size=30
)

core = pytest.mark.usefixtures("core")


def starts_formula(cell: str) -> bool:
    bare = unicodedata.normalize("NFKC", BLANK.sub("", cell)[:1])
    return bool(FORMULA.match(bare))


def table(text: str, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


@example("=HYPERLINK(1)", "+1")
@example("a;=1+1", '"=1')
@example("\n=1", "a\r\n-1")
@example(";;;;\t =1", "＝1")
@given(TEXTS, TEXTS)
def test_no_cell_starts_a_formula_whatever_a_program_takes_for_the_end_of_a_cell(
    one: str, other: str
) -> None:
    line = takeout._line(["reference", one, other])

    for separator in (",", ";", "\t", "|"):
        for row in table(line, separator):
            assert not any(starts_formula(cell) for cell in row), (separator, row)
    assert not any(cell[:1] in {"\t", "\r", "\n"} for cell in table(line)[0])
    for piece in re.split(r"[,;\t|\r\n]", line):  # as who knows no quotes reads it
        assert not starts_formula(piece), line


@example("Hello, - and + or = or @ in words")
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_a_cell_says_what_it_said_but_for_the_marks(text: str) -> None:
    [row] = table(takeout._line([text]))

    assert row[0].replace("'", "") == text.replace("'", "")
    if not re.search(r"[=+\-@＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋,;|\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]", text):
        assert row[0] == text


def test_a_text_of_nothing_but_ends_of_cells_costs_little() -> None:
    assert len(takeout.cell("\n;" * 50_000 + "=")) == 100_003


@pytest.fixture
def written(make_post: MakePost, make_message: MakeMessage, core: None) -> list[int]:
    """Two messages, one with all that there can be."""
    make_post("Hello", slug="hello")
    first, _ = make_message(name="=cmd()", body="Hi,\r\n\r\n“quoted”; more", post="hello")
    second, _ = make_message(name="Ürsel", email="u@example.org", body="Short.")
    message = messages.get(first)
    messages.add_line(message, "One more", key="k", network="192.0.2.99")
    messages.quarantine(message)
    delivery = Delivery(message_id=first, channel="mail", occasion="received")
    db.session.add(delivery)
    db.session.flush()
    db.session.add(DeliveryAttempt(delivery_id=delivery.id, delivered=False, answer="550 No"))
    db.session.flush()
    return [first, second]


def test_the_table_has_a_line_for_each_message_as_rfc_4180_has_it(written: list[int]) -> None:
    text = "".join(takeout.csv_of(written))

    header, first, second = table(text.removeprefix("\ufeff"))
    cells = dict(zip(header, first, strict=True))
    assert text.startswith('\ufeff"reference",') and text.endswith('"\r\n')
    assert tuple(header) == takeout.COLUMNS
    assert (cells["name"], cells["folder"], cells["text"]) == (
        *("'=cmd()", "spam"),
        "Hi,\r\n\r\n“quoted”; more",
    )
    assert cells["article"] == "Hello https://blog.example/blog/hello"
    assert cells["added later"].endswith(": One more")
    assert cells["looked like spam"] == messages.BY_HAND
    assert second[header.index("name")] == "Ürsel"


def test_the_documents_have_every_word_and_every_attempt(written: list[int]) -> None:
    first, second = json.loads("".join(takeout.json_of(written)))

    assert (first["name"], first["body"]) == ("=cmd()", "Hi,\r\n\r\n“quoted”; more")
    assert first["article"] == {"title": "Hello", "url": "https://blog.example/blog/hello"}
    assert [line["body"] for line in first["additions"]] == ["One more"]
    assert [each["answer"] for each in first["deliveries"][0]["attempts"]] == ["550 No"]
    assert (second["article"], second["additions"], second["unread"]) == (None, [], True)
    assert second["received_at"].endswith("+00:00")


@core
def test_of_no_messages_both_are_empty_and_whole() -> None:
    assert json.loads("".join(takeout.json_of([]))) == []
    assert json.loads("".join(takeout.json_of([7]))) == []
    assert len(table("".join(takeout.csv_of([])))) == 1


def test_what_is_deleted_meanwhile_is_left_out(written: list[int]) -> None:
    pieces = takeout.json_of([*written, *range(1000, 1100)])
    begun = next(pieces)
    db.session.execute(sa.delete(Message))

    assert len(json.loads(begun + "".join(pieces))) in {1, 2}
