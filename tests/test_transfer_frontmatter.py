"""Front matter: what is taken off a text's top in every notation, and what is refused."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blogapp.transfer.headers import frontmatter, header, yaml_header
from blogapp.transfer.headers.header import FrontMatterError

YAML = [
    *(
        "title: ",
        "a: b",
        "tags:",
        "- x",
        "  - y",
        "[a, b]",
        "{a: b}",
        '"q"',
        "'it''s'",
        "\n",
        "\n  ",
    ),
    *(
        "\n- ",
        ": ",
        " #c",
        "|\n  x\n y",
        ">-\n  a\n\n  b",
        "&a ",
        "*a",
        "!t ",
        "~",
        "null",
        "1.10",
    ),
    *(
        "é",
        "😀",
        "\\",
        '"\\u00e9"',
        '"\\x',
        "@",
        "`",
        "%",
        "---",
        "<<: *a",
        "\t",
        "\x85",
        "\0",
        "|#c",
    ),
    *("- - - a", "[", "]", "{", "}", ",", "''", "\ufeff", "a:b", "http://x:1", 'x: "a\n b"'),
]  # a ? in brackets is not here: the fast one knows that it may stand there


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
        "---\n\nA text between two rules.\n\n---\n",
        "---\n- a\n- b\n---\n",
        "---\nNote: this is a text\nand goes on.\n---\n",
        "---\n# Heading\n\nText\n\n---\n",
        "+++\n\nA line of signs on top.\n\n+++\n",
        "Note: this is how it works.\nIt goes on.\n\nText\n",
        "Note: one\nWarning: two\n\nText\n",
        "https://example.com: a place\n\nText\n",
        '{"a": 1}\n\nText\n',
        "{% include x %}\n\nText\n",
        "```yaml\nservices:\n  web: 1\n```\nText\n",
        "```\ntitle: x\n",
    ],
)
def test_a_text_without_front_matter_stays_whole(text: str) -> None:
    parts = frontmatter.split(text)

    assert (parts.values, parts.body, parts.body_line, parts.notation) == (None, text, 1, "")


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
        ("---\ntitle: b\nprose\n\nmore prose\n---\n", 3, "---"),
        ("---\na: b\nc: \x07\n---\n", 3, "character"),
        ("---\ra: b\rc: d: e\r---\r", 3, "colon"),
        ("---\na: 'b\u2028c\x85d'\nc: d: e\n---\n", 3, "colon"),
        ('---\na: "\\U00110000"\n---\n', 1, "not YAML"),
        ("---\na: [b\n---\n", 2, "never closed"),
        ("---\ntitle: T\n\nText\n", 1, "never ends"),
        ("---\n\n- a\n  b: c\n---\n", 4, "colon"),
        ("---\n- a:\n  b: c\n---\n", 2, "not front matter"),
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
        "a:\n  " + "- " * 50_000,
        "\n".join(" " * depth + "a:" for depth in range(400)),
        "a: [" + "x," * 30_000 + "x]",
        "a: " + "b" * (header.LONGEST + 1),
    ],
)
def test_what_would_take_long_is_refused_at_once(yaml: str) -> None:
    started = time.process_time()

    refusal(f"---\n{yaml}\n---\n")

    assert time.process_time() - started < 4


@given(st.lists(st.sampled_from(YAML), max_size=9).map("".join))
def test_the_fast_reader_and_the_other_one_say_the_same(source: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        fast = said(source)
        patch.setattr(yaml_header, "_composed_fast", lambda _source: None)
        assert fast == said(source)


def said(source: str) -> object:
    try:
        return yaml_header.read(source, 1)
    except FrontMatterError as error:
        return str(error)


def test_an_alias_that_repeats_little_is_followed() -> None:
    parts = frontmatter.split("---\na: &x [one]\nb: *x\n---\n")

    assert parts.values == {"a": ["one"], "b": ["one"]}


@pytest.mark.parametrize(
    ("text", "notation", "body_line"),
    [
        ("---yaml\ntitle: T\ndate: 2020-01-01\n---\nBody\n", "yaml", 5),
        ("title: T\ndate: 2020-01-01\n---\nBody\n", "yaml", 4),
        ("```yaml\ntitle: T\ndate: 2020-01-01\n```\nBody\n", "yaml", 5),
        ("~~~\n---\ntitle: T\ndate: 2020-01-01\n---\n~~~\nBody\n", "yaml", 7),
        ("+++\ntitle = 'T'\ndate = 2020-01-01\n+++\nBody\n", "toml", 5),
        ("---toml\ntitle = 'T'\ndate = 2020-01-01\n---\nBody\n", "toml", 5),
        ("```toml\n+++\ntitle = 'T'\ndate = 2020-01-01\n+++\n```\nBody\n", "toml", 7),
        ('{"title": "T", "date": "2020-01-01"}\nBody\n', "json", 2),
        ('{\n  "title": "T",\n  "date": "2020-01-01"\n}\nBody\n', "json", 5),
        ('---json\n{"title": "T", "date": "2020-01-01"}\n---\nBody\n', "json", 4),
        ("title: T\ndate: 2020-01-01\n\nBody\n", "keys", 3),
        ("Title: T\nDate:2020-01-01\nBody\n", "keys", 3),
    ],
)
def test_every_notation_says_the_same(text: str, notation: str, body_line: int) -> None:
    parts = frontmatter.split(text)

    assert parts.values == {"title": "T", "date": "2020-01-01"}
    assert parts.body.strip() == "Body"
    assert (parts.notation, parts.body_line) == (notation, body_line)


@pytest.mark.parametrize("text", ["---js\n{a: 1}\n---\nText", "---coffee\na: 1\n---\nText"])
def test_a_header_that_is_a_program_is_refused(text: str) -> None:
    assert "write it as YAML" in str(refusal(text))


@pytest.mark.parametrize("rule", ["---", "+++"])
def test_a_header_that_never_ends_names_what_is_missing(rule: str) -> None:
    entry = "title: T" if rule == "---" else "title = 'T'"

    assert f"put a line {rule} after it" in str(refusal(f"{rule}\n{entry}\n\nText\n"))


BODIES = st.text().map(lambda text: text.replace("\r", ""))
WORDS = st.from_regex(r"[a-z][a-z ]{0,20}[a-z]", fullmatch=True)


@settings(deadline=None)
@given(WORDS, BODIES)
def test_header_and_body_come_apart_where_they_were_joined(title: str, body: str) -> None:
    for above, notation in (
        (f"---\ntitle: {title} x\n---\n", "yaml"),
        (f"title: {title} x\ndate: 2020-01-01\n---\n", "yaml"),
        (f"```yaml\ntitle: {title} x\ndate: 2020-01-01\n```\n", "yaml"),
        (f"+++\ntitle = '{title} x'\n+++\n", "toml"),
        (f'{{"title": "{title} x"}}\n', "json"),
        (f"title: {title} x\ndate: 2020-01-01\n\n", "keys"),
    ):
        parts = frontmatter.split(above + body)

        assert parts.values is not None
        assert (parts.values["title"], parts.notation) == (f"{title} x", notation)
        assert parts.body.removeprefix("\n") == body or notation != "keys"
        assert parts.body == body or notation == "keys"
        assert parts.body_line == (above + body).removesuffix(parts.body).count("\n") + 1


@settings(deadline=None)
@given(st.one_of(st.text(), st.text(alphabet="-+`~:{}[]\"' \n\r\ttile=a#|&*")))
def test_any_text_is_split_or_refused_and_no_word_of_it_is_lost(text: str) -> None:
    for whole in (
        text,
        *(f"{rule}\n{text}\n{rule}\nbody" for rule in ("---", "+++", "```")),
        f"---\na: {text}\n---\nbody",
        f"title: {text}\n\nbody",
        f'{{"title": {text}}}\nbody',
    ):
        try:
            parts = frontmatter.split(whole)
        except frontmatter.FrontMatterError as error:
            assert 1 <= error.line <= len(re.findall("\r\n|\r|\n", whole)) + 1
        else:
            written = whole.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
            assert written.endswith(parts.body)
            header = written.removesuffix(parts.body)
            assert parts.body_line == header.count("\n") + 1
            assert (parts.values is None) == (header == "")
            assert all(1 <= line <= max(parts.body_line, 1) for line in parts.lines.values())
