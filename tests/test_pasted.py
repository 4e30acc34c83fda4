"""Pasted: front matter on top of a body is read, and nothing else is taken for it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapp.transfer import pasted
from blogapp.transfer.pasted import FrontMatterError, Pasted

BERLIN = ZoneInfo("Europe/Berlin")


def read(body: str) -> Pasted:
    found = pasted.front_matter(body, BERLIN)
    assert found is not None
    return found


def test_all_that_there_is_a_field_for_is_read() -> None:
    found = read(
        "---\r\ntitle: 'Sets: a tour'\r\nslug: /2026/sets/\r\ndescription: >\r\n  Two\r\n"
        "  lines\r\ntags: [Flask, SQL]\r\ndate: 2026-03-14 09:30\r\nlang: pt_BR\r\n"
        "series: Maths\r\nreadTime: 7 min\r\ndraft: true\r\nauthor: Sam\r\n---\r\n\r\n"
        "Text\r\n\r\nMore"
    )

    assert found == Pasted(
        title="Sets: a tour",
        slug="sets",
        description="Two lines",
        tags=("Flask", "SQL"),
        published_at=datetime(2026, 3, 14, 8, 30, tzinfo=UTC),
        draft=True,
        minutes=7,
        language="pt-BR",
        series="Maths",
        body="Text\n\nMore",
        notes=(),
    )


@pytest.mark.parametrize(
    "body",
    [
        '+++\ntitle = "T"\ntags = ["a"]\n+++\nText\n',
        '{"title": "T", "tags": ["a"]}\n\nText\n',
        "Title: T\nTags: a\n\nText\n",
        "title: T\ntags: a\n---\nText\n",
        "\ufeff\n---\ntitle: T\ntags: a\n...\nText\n",
    ],
)
def test_every_notation_is_read(body: str) -> None:
    found = read(body)

    assert (found.title, found.tags, found.body) == ("T", ("a",), "Text\n")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Text",
        "---\n\nText\n\n---\n",
        "---\nOne thing: another.\n---\nText",
        "Note: mind the gap: it is wide\n\nText",
        "Text\n\n---\ntitle: T\n---\n",
        "```yaml\ntitle: T\ndate: 2026-03-14\n```\nText",
        "{not json}",
        "---\nQuote: “a: b: c”\n\tand: more\n---\nText",
    ],
)
def test_what_is_no_front_matter_stays_text(body: str) -> None:
    assert pasted.front_matter(body, BERLIN) is None


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("---\ntitle: a: b\n---\n", 2),
        ("---\ntitle: T\ntags: [a\n---\n", 3),
        ("---\ntitle: T\n\nText", 1),
        ('+++\ntitle = "T"\ndraft = yes\n+++\n', 3),
    ],
)
def test_what_is_broken_is_told_with_its_line(body: str, line: int) -> None:
    with pytest.raises(FrontMatterError) as refusal:
        pasted.front_matter(body, BERLIN)

    assert refusal.value.line == line


def test_what_has_no_place_here_is_told_with_its_line() -> None:
    found = read(
        "---\ntitle: T\nmood: good\ndate: 3/4/2026\naliases: [/x]\nlang: x1\nlayout: post\n---\n"
    )

    assert [note.line for note in found.notes] == [3, 4, 5, 6]
    assert str(found.notes[0]) == "line 3: mood is not understood: good"
    assert found.published_at is None


def test_long_texts_are_read_whole_and_fast() -> None:
    body = "word " * 400_000
    began = time.thread_time()

    found = read(f"---\ntitle: T\n---\n{body}")
    seconds = time.thread_time() - began

    assert found.body == body
    assert seconds < 0.5
    with pytest.raises(FrontMatterError, match="import it"):
        pasted.front_matter("---\ntitle: T\n" + "x: y\n" * 10_000 + "---\n", BERLIN)


@given(st.text(st.sampled_from("-+{}\":=,'[] \nabtitle"), max_size=80))
def test_whatever_stands_on_top_the_text_below_it_is_kept(top: str) -> None:
    try:
        found = pasted.front_matter(f"{top}\n\nThe *end*.", BERLIN)
    except FrontMatterError:
        return

    assert found is None or found.body.endswith("The *end*.") or "The *end*" in found.title
