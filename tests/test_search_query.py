"""Queries: what is looked for in what a reader types, and the one way to write it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blogapp import search
from blogapp.filters import Filter

PIECES = [
    *('"', "-", "a", "B", "é", "e\u0301", "日", "İ", "Σ", "ß", " ", "  ", "\u00a0", "\u3000"),
    *("\t", "\0", "\x1c", "\u2028", "\u200b", "\u200d", "\u00ad", "“", "„", "«", "'", "’", "++"),
    *("--", ">", "#", "%", "&", "=", "+", "\ue000", "\U0010ffff", "😀", "\ufe0f", "|", "K", "ǅ"),
    *("\u0345",),
]
TEXTS = st.text(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=20).map("".join)


def texts(query: search.Query) -> tuple[list[str], list[str]]:
    return [term.text for term in query.wanted], [term.text for term in query.unwanted]


@given(TEXTS)
@example("\ud800")
@example("A\u0345\u0301")
@example("x\u200b-y")
def test_a_search_has_one_way_to_write_it(text: str) -> None:
    once = search.canonical(text)

    assert search.canonical(once) == once
    assert search.canonical(f" {text} ") == once
    assert bool(once) == bool(search.parse(once))
    assert once == " ".join(once.split())


@given(st.text(alphabet='aBéÉŁßΣİ日-"+#.:_ \t\u3000', max_size=20))
@example('É"é')
@example("-É -é")
def test_what_is_written_the_one_way_looks_for_the_same(text: str) -> None:
    query = search.parse(text.rstrip())  # a blank behind it would end the last word
    one_way = search.parse(search.canonical(text))

    assert [term.rows for term in one_way.wanted] == [term.rows for term in query.wanted]
    assert [term.rows for term in one_way.unwanted] == [term.rows for term in query.unwanted]


@given(TEXTS)
@example("it's")
@example("a&b=c#d%20+e")
def test_a_search_comes_back_from_its_address(text: str) -> None:
    chosen = Filter.parse(text=text)

    [again] = parse_qs(urlsplit(chosen.url).query).get("q", [""])

    assert again == chosen.text
    assert Filter.parse(text=again) == chosen
    assert "'" not in chosen.url  # browsers write it as %27 (url.spec.whatwg.org, 1.3)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("  Two\t WORDS\n", "two words"),
        ("“A phrase” «Another» „Third“", '"a phrase" "another" "third"'),
        ("E\u0301", "é"),
        ("a\0b\x1fc", "a b c"),
        ("soft\u00adhyphen zero\u200bwidth \ufeffmark", "softhyphen zerowidth mark"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("'C++'", "'c++'"),
        ("Łódź", "łódź"),
        ("İ", "i\u0307"),
        ("-No", "-no"),
        ("a -", "a -"),
        ("...", "..."),
        *((text, "") for text in ("", " ", "\0", '"', '""', "-", "- -", '-"', "'", ".", "\ue000")),
    ],
)
def test_how_a_search_is_written(text: str, canonical: str) -> None:
    assert search.canonical(text) == canonical


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("one two", ["one", "two"], []),
        ('"one two" three', ["one two", "three"], []),
        ('"one two', ["one two"], []),
        ('one"two"three', ["one", "two", "three"], []),
        ("-one two", ["two"], ["one"]),
        ('-"one two" three', ["three"], ["one two"]),
        ("one-two", ["one-two"], []),
        ("--dry-run", ["--dry-run"], []),
        ("---", ["---"], []),
        ("-.net", [], [".net"]),
        ('-"--dry-run"', [], ["--dry-run"]),
        ('"-v"', ["-v"], []),
        ("a -> b", ["a", "->", "b"], []),
        ("a - b", ["a", "b"], []),
        ("a -😀", ["a"], ["😀"]),
        ("a -, b", ["a", "b"], []),
        ('- "a"', ["a"], []),
        ('"" "-" a', ["a"], []),
        ("and or not", ["and", "or", "not"], []),
    ],
)
def test_what_is_wanted_and_what_is_not(text: str, wanted: list[str], unwanted: list[str]) -> None:
    assert texts(search.parse(text)) == (wanted, unwanted)


@pytest.mark.parametrize(
    ("text", "is_prefix"),
    [
        ("word", [True]),
        ("one word", [False, True]),
        ("w", [False]),
        ("word ", [False]),
        ('"a word', [True]),
        ('"a word"', [False]),
        ("日", [True]),
        ("日本", [False]),
        ('"日"', [True]),
    ],
)
def test_only_the_last_word_may_go_on(text: str, is_prefix: list[bool]) -> None:
    query = search.parse(text)

    assert [term.rows[0].is_prefix for term in query.wanted] == is_prefix


def test_what_is_excluded_is_whole() -> None:
    [term] = search.parse("-word").unwanted

    assert not term.rows[0].is_prefix


@given(TEXTS)
def test_any_text_is_a_search(text: str) -> None:
    query = search.parse(text)

    for term in (*query.wanted, *query.unwanted):
        assert term.rows and term.text in text
        for row in term.rows:
            assert row.tokens and all(row.tokens)
            assert not any(char.isspace() for token in row.tokens for char in token)


def test_a_word_that_is_said_again_is_looked_for_once() -> None:
    query = search.parse("the the the -no -no the")

    assert [(term.text, term.rows[0].is_prefix) for term in query.wanted] == [
        ("the", False),
        ("the", True),
    ]
    assert len(query.unwanted) == 1


def test_a_star_behind_a_word_asks_for_all_that_begin_so() -> None:
    query = search.parse("sql* -post* done")

    assert [row.is_prefix for term in query.wanted for row in term.rows] == [True, True]
    assert [(term.text, term.rows[0].is_prefix) for term in query.unwanted] == [("post", True)]
