"""What a text is taken apart into, before it is known which of it belongs together."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from xml.etree.ElementTree import Element

_ASCII_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


@dataclass(slots=True)
class Inline:
    """A finished element."""

    element: Element


@dataclass(slots=True)
class Bracket:
    """A ``[`` or ``![``; *start* is where its text begins, *index* its place among the pieces.

    It is not *active* any more when a link was made behind it: links hold no links.
    """

    image: bool
    start: int
    index: int
    active: bool = True
    has_brackets: bool = False

    @property
    def mark(self) -> str:
        return "![" if self.image else "["


@dataclass(slots=True)
class Run:
    """Some ``*``, ``_`` or ``~`` in a row: *count* of them are left of *length*."""

    character: str
    length: int
    count: int
    can_open: bool
    can_close: bool
    number: int = 0

    @property
    def mark(self) -> str:
        return self.character * self.count


Piece = str | Inline | Bracket | Run


def run(text: str, start: int, end: int) -> Run:
    """Read the run in ``text[start:end]`` (GFM 6.4): may it open, may it close?"""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    left = _flanks(inner=after, outer=before)
    right = _flanks(inner=before, outer=after)
    character = text[start]
    if character == "_":
        can_open = left and (not right or _is_punctuation(before))
        can_close = right and (not left or _is_punctuation(after))
    else:
        can_open, can_close = left, right
    length = end - start
    if character == "~" and length > 2:
        can_open = can_close = False
    return Run(character, length, length, can_open, can_close)


def _flanks(*, inner: str, outer: str) -> bool:
    if inner.isspace():
        return False
    return not _is_punctuation(inner) or outer.isspace() or _is_punctuation(outer)


def _is_punctuation(character: str) -> bool:
    return character in _ASCII_PUNCTUATION or unicodedata.category(character).startswith("P")
