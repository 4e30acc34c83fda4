"""Front matter: what is taken off a text's top, what is refused, and how dates are read."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blogapp.transfer import frontmatter

BERLIN = ZoneInfo("Europe/Berlin")


def refusal(text: str) -> frontmatter.FrontMatterError:
    with pytest.raises(frontmatter.FrontMatterError) as caught:
        frontmatter.split(text)
    return caught.value


def test_front_matter_is_taken_off_the_text() -> None:
    parts = frontmatter.split("---\ntitle: Hello\ntags: [a, b]\n---\n\n  Text\n")

    assert parts.values == {"title": "Hello", "tags": ["a", "b"]}
    assert parts.body == "\n  Text\n"
    assert parts.lines == {"title": 2, "tags": 3}


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff---\ntitle: T\n---\nBody\n",
        "---\r\ntitle: T\r\n---\r\nBody\r\n",
        "\n \n---\ntitle: T\n---\nBody\n",
        "---  \ntitle: T\n---\t\nBody\n",
        "---\ntitle: T\n...\nBody\n",
    ],
)
def test_a_bom_crlf_blank_lines_and_dots_are_tolerated(text: str) -> None:
    parts = frontmatter.split(text)

    assert parts.values == {"title": "T"}
    assert parts.body == "Body\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Heading\n",
        "---\n\nA rule on top, and no other.\n",
        "----\ntitle: T\n----\n",
        "Text\n---\ntitle: T\n---\n",
        " ---\ntitle: T\n---\n",
        "+++\ntitle = 'T'\n+++\n",
    ],
)
def test_a_text_without_front_matter_stays_whole(text: str) -> None:
    assert frontmatter.split(text)[:2] == (None, text)


def test_a_rule_in_the_text_does_not_end_it() -> None:
    parts = frontmatter.split("---\ntitle: T\n---\none\n\n---\n\nkey: two\n\n---\nthree\n")

    assert parts.values == {"title": "T"}
    assert parts.body == "one\n\n---\n\nkey: two\n\n---\nthree\n"


def test_a_line_of_dashes_inside_a_value_does_not_end_it() -> None:
    parts = frontmatter.split("---\ntitle: a --- b\nnote: |\n  x\n  ---\n  y\n---\n")

    assert parts.values == {"title": "a --- b", "note": "x\n---\ny\n"}


def test_empty_front_matter_is_not_none() -> None:
    assert frontmatter.split("---\n---\nText").values == {}
    assert frontmatter.split("---\n# a comment\n---\nText").values == {}


def test_keys_are_lowered() -> None:
    assert frontmatter.split("---\nTitle: T\nPubDate: x\n---\n").values == {
        "title": "T",
        "pubdate": "x",
    }


def test_values_stay_as_they_are_written() -> None:
    parts = frontmatter.split(
        "---\nversion: 1.10\nlesson: 007\ndate: 2013-04-13\ntime: 8:30\nold: yes\n---\n"
    )

    assert parts.values == {
        "version": "1.10",
        "lesson": "007",
        "date": "2013-04-13",
        "time": "8:30",
        "old": "yes",
    }


def test_nothing_is_none_unless_it_is_quoted() -> None:
    parts = frontmatter.split('---\na:\nb: ~\nc: null\nd: ""\ne: "null"\nf: [x, ~]\n---\n')

    assert parts.values == {
        "a": None,
        "b": None,
        "c": None,
        "d": "",
        "e": "null",
        "f": ["x", None],
    }


def test_a_repeated_key_is_named_and_its_last_value_counts() -> None:
    parts = frontmatter.split("---\ntag: one\nTag: two\n---\n")

    assert parts.values == {"tag": "two"}
    assert parts.repeated == ("tag",)
    assert parts.lines == {"tag": 3}


def test_python_tags_make_no_objects() -> None:
    parts = frontmatter.split("---\na: !!python/object/apply:os.getcwd []\nb: !x y\n---\n")

    assert parts.values == {"a": [], "b": "y"}


def test_json_escapes_become_whole_characters() -> None:
    parts = frontmatter.split('---\na: "\\ud83d\\ude00"\nb: "x\\ud800y"\nc: "x\\0y"\n---\n')

    assert parts.values == {"a": "😀", "b": "x\ufffdy", "c": "xy"}


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ("---\ntitle: One: two\n---\n", 2, "colon"),
        ("\n\n---\na: b\ntitle: One: two\n---\n", 5, "colon"),
        ("---\r\na: b\r\ntitle: One: two\r\n---\r\n", 3, "colon"),
        ("---\na: b\ntitle: 'It's'\nc: d\n---\n", 3, "closing quote"),
        ("---\na: b\ntitle: 'open\nc: d\n---\n", 3, "never closed"),
        ("---\na: b\n\tc: d\n---\n", 3, "tab"),
        ("---\na: b\ntitle: @home\n---\n", 3, "quotes"),
        ("---\na: b\ntitle: *home\n---\n", 3, "quotes"),
        ("---\na: b\nprose\n\nmore prose\n---\n", 3, "---"),
        ("---\na: b\nc: \x07\n---\n", 3, "character"),
        ('---\na: "\\U00110000"\n---\n', 1, "not YAML"),
        ("---\na: [b\n---\n", 2, "never closed"),
        ("---\ntitle: T\n\nText\n", 1, "never ends"),
        ("---\n\njust text\n---\n", 3, "not front matter"),
        ("---\n- a\n- b\n---\n", 2, "not front matter"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, line: int, cause: str) -> None:
    error = refusal(text)

    assert error.line == line
    assert cause in str(error)
    assert str(error).startswith(f"line {line}: ")


def laughs() -> str:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]")
    return "\n".join(lines)


@pytest.mark.parametrize(
    "yaml",
    [
        laughs(),
        "a: &a [*a]",
        "a: " + "[" * 50_000,
        "- " * 50_000,
        "\n".join(" " * depth + "a:" for depth in range(400)),
        "a: [" + "x," * 30_000 + "x]",
        "a: " + "b" * (frontmatter.LONGEST + 1),
    ],
)
def test_what_would_take_long_is_refused_at_once(yaml: str) -> None:
    started = time.process_time()

    refusal(f"---\n{yaml}\n---\n")

    assert time.process_time() - started < 4


def test_an_alias_that_repeats_little_is_followed() -> None:
    parts = frontmatter.split("---\na: &x [one]\nb: *x\n---\n")

    assert parts.values == {"a": ["one"], "b": ["one"]}


@settings(deadline=None)
@given(st.text())
def test_any_text_is_split_or_refused(text: str) -> None:
    for whole in (text, f"---\n{text}\n---\nbody", f"---\na: {text}\n---\nbody"):
        try:
            parts = frontmatter.split(whole)
        except frontmatter.FrontMatterError as error:
            assert 1 <= error.line <= whole.count("\n") + 1
        else:
            assert whole.replace("\r\n", "\n").endswith(parts.body)


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2019-11-06", "2019-11-05T23:00"),
        ("2019-7-6", "2019-07-05T22:00"),
        ("2019/11/06", "2019-11-05T23:00"),
        ("20191106", "2019-11-05T23:00"),
        ("06.11.2019", "2019-11-05T23:00"),
        ("2019年11月6日", "2019-11-05T23:00"),
        ("November 6, 2019", "2019-11-05T23:00"),
        ("6th Nov 2019", "2019-11-05T23:00"),
        ("2019-11-06 8:30", "2019-11-06T07:30"),
        ("2019-11-06T08:30:15", "2019-11-06T07:30:15"),
        ("2019-11-06 08:30 PM", "2019-11-06T19:30"),
        ("2019-11-06 12:05 a.m.", "2019-11-05T23:05"),
        ("2013-04-13 00:39:32.000000000 +09:00", "2013-04-12T15:39:32"),
        ("2013-09-06 22:02:41 -0400", "2013-09-07T02:02:41"),
        ("2023-05-01T8:09:26-07:00", "2023-05-01T15:09:26"),
        ("2025-07-28T10:00:00.125Z", "2025-07-28T10:00:00.125"),
        ("2025-07-28 10:00 UTC", "2025-07-28T10:00"),
        ("2025-07-28 10:00:00 +0530", "2025-07-28T04:30"),
        ("2025-07-28 10:00:00 +2", "2025-07-28T08:00"),
        ("2012-08-13 12:00:00 EST", "2012-08-13T17:00"),
        ("Wed, 02 Oct 2002 13:00:00 GMT", "2002-10-02T13:00"),
        ("Sun Jan 05 2020 10:00:00 GMT+0100 (CET)", "2020-01-05T09:00"),
        (" 2019-11-06\n 10:00 ", "2019-11-06T09:00"),
    ],
)
def test_a_date_is_read_as_bloggers_write_it(written: str, utc: str) -> None:
    assert frontmatter.moment(written, BERLIN) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_time_that_the_clock_skips_moves_forward() -> None:
    skipped = frontmatter.moment("2021-03-28 02:30", BERLIN)

    assert skipped.astimezone(BERLIN).isoformat() == "2021-03-28T03:30:00+02:00"


def test_of_a_time_that_happens_twice_the_first_is_meant() -> None:
    assert frontmatter.moment("2021-10-31 02:30", BERLIN).hour == 0


@pytest.mark.parametrize(
    ("written", "cause"),
    [
        ("2021-02-29", "“2021-02-29” does not exist"),
        ("2021-13-01", "does not exist"),
        ("2021-01-01 24:30", "does not exist"),
        ("2021-01-01 13:00 PM", "does not exist"),
        ("0001-01-01T00:00:00Z", "does not exist"),
        ("9999-12-31 23:59 -1200", "does not exist"),
        ("04/05/2013", "two different days"),
        ("2021-01-01 10:00 +2500", "offset"),
        ("2021-01-01 10:00 XYZ", "offset"),
        ("soon", "“soon” is not a date"),
        ("2021-01", "not a date"),
        ("2021-01-01 and more", "not a date"),
        ("2021-01-011", "not a date"),
        ("", "not a date"),
        (None, "not a date"),
        (["2021-01-01"], "not a date"),
    ],
)
def test_what_is_no_date_is_refused_with_the_cause(written: object, cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        frontmatter.moment(written, BERLIN)


@settings(deadline=None)
@given(
    st.one_of(st.text(), st.datetimes().map(str), st.from_regex(r"\d{4}-\d\d-\d\dT\d+:\d+ .{5}"))
)
def test_any_text_is_a_moment_in_utc_or_refused(text: str) -> None:
    try:
        found = frontmatter.moment(text, BERLIN)
    except ValueError:
        return

    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("written", "meaning"),
    [("true", True), ("Yes", True), ("off", False), ("0", False), ("maybe", None), (None, None)],
)
def test_a_switch_is_on_off_or_neither(written: object, meaning: bool | None) -> None:
    assert frontmatter.switch(written) is meaning
