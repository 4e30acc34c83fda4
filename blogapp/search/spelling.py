"""Spelling: other searches, made of words that this blog has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

import sqlalchemy as sa

from ..extensions import db
from ..models import Post
from . import engine, words
from .entries import COLUMNS
from .query import Query, Row, Term, parse

SHORTEST = 3  # characters of a word that can be misspelt
TRIES = 12  # other searches
_CHOICES = 8  # words in the place of one
_NEAREST = 40  # words of which the articles are counted
_COUNTED = 100  # articles of each
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


def corrections(text: str, articles: sa.Select[int]) -> Iterator[str]:
    """Yield other ways to write the search *text*, the nearest first.

    Their words are those of *articles* (a selection of ids); they need not be in the same one.
    """
    misspelt = [word for word in _words_of(text) if len(word) >= SHORTEST][:_MOST_WORDS]
    choices = [[Choice(word), *_alike(word, articles)] for word in misspelt]
    texts = dict.fromkeys([text, _loosened(text)])
    tries = (
        _replaced(other, {typed: choice.word for typed, choice in zip(misspelt, way, strict=True)})
        for way in sorted(product(*choices), key=_distance)
        for other in texts
    )
    return islice(tries, 1, TRIES + 1)  # the first is the text itself


def as_written(text: str, post: Post) -> str:
    """Write the words of *text* as *post* does: the index keeps them without accents."""
    wanted = set(_words_of(text))
    written: dict[str, str] = {}
    for match in _WORD.finditer(f"{post.title} {post.description} {post.plain}"):
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


def _alike(word: str, articles: sa.Select[int]) -> list[Choice]:
    """Find the words of *articles* that differ by a letter, or by two in long ones.

    They begin as *word* does, or as it does behind its first letter: the index is not read
    from end to end.
    """
    from rapidfuzz import process  # takes its time to load
    from rapidfuzz.distance import OSA

    most = 1 if len(word) < _LONG else 2
    lengths = range(len(word) - most, len(word) + most + 1)
    like = engine.current().words_like
    known = {*like(word[0], lengths), *like(word[1], lengths)} - {word}
    found = process.extract(
        word, sorted(known), scorer=OSA.distance, score_cutoff=most, limit=_NEAREST
    )
    distances = {other: int(distance) for other, distance, _ in found}
    numbers = _numbers(list(distances), articles)
    choices = [Choice(other, distances[other], number) for other, number in numbers.items()]
    return sorted(choices, key=lambda choice: _distance([choice]))[:_CHOICES]


def _numbers(found: list[str], articles: sa.Select[int]) -> dict[str, int]:
    """Count those of *articles* that have each word, a hundred at most; drop words of drafts."""
    if not found:
        return {}

    def number(word: str) -> sa.ScalarSelect[int]:
        term = Query((Term(word, (Row((word,)),)),))
        last = engine.current().matching(term, columns=COLUMNS, tags=(), without=(), most=_COUNTED)
        having = articles.where(Post.id.in_(sa.select(last.subquery().c[0])))
        return sa.select(sa.func.count()).select_from(having.subquery()).scalar_subquery()

    counted = db.session.execute(sa.select(*map(number, found))).one()
    return {word: times for word, times in zip(found, counted, strict=True) if times}


def _replaced(text: str, written: dict[str, str]) -> str:
    return _WORD.sub(lambda match: written.get(words.fold(match[0]), match[0]), text)
