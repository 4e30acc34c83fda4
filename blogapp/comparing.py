"""Comparing: what has changed between two texts, word by word, for people to see."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Literal, NamedTuple

from . import alignment
from .alignment import Hunk

CONTEXT = 3  # lines around what has changed

_MOST_PIECES = 200_000  # of both texts, that are compared word by word, as in alignment.MOST
# Scripts without blanks between words, and Hangul, where endings are written in one with them.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3131-\u318e"
    "\u31f0-\u31ff\u3400-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)
Kind = Literal["same", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that is the same in both, or stands in one of them only."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines, from *line* (from 1) of the later text on.

    What is *folded* has no runs; *lines* says how many it leaves out. *changed* blocks have
    *lines* of the later text, maybe none.
    """

    kind: Literal["same", "changed", "folded"]
    line: int
    lines: int
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """How many words were *added* and *removed*; a character is one in scripts without blanks."""

    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of two texts, in order, and how many words differ."""

    blocks: tuple[Block, ...]
    change: Change

    @property
    def same(self) -> bool:
        """Whether nothing has changed, not even white space."""
        return not any(block.kind == "changed" for block in self.blocks)


def compare(before: str, after: str, *, context: int | None = CONTEXT) -> Comparison:
    """Compare two texts; unchanged lines farther than *context* from a change are folded.

    Without folding (None), all runs but the added ones are *before*, and all but the removed ones
    are *after*. On an idle core a megabyte takes less than two seconds; what is too much to
    compare by word is removed and added as a whole.
    """
    blocks = list(_blocks(before, after))
    runs = [run for block in blocks for run in block.runs]
    if context is not None:
        blocks = [part for block in blocks for part in _folded(block, blocks, context)]
    return Comparison(tuple(blocks), _counted(runs))


def change(before: str, after: str) -> Change:
    """Count the words that differ."""
    return _counted([run for block in _blocks(before, after) for run in block.runs])


def _blocks(before: str, after: str) -> Iterator[Block]:
    """Yield the stretches of lines that are the same, and those that changed, in turn."""
    old, new = alignment.lines(before), alignment.lines(after)
    words = _Words()
    at = 0
    for hunk in alignment.hunks(old, new):
        if at < hunk.new_start:
            yield _same(new, at, hunk.new_start)
        at = hunk.new_end
        runs = words.compare(
            "".join(old[hunk.start : hunk.end]), "".join(new[hunk.new_start : at])
        )
        yield Block("changed", hunk.new_start + 1, at - hunk.new_start, tuple(runs))
    if at < len(new):
        yield _same(new, at, len(new))


def _same(lines: Sequence[str], start: int, end: int) -> Block:
    return Block("same", start + 1, end - start, (Run("same", "".join(lines[start:end])),))


class _Words:
    """Compares the changed lines of two texts by word, until they are too many."""

    def __init__(self) -> None:
        self.left = _MOST_PIECES

    def compare(self, removed: str, added: str) -> Iterator[Run]:
        """Yield what two texts have in common, and what either has alone."""
        piece = _patterns().piece
        old, new = piece.findall(removed), piece.findall(added)
        at = new_at = 0
        runs: list[Run] = []
        for hunk in _legible(old, new, self._hunks(_keys(old), _keys(new))):
            runs += _alike(old[at : hunk.start], new[new_at : hunk.new_start])
            runs += _run("removed", *old[hunk.start : hunk.end])
            runs += _run("added", *new[hunk.new_start : hunk.new_end])
            at, new_at = hunk.end, hunk.new_end
        return _united([*runs, *_alike(old[at:], new[new_at:])])

    def _hunks(self, old: Sequence[str], new: Sequence[str]) -> list[Hunk]:
        first, last = alignment.ends(old, new)
        end, new_end = len(old) - last, len(new) - last
        self.left -= (end - first) + (new_end - first)
        if self.left < 0:
            return [Hunk(first, end, first, new_end)]
        found = alignment.hunks(old[first:end], new[first:new_end])
        return [Hunk(*(at + first for at in hunk)) for hunk in found]


def _keys(pieces: Sequence[str]) -> list[str]:
    """Take all white space for the same: words stay what they are when lines are filled anew."""
    return [" " if piece.isspace() else piece for piece in pieces]


def _legible(old: Sequence[str], new: Sequence[str], hunks: Iterable[Hunk]) -> Iterator[Hunk]:
    """Unite words that changed side by side, and phrases with less between them than changes.

    A sentence that was written anew has some words in common with the old one by chance. Hunks
    on different lines stay apart.
    """

    def size(hunk: Hunk) -> int:
        before, after = old[hunk.start : hunk.end], new[hunk.new_start : hunk.new_end]
        return max(_visible(before), _visible(after))

    phrases = _near(old, hunks, lambda one, other: 1)
    return _near(old, phrases, lambda one, other: min(size(one), size(other)))


def _near(
    old: Sequence[str], hunks: Iterable[Hunk], distance: Callable[[Hunk, Hunk], int]
) -> Iterator[Hunk]:
    """Unite neighbours on a line with fewer than *distance* words and signs between them."""
    united = last = None
    for hunk in hunks:
        between = old[last.end : hunk.start] if last else []
        is_near = last and _visible(between) < distance(last, hunk)
        if united and is_near and "\n" not in "".join(between):
            united = united._replace(end=hunk.end, new_end=hunk.new_end)
        else:
            if united:
                yield united
            united = hunk
        last = hunk
    if united:
        yield united


def _visible(pieces: Sequence[str]) -> int:
    return len(pieces) - sum(map(str.isspace, pieces))


def _alike(old: Sequence[str], new: Sequence[str]) -> Iterator[Run]:
    """Yield pieces that differ in white space at most."""
    if old == new:
        yield from _run("same", *old)
        return
    for piece, new_piece in zip(old, new, strict=True):
        first, last = alignment.ends(piece, new_piece)
        yield from _run("same", piece[:first])
        yield from _run("removed", piece[first : len(piece) - last])
        yield from _run("added", new_piece[first : len(new_piece) - last])
        yield from _run("same", piece[len(piece) - last :])


def _run(kind: Kind, *pieces: str) -> Iterator[Run]:
    if text := "".join(pieces):
        yield Run(kind, text)


def _united(runs: Iterable[Run]) -> Iterator[Run]:
    """Unite neighbours of a kind; what is removed comes before what is added in its place."""
    for is_same, group in groupby(runs, key=lambda run: run.kind == "same"):
        neighbours = list(group)
        kinds: tuple[Kind, ...] = ("same",) if is_same else ("removed", "added")
        for kind in kinds:
            yield from _run(kind, *(run.text for run in neighbours if run.kind == kind))


def _folded(block: Block, blocks: Sequence[Block], context: int) -> Iterator[Block]:
    """Leave out of an unchanged block what is far from a change, if it is more than a line."""
    first = 0 if block is blocks[0] else context
    last = 0 if block is blocks[-1] else context
    left_out = block.lines - first - last
    if block.kind != "same" or left_out < 2:
        yield block
        return
    lines = alignment.lines(block.runs[0].text)
    end = block.line - 1 + first + left_out
    if first:
        yield Block("same", block.line, first, (Run("same", "".join(lines[:first])),))
    yield Block("folded", block.line + first, left_out)
    if last:
        yield Block("same", end + 1, last, (Run("same", "".join(lines[-last:])),))


def _counted(runs: Sequence[Run]) -> Change:
    word = _patterns().word
    added, removed = (
        sum(len(word.findall(run.text)) for run in runs if run.kind == kind)
        for kind in ("added", "removed")
    )
    return Change(added, removed)


class _Patterns(NamedTuple):
    """What counts as a word, and what a text is cut into."""

    word: re.Pattern[str]
    piece: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    """Write the patterns, when the first texts are compared: that takes 40 ms."""
    every = map(chr, range(0x300, 0xFE30))
    marks = "".join(char for char in every if unicodedata.category(char)[0] == "M")
    letters = rf"(?:[^\W{_UNSPACED}]|[{marks}])+"
    word = rf"[{_UNSPACED}][{marks}]*|{letters}(?:['’]{letters})*"
    # Marks, colours of skin and joined emoji stay with the sign before them.
    sign = rf"[^\w\s](?:[{marks}\U0001f3fb-\U0001f3ff]|\u200d[^\w\s])*"
    return _Patterns(re.compile(word), re.compile(rf"{word}|\s+|{sign}"))
