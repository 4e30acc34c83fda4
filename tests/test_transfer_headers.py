"""Headers in TOML, JSON and lines of Key: value: their values, their lines, their limits."""

from __future__ import annotations

import time

import pytest

from blogapp.transfer.headers import frontmatter, header


def refusal(text: str) -> frontmatter.FrontMatterError:
    with pytest.raises(frontmatter.FrontMatterError) as caught:
        frontmatter.split(text)
    return caught.value


# TOML and JSON


def test_toml_values_are_the_text_that_was_written() -> None:
    parts = frontmatter.split(
        "+++\n"
        'Title = "T"\n'
        "date = 2020-05-17\n"
        "updated = 2020-05-17T08:30:00+02:00\n"
        "version = 1.10\n"
        "weight = 7\n"
        "draft = true\n"
        'aliases = [\n  "a",\n  "b",\n]\n'
        "[taxonomies]\n"
        'Tags = ["x"]\n'
        "[extra]\n"
        "none = {}\n"
        "+++\n"
    )

    assert parts.values == {
        "title": "T",
        "date": "2020-05-17",
        "updated": "2020-05-17T08:30:00+02:00",
        "version": "1.10",
        "weight": "7",
        "draft": "true",
        "aliases": ["a", "b"],
        "taxonomies": {"tags": ["x"]},
        "extra": {"none": {}},
    }
    assert parts.lines == {
        "title": 2, "date": 3, "updated": 4, "version": 5, "weight": 6, "draft": 7,
        "aliases": 8, "taxonomies": 12, "extra": 14,
    }  # fmt: skip


def test_json_values_are_the_text_that_was_written() -> None:
    parts = frontmatter.split(
        '{\n  "Title": "a \\ud83d\\ude00",\n  "draft": false, "n": 1.10,\n'
        '  "none": null, "tags": ["x"]\n}\n\nBody\n'
    )

    assert parts.values == {
        "title": "a 😀",
        "draft": "false",
        "n": "1.10",
        "none": None,
        "tags": ["x"],
    }
    assert parts.lines == {"title": 2, "draft": 3, "n": 3, "none": 4, "tags": 4}
    assert parts.body == "\nBody\n"


def test_a_key_that_stands_twice_in_json_is_named() -> None:
    parts = frontmatter.split('{"title": "a", "title": "b", "x": {"y": 1, "y": 2}}\n')

    assert parts.values == {"title": "b", "x": {"y": "2"}}
    assert parts.repeated == ("title",)


def test_a_sign_of_toml_inside_a_text_does_not_end_it() -> None:
    parts = frontmatter.split("+++\ntitle = 'a +++ b'\n+++\none\n\n+++\n\ntwo\n")

    assert parts.values == {"title": "a +++ b"}
    assert parts.body == "one\n\n+++\n\ntwo\n"


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ("+++\ntitle = 'T'\ndate = 2021-02-30\n+++\n", 3, "not TOML: "),
        ("\n+++\ntitle = T\n+++\n", 3, "not TOML: "),
        ("+++\ntitle = 'a\n+++\n", 2, "not TOML: "),
        ("+++\ntitle = 'a'\ntitle = 'b'\n+++\n", 3, "not TOML: "),
        ("+++\na = [1,\n+++\n", 2, "not TOML: "),
        (f"+++\na = {'9' * 5000}\n+++\n", 1, "too long"),
        (f"+++\na = {'[' * 5000}\n+++\n", 1, "nested too deep"),
        (f"+++\na = {'[' * 60}{']' * 60}\n+++\n", 1, "nested more than"),
        (f"+++\na = [{'1,' * 20_000}]\n+++\n", 1, "too many values"),
        ('{\n  "title": "T"\n  "a": 1\n}\n', 3, "not JSON: "),
        ('{"title": "T", "a": ' + "[" * 90_000, 1, "nested"),
        ('{"title": "T", "a": ' + "[" * 60 + "]" * 60 + "}", 1, "nested"),
        ('{"title": "' + "a" * header.LONGEST + '"}', 1, "longer than"),
        ("---toml\na = \n---\n", 2, "not TOML: "),
        ("---json\n[1]\n---\n", 2, "not a JSON object"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, line: int, cause: str) -> None:
    started = time.process_time()

    error = refusal(text)

    assert (error.line, cause in error.cause) == (line, True), error
    assert time.process_time() - started < 2


def test_a_number_of_any_length_in_json_is_text() -> None:
    parts = frontmatter.split('{"title": 1' + "0" * 5000 + "}\n")

    assert parts.values == {"title": "1" + "0" * 5000}


# Lines of Key: value


def test_keys_in_any_case_and_values_over_several_lines() -> None:
    parts = frontmatter.split(
        "Title: A long\n"
        "    title\n"
        "DATE:   2018-03-04 10:00\n"
        "Base Header Level: 2\n"
        "tags: one,\n"
        "  two: three\n"
        "summary:\n"
        "\n"
        "Text: not a key\n"
    )

    assert parts.values == {
        "title": "A long\ntitle",
        "date": "2018-03-04 10:00",
        "base header level": "2",
        "tags": "one,\ntwo: three",
        "summary": "",
    }
    assert parts.lines["date"] == 3
    assert parts.body == "\nText: not a key\n"


def test_a_value_may_go_on_before_another_key() -> None:
    parts = frontmatter.split("title: A title\nthat goes on\ndate: 2018-03-04\n\nText\n")

    assert parts.values == {"title": "A title\nthat goes on", "date": "2018-03-04"}


def test_a_text_right_below_the_keys_is_no_value() -> None:
    parts = frontmatter.split("title: T\ndate: 2018-03-04\nThe text begins.\nNote: a word.\n")

    assert parts.values == {"title": "T", "date": "2018-03-04"}
    assert parts.body == "The text begins.\nNote: a word.\n"


def test_dots_or_dashes_may_end_the_keys() -> None:
    for end in ("...", "---"):
        parts = frontmatter.split(f"title: a: b\ndate: 2018-03-04\n{end}\nText\n")

        assert (parts.values or {})["title"] == "a: b"
        assert parts.body == "Text\n"


def test_a_key_that_stands_twice_is_named() -> None:
    parts = frontmatter.split("title: a\ntags: x\ntags: y\n\nText\n")

    assert (parts.values, parts.repeated) == ({"title": "a", "tags": "y"}, ("tags",))


@pytest.mark.parametrize(
    ("text", "is_header"),
    [
        ("Slug: t\nTitle: T\n\nText", True),
        ("Author: A\nTags: x, y\n\nText", True),
        ("Author: A\n\nText", False),
        ("Summary: what I learned.\nMore of it.\n\nText", False),
        ("Tags: x\nWarning: y\n\nText", False),
        ("TL;DR: no\nTitle: T\n\nText", False),
        ("Note: T\nDate: x\n\nText", True),
        ("- title: T\n\nText", False),
        ("title:\n\nText", True),
        ("10:30: it began\ndate: x\n", False),
    ],
)
def test_only_keys_that_are_known_make_a_header(text: str, is_header: bool) -> None:
    assert (frontmatter.split(text).values is not None) == is_header
