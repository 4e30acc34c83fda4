"""Snippets: where in an article the words stand that a reader looks for."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Protocol

from . import words
from .query import Query, Term

LENGTH = 220  # characters of a snippet
BEFORE = 60  # of them, before the first word that was found
_FEW = 20  # characters; more are not replaced one by one
_MOST = 200  # places in a text that are looked at

# What a word may go on with: marks are no letters to Python, but in half of India's words.
_LETTERS = "(?:[^\\W_]|[\u0900-\u0963\u0966-\u0dff])*"

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What to mark in folded text: words, and what may stand anywhere in a run of letters."""

    spaced: re.Pattern[str]
    unspaced: re.Pattern[str]
    is_one: bool  # word that was typed


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; a *hit* is what was looked for."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """An article as the results show it; *snippet* is empty if its text has none of the words."""

    title: list[Piece]
    description: list[Piece]
    snippet: list[Piece]


class Article(Protocol):
    """What is known of an article: a line or two *about* it, and the words of its text."""

    @property
    def id(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def about(self) -> str: ...
    @property
    def plain(self) -> str: ...


def hits(query: Query, articles: Iterable[Article]) -> dict[int, Hit]:
    """Mark what *query* wants in *articles*, by their ids."""
    if not query.wanted:
        return {}
    pattern = _pattern(query)
    return {
        article.id: Hit(
            title=mark(article.title, pattern),
            description=mark(article.about, pattern),
            snippet=snippet(article.plain, pattern),
        )
        for article in articles
    }


def mark(text: str, pattern: Pattern) -> list[Piece]:
    """Divide *text* into what *pattern* (for folded text) finds and what it does not."""
    text = unicodedata.normalize("NFC", text)  # as folded text is
    return _divided(text, _spans(text, pattern))


def snippet(text: str, pattern: Pattern) -> list[Piece]:
    """Cut out the first part of *text* that has most of the words."""
    text = unicodedata.normalize("NFC", text)
    spans = _spans(text, pattern)
    if not spans:
        return []
    starts = range(1 if pattern.is_one else len(spans))
    first, last = spans[max(starts, key=lambda at: _variety(text, spans, at))]
    begin = _behind_blank(text, max(0, first - BEFORE), first)
    least = min(last, begin + 2 * LENGTH)
    end = _before_blank(text, begin + LENGTH, least)
    inside = [(a - begin, b - begin) for a, b in spans if begin <= a and b <= end]
    before = [Piece("… ")] if begin else []
    behind = [Piece(" …")] if end < len(text) else []
    return [*before, *_divided(text[begin:end], inside), *behind]


def _pattern(query: Query) -> Pattern:
    spaced = [term for term in query.wanted if not _is_unspaced(term)]
    unspaced = [term for term in query.wanted if _is_unspaced(term)]
    is_one = len(query.wanted) == 1
    return Pattern(_any(map(_bounded, spaced)), _any(map(_literal, unspaced)), is_one)


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    """Make one pattern of several, the longest first; of none, one that finds nothing."""
    return re.compile("|".join(sorted(patterns, key=len, reverse=True)) or r"(?!)")


def _bounded(term: Term) -> str:
    tokens, between = term.rows[0].tokens, r"[\W_]+"
    if len(term.rows) > 1 or not tokens[0].isalnum():
        tokens, between = _written(term), r"\s+"
    # What stands before is looked at behind the first word: text without it is passed quickly.
    first, *others = map(re.escape, tokens)
    pattern = between.join([rf"{first}(?<![^\W_]{first})", *others])
    if term.rows[-1].is_prefix:
        return pattern + _LETTERS
    return pattern + (r"(?![^\W_])" if tokens[-1][-1].isalnum() else "")


def _literal(term: Term) -> str:
    return r"\s+".join(map(re.escape, _written(term)))


def _written(term: Term) -> tuple[str, ...]:
    text = words.fold(term.text)
    return tuple((text.strip("()[]{}\"',;’‘`…") or text).split())


def _is_unspaced(term: Term) -> bool:
    return any(map(words.is_unspaced, term.rows[0].tokens))


def _spans(text: str, pattern: Pattern) -> list[Span]:
    """Find where in *text* the pattern matches what it folds to."""
    if text.isascii():
        return _found(text.lower(), pattern)
    folded = {char: words.fold_char(char) for char in set(text) if not char.isascii()}
    spans = _found(_folded(text, folded), pattern)
    odd = {char: len(plain) for char, plain in folded.items() if len(plain) != 1}
    return _placed(spans, text, odd) if odd else spans


def _folded(text: str, folded: dict[str, str]) -> str:
    """Fold *text*, in which these characters are not ASCII; of few, one after the other."""
    if len(folded) > _FEW:
        return text.translate({ord(char): plain for char, plain in folded.items()}).lower()
    for char, plain in folded.items():
        text = text.replace(char, plain)
    return text.lower()


def _placed(spans: list[Span], text: str, odd: dict[str, int]) -> list[Span]:
    """Turn places in the folded text into those in *text*; what is *odd* has another length."""
    indices, starts, shift = list[int](), list[int](), 0
    for match in re.finditer(f"[{re.escape(''.join(odd))}]", text):
        indices.append(match.start())
        starts.append(match.start() + shift)
        shift += odd[match[0]] - 1

    def place(at: int, *, is_end: bool) -> int:
        last = bisect_right(starts, at) - 1
        if last < 0:
            return at
        inside, length = at - starts[last], odd[text[indices[last]]]
        if inside < length:
            return indices[last] + (is_end and inside > 0)
        return indices[last] + 1 + inside - length

    return [(place(a, is_end=False), place(b, is_end=True)) for a, b in spans]


def _found(folded: str, pattern: Pattern) -> list[Span]:
    spaced = pattern.spaced.finditer(words.without_unspaced(folded))
    unspaced = pattern.unspaced.finditer(folded)
    matches = (*islice(spaced, _MOST), *islice(unspaced, _MOST))
    return sorted(match.span() for match in matches)


def _divided(text: str, spans: list[Span]) -> list[Piece]:
    pieces, at = list[Piece](), 0
    for begin, end in spans:
        # Two hits can be in one character: ㍻ folds to 平成.
        pieces += [Piece(text[at:begin]), Piece(text[max(at, begin) : end], hit=True)]
        at = max(at, end)
    return [piece for piece in (*pieces, Piece(text[at:])) if piece.text]


def _variety(text: str, spans: list[Span], at: int) -> int:
    """Count the different words in a snippet whose first hit is that one of *spans*."""
    end = spans[at][0] + LENGTH - BEFORE
    near = takewhile(lambda span: span[1] <= end, islice(spans, at, None))
    return len({text[a:b].lower() for a, b in near})


def _behind_blank(text: str, begin: int, end: int) -> int:
    """Where the first word behind *begin* begins, at *end* at the latest."""
    blank = text.find(" ", begin, end)
    return begin if begin == 0 or blank < 0 else blank + 1


def _before_blank(text: str, end: int, least: int) -> int:
    """Where the last word before *end* ends, at *least* there."""
    if end >= len(text):
        return len(text)
    blank = text.rfind(" ", least, end)
    return max(end, least) if blank < 0 else blank
