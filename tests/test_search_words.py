"""Words: what is alike when it is read by a search, and which names stay whole."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blogapp.search import words

LETTERS = "aA\u0301ßæÆłŁİıςΣ日本かが한ᄒन\u093f\u0951\u05b8\u200d"
TEXTS = st.text() | st.text(alphabet=LETTERS + "-_.+#:/@=<>|\"'( ")


@given(TEXTS)
@example("\u0344\u0345\u1fb3")
@example("\u1112\u1161\u11ab")
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    once = words.fold(text)

    assert words.fold(once) == once


@given(TEXTS)
def test_texts_that_look_alike_fold_alike(text: str) -> None:
    forms = {words.fold(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}

    assert forms == {words.fold(text)}


@given(TEXTS)
def test_a_text_folds_as_its_characters_do(text: str) -> None:
    folded = "".join(map(words.fold_char, text))

    assert unicodedata.normalize("NFC", folded) == words.fold(text)


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Łódź", "lodz"),
        ("Ærøskøbing", "aeroskobing"),
        ("Đorđe", "dorde"),
        ("Straße STRASSE", "strasse strasse"),
        ("Œuvre", "oeuvre"),
        ("Þórður", "thordur"),
        ("Ħamrun", "hamrun"),
        ("İstanbul ISPARTA ışık", "istanbul isparta isik"),
        ("ΟΔΟΣ οδός", "οδοσ οδοσ"),
        ("Ёлка", "елка"),
        ("naïve Ｗｉｄｅ ﬁn", "naive wide fin"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد", "محمد"),
        ("Việt", "viet"),
        ("re\u00adsponse zero\u200bwidth", "response zerowidth"),
        ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u062e\u0648"),
        ("hx\u2011push", "hx-push"),
    ],
)
def test_accents_can_be_left_out(written: str, typed: str) -> None:
    assert words.fold(written) == typed == words.fold(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("か", "が"), ("は", "ぱ"), ("カ", "ガ"), ("ख", "ख़"), ("क", "कि"), ("हिन्दी", "हनद")),
        *(("한", "하"), ("ก่", "ก"), ("日", "目"), ("a", "ä́b")),
    ],
)
def test_marks_that_make_another_letter_stay(one: str, other: str) -> None:
    assert words.fold(one) != words.fold(other)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Use hx-push-url now.", "use hx push url now | hx-push push-url"),
        ("C++, C# & .NET", "c c net | c++ | c# | .net"),
        ("self.__init__(x)", "self init x | self.__init __init init__"),
        ("the data- prefix", "the data prefix | data-"),
        ("मैं हिन्दी", "मैं हिन्दी"),
        ("日本語", "日本 本語 語"),
        ("x => y", "x => y"),
        ("it's 😀.", "it s 😀"),
        ("", ""),
    ],
)
def test_a_text_becomes_words_and_what_is_written_in_one(text: str, tokens: str) -> None:
    assert words.tokens(text) == tokens


@given(TEXTS)
def test_a_token_is_one_for_the_index_too(text: str) -> None:
    found = words.tokens(text)

    for token in {*found.split()} - {words.BREAK}:
        assert len(token) <= words.MAX_LENGTH
        assert all(c.isalnum() or c in words.SIGNS for c in token if c.isascii())


def test_names_without_end_are_found_by_how_they_begin() -> None:
    name = "x" * 5000

    assert words.tokens(name) == "x" * words.MAX_LENGTH
