"""Likeness: which names were probably meant as one, and which were not."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blogapp import likeness

SEPARATORS = "-_."
PIECES = ["", *"abesyé12-._+#", "es", "ies"]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("ci-cd", "cicd"),
        ("node.js", "nodejs"),
        ("node.js", "node-js"),
        ("asp.net", "asp-net"),
        ("utf8", "utf-8"),
        ("test", "tests"),
        ("api", "apis"),
        ("query", "queries"),
        ("class", "classes"),
        ("cache", "caches"),
        ("unit-test", "unittests"),
        ("café", "cafe"),
        ("pyton", "python"),
        ("pythons", "python"),
        ("pyhton", "python"),
        ("pythom", "python"),
        ("vue.js-2", "vuejs-2"),
        ("тесты", "тест-ы"),
    ],
)
def test_these_were_meant_as_one(name: str, other: str) -> None:
    assert likeness.are_near(name, other) and likeness.are_near(other, name)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        *combinations(["c#", "c++", "c", "f#", ".net", "net", "cs", "css", "go", "r"], 2),
        ("python2", "python3"),
        ("utf8", "utf16"),
        ("html5", "html"),
        ("3.11", "311"),
        ("web-2.0", "web-20"),
        ("visual-c", "visual-c#"),
        ("objective-c", "objective-c++"),
        ("rust", "trust"),
        ("io", "ios"),
        ("less", "les"),
        ("python", "python"),
        ("test", "testing"),
        ("pyton", "pythno"),
        ("कि", "कु"),
    ],
)
def test_these_are_two(name: str, other: str) -> None:
    assert not likeness.are_near(name, other) and not likeness.are_near(other, name)


def test_what_was_meant_is_found_in_a_list() -> None:
    assert likeness.near("pyton", ["java", "python", "pyton", "pytons"]) == ["python", "pytons"]


def naive_key(name: str) -> str:
    bare = "".join(char for char in unicodedata.normalize("NFD", name) if char != "\u0301")
    runs, at = [], 0
    while at < len(bare):
        end = at
        while at and end < len(bare) and bare[end] in SEPARATORS:
            end += 1
        between = bare[at:end]
        digits = between and end < len(bare) and bare[at - 1].isdigit() and bare[end].isdigit()
        runs.append(between if digits else bare[at] if end == at else "")
        at = max(end, at + 1)
    return "".join(runs)


def naive_plurals(word: str) -> Iterator[str]:
    if len(word) >= 3 and word[-1].isalpha() and word[-1] != "s":
        yield word + "s"
    if len(word) >= 3 and word[-1] in "sxzho":
        yield word + "es"
    if len(word) >= 3 and word[-1] == "y":
        yield word[:-1] + "ies"


def naive_slips(word: str, letters: set[str]) -> Iterator[str]:
    for at, char in enumerate(word):
        if char.isalpha():
            yield word[:at] + word[at + 1 :]
            yield from (word[:at] + letter + word[at + 1 :] for letter in letters)
        if word[at : at + 2].isalpha():
            yield word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    for at in range(len(word) + 1):
        yield from (word[:at] + letter + word[at:] for letter in letters)


def are_naively_near(name: str, other: str) -> bool:
    one, two = naive_key(name), naive_key(other)
    if min(len(one), len(two)) < 3:
        return False
    if one == two or two in naive_plurals(one) or one in naive_plurals(two):
        return True
    letters = [sum(map(str.isalpha, word)) for word in (one, two)]
    return min(letters) >= 5 and two in naive_slips(one, set(filter(str.isalpha, two)))


@st.composite
def kindred(draw: st.DrawFn) -> list[str]:
    """Draw a word and others made of it by a few changes."""
    word = draw(st.text("abesy1-", min_size=3, max_size=8))
    edits = st.tuples(st.integers(0, 8), st.integers(0, 2), st.sampled_from(PIECES))
    names = [word]
    for changes in draw(st.lists(st.lists(edits, max_size=2), max_size=8)):
        name = word
        for at, length, piece in changes:
            name = name[:at] + piece + name[at + length :]
        names.append(name or word)
    return names


@given(kindred())
@example(["aaaaa", "aaaaab", "aaaa", "aaaabs"])
@example([".net", "net", "n-et", "1-1", "1.1", "11", "a1-_1", "a1.1"])
def test_no_pair_is_missed_and_none_is_too_many(names: list[str]) -> None:
    pairs = combinations(sorted(set(names)), 2)

    assert likeness.alike(names) == [pair for pair in pairs if are_naively_near(*pair)]


def test_of_two_thousand_names_few_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(1)  # noqa: S311 - names, not secrets
    letters = "etaoinshrdlu"
    names = ["".join(chance.choices(letters, k=chance.randint(5, 12))) for _ in range(2000)]
    compared = []
    monkeypatch.setattr(likeness, "are_near", lambda *pair: compared.append(pair))

    likeness.alike(names)

    assert len(compared) < 2000
