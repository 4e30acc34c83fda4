"""Spelling: other searches, made of words that this blog has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from ..models import utcnow
from . import engine, places, words
from .query import parse
from .snippets import Article

SHORTEST = 3  # characters of a word that can be misspelt
TRIES = 12  # other searches
_CHOICES = 8  # words in the place of one
_NEAREST = 40  # words of which the articles are counted
_COUNTED = 100  # articles of each
_CROWD = 500  # words of a length with the same first letter: of so many not all are looked at
_MOST_OF_ONE = 3000  # words that begin with a letter
_MOST_OF_MORE = 1000  # words that begin with two letters, or with three
_LONG = 7  # characters; from there on, two letters may be wrong
_MOST_WORDS = 4

_WORD = re.compile(r"[^\W_]+")
_JOINT = re.compile(r"(?<=[^\W_])[-_./:]+(?=[^\W\d_])|(?<!\S)#(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Choice:
    """A word, the letters in which it differs from the one that was typed, how many have it."""

    word: str
    distance: int = 0
    articles: int = 0


def corrections(text: str) -> Iterator[str]:
    """Yield other ways to write the search *text*, the nearest first.

    Their words are those of articles that readers find; they need not be in the same one.
    """
    misspelt = [word for word in _words_of(text) if len(word) >= SHORTEST][:_MOST_WORDS]
    choices = [[Choice(word), *_alike(word)] for word in misspelt]
    texts = dict.fromkeys([text, _loosened(text)])
    tries = (
        _replaced(other, {typed: choice.word for typed, choice in zip(misspelt, way, strict=True)})
        for way in sorted(product(*choices), key=_distance)
        for other in texts
    )
    return islice(tries, 1, TRIES + 1)  # the first is the text itself


def as_written(text: str, article: Article) -> str:
    """Write the words of *text* as *article* does: the index keeps them without accents."""
    wanted = set(_words_of(text))
    written: dict[str, str] = {}
    for match in _WORD.finditer(f"{article.title} {article.about} {article.plain}"):
        folded = words.fold(match[0])
        if folded in wanted:
            written.setdefault(folded, match[0].lower())
    return _replaced(text, written)


def _loosened(text: str) -> str:
    """Write ``full-text`` as ``full text``, and ``#tag`` as ``tag``."""
    return text if parse(text).unwanted else _JOINT.sub(" ", text)


def _words_of(text: str) -> list[str]:
    """List the words that are wanted, folded."""
    tokens = (token for term in parse(text).wanted for token in term.rows[0].tokens)
    return list(dict.fromkeys(token for token in tokens if token.isalpha()))


def _distance(way: Sequence[Choice]) -> tuple[int, int]:
    """How far a way to write is from the one that was typed, and how rare its words are."""
    return sum(choice.distance for choice in way), -sum(choice.articles for choice in way)


def _alike(word: str) -> list[Choice]:
    """Find the words of articles that differ by a letter, or by two in long ones."""
    from rapidfuzz import process  # takes its time to load
    from rapidfuzz.distance import OSA

    most = 1 if len(word) < _LONG else 2
    known = _known(word, range(len(word) - most, len(word) + most + 1))
    found = process.extract(
        word, sorted(known - {word}), scorer=OSA.distance, score_cutoff=most, limit=_NEAREST
    )
    distances = {other: int(distance) for other, distance, _ in found}
    within = range(places.FIRST, places.last(utcnow()) + 1)
    numbers = engine.current().count([*distances], within, _COUNTED) if distances else []
    choices = [
        Choice(other, distances[other], number)
        for other, number in zip(distances, numbers, strict=True)
        if number  # else it is a draft's, or was
    ]
    return sorted(choices, key=lambda choice: _distance([choice]))[:_CHOICES]


def _known(word: str, lengths: range) -> set[str]:
    """Read the words that begin as *word* does, or as it does behind its first letter.

    Those come first whose length is the nearest. In a crowd, their first three letters must be
    right, or two of them have changed places, or one be too much; or only the third be wrong.
    """
    nearest = sorted(lengths, key=lambda length: (abs(length - len(word)), -length))
    like = engine.current().words_like
    if len(like(word[0], nearest[:1], _CROWD)) < _CROWD:
        begun = [like(letter, nearest, _MOST_OF_ONE) for letter in word[:2]]
    else:
        ways = [word[:2], *_beginnings(word)]
        begun = [like(beginning, nearest, _MOST_OF_MORE) for beginning in ways]
    return {known for found in begun for known in found}


def _beginnings(word: str) -> list[str]:
    """List the three letters that a word can begin with if *word* was meant to be it."""
    first, second, third = word[0], word[1], word[2]
    swapped = [first + third + second, second + first + third]
    without_one = [word[:at] + word[at + 1 : 4] for at in range(3)]
    return list(dict.fromkeys([word[:3], *swapped, *without_one]))


def _replaced(text: str, written: dict[str, str]) -> str:
    return _WORD.sub(lambda match: written.get(words.fold(match[0]), match[0]), text)
