"""Spam words: how a list is read and kept, and what its words are found in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapp import spam_words
from blogapp.errors import Conflict, Invalid
from blogapp.extensions import db
from blogapp.models import SpamWord

from .conftest import MakeMessage

pytestmark = pytest.mark.usefixtures("core")


def save(text: str) -> list[str]:
    """Save a list in place of the one that there is; returns what is kept."""
    spam_words.save(text, begun_from=spam_words.version(spam_words.listed()))
    return spam_words.listed()


def caught(words: str, text: str) -> list[str]:
    save(words)
    return spam_words.caught(spam_words.text_of("", "", text))


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("casino", "The CASINO, at last!"),
        ("Casino", "casino"),
        ("crédit", "CREDIT"),
        ("credit", "cre\u0301dit"),
        ("straße", "STRASSE"),
        ("free money", "free\n  money"),
        ("free money", "“Free money”"),
        ("c++", "in C++ only"),
        ("$$$", "win $$$ now"),
        ("50% off", "50 % off"),
        ("cheap.example", "see https://cheap.example/now"),
        ("@cheap.example", "joe@cheap.example"),
        ("賭場", "去賭場吧"),
        ("바카라", "온라인바카라사이트"),
        ("казино", "Казино"),
        ("ca\u00adsino", "ca\u200bsino"),
        ("मुफ़्त पैसा", "अब मुफ़्त पैसा है"),
        ("casino", "我们的casino网站"),
    ],
)
def test_a_word_is_found_whole_in_any_case_and_with_any_accents(word: str, text: str) -> None:
    [found] = caught(word, text)

    assert found == " ".join(word.casefold().split())


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("cas", "casino"),
        ("sino", "casino"),
        ("free money", "free of money"),
        ("free money", "freemoney"),
        ("c++", "c+"),
        ("मुफ", "मुफ़्त"),
        ("casino", "cäsïnös"),
    ],
)
def test_a_part_of_a_word_or_phrase_is_nothing(word: str, text: str) -> None:
    assert caught(word, text) == []


def test_several_words_are_each_found_once_in_the_order_of_the_text() -> None:
    found = caught("bonus\ncasino\ncasino bonus\nother", "Bonus! Casino bonus, casino.")

    assert found == ["bonus", "casino", "casino bonus"]


def test_a_word_is_found_in_name_address_and_text() -> None:
    save("casino")

    for place in range(3):
        parts = ["", "", ""]
        parts[place] = "the casino"
        assert spam_words.caught(spam_words.text_of(*parts)) == ["casino"]


def test_an_empty_list_finds_nothing() -> None:
    assert caught("\n \n", "anything") == []


def test_a_list_is_read_by_line_without_blanks_and_doubles() -> None:
    assert save("  Two   Words \r\n\r\nb\ncafé\nCAFE\nb") == ["b", "café", "two words"]


@given(st.text(max_size=300))
def test_a_list_that_was_saved_saves_as_it_is(text: str) -> None:
    try:
        kept = save(text)
    except Invalid:
        return

    assert save("\n".join(kept)) == kept
    for word in kept:
        assert word in spam_words.caught(spam_words.text_of("", "", f"so, {word} – so"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fine\n" + "x" * 101, "Line 2 is longer than 100 characters."),
        ("fine\n\n\u0301", "Line 3 has nothing to look for: take it out."),
        ("\n".join(map(str, range(1001))), "These are 1,001 words; at most 1,000 go in."),
    ],
)
def test_what_cannot_be_looked_for_is_refused_with_its_line(text: str, said: str) -> None:
    save("before")

    with pytest.raises(Invalid) as refused:
        save(text)

    assert (refused.value.field, refused.value.message) == ("words", said)
    assert spam_words.listed() == ["before"]


def test_a_list_that_was_changed_elsewhere_is_not_overwritten() -> None:
    begun_from = spam_words.version(save("a"))
    save("a\nb\nc")

    with pytest.raises(Conflict) as refused:
        spam_words.save("a\nb\nd", begun_from=begun_from)

    assert "“c”" in refused.value.message and "“b”" not in refused.value.message
    assert spam_words.listed() == ["a", "b", "c"]
    spam_words.save("c\nb\na", begun_from=begun_from)  # what is there already is no conflict


def test_a_trial_tells_which_of_the_newest_messages_hold_a_word_those_first_that_are_kept(
    make_message: MakeMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spam_words, "NEWEST", 3)
    make_message(body="casino")
    kept, _ = make_message(name="The casino")
    make_message(body="nothing")
    aside, _ = make_message(body="bonus casino", trap="x")
    save("casino\nbonus")

    trial = spam_words.trial()

    assert trial.looked_at == 3
    assert [(catch.id, catch.words) for catch in trial.catches] == [
        (kept, ["casino"]),
        (aside, ["bonus", "casino"]),
    ]
    assert trial.kept == 1
    assert db.session.query(SpamWord).count() == 2
