"""Segments: parts of a Markdown text whose blocks can be read each by itself.

To read the block structure of a whole text takes long, and most of it has no link. A line of
plain text at the margin behind a blank line begins a paragraph of the document itself, whatever
stood before it (CommonMark 5), and so does a fence at the margin begin code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...markdown.blocks.starts import MARKS

_PLAIN = re.compile(rf"^[ \t]*\n(?=[^\n{re.escape(''.join(MARKS))}])", re.MULTILINE)
# What may begin a block that goes on behind blank lines, without the marks of one around it.
_OPENING = re.compile(
    r"^(?:(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})|(?P<indented> {1,3}(?:```|~~~))|"
    r" {0,3}(?P<comment><!--[^\n]*-->)| {0,3}(?P<raw><(?:script|pre|style|textarea|[!?]))|"
    r" {0,3}(?P<html></?[a-z]))",
    re.MULTILINE | re.IGNORECASE | re.ASCII,
)
_BLANK = re.compile(r"^[ \t]*$", re.MULTILINE)
_ANOTHER = re.compile(
    r"^ {0,3}(?:```|~~~|<(?:script|pre|style|textarea|[!?]))", re.MULTILINE | re.IGNORECASE
)


def of(markdown: str) -> Iterator[tuple[int, int]]:
    """Yield the beginning and end of each segment, in order; code in fences is in none.

    Where it is not plain what a fence or an element belongs to, the rest is one segment.
    """
    start = position = 0
    while opening := _OPENING.search(markdown, position):
        if opening["fence"]:
            yield from _cut(markdown, start, opening.start())
            start = position = _behind(markdown, opening)
        elif opening["comment"]:
            position = opening.end()
        elif opening["html"] and (end := _end_of_html(markdown, opening)):
            position = end
        else:
            *whole, (last, _) = [*_cut(markdown, start, opening.start() + 1)]
            yield from whole
            yield last, len(markdown)
            return
    yield from _cut(markdown, start, len(markdown))


def _cut(markdown: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut before each plain line that stands behind a blank one."""
    for blank in _PLAIN.finditer(markdown, start, end):
        yield start, blank.end()
        start = blank.end()
    if start < end:
        yield start, end


def _behind(markdown: str, opening: re.Match[str]) -> int:
    """Find where the code ends that a fence begins (CommonMark 4.5)."""
    fence = opening["fence"]
    closing = re.compile(rf"^ {{0,3}}{fence}{fence[0]}*[ \t]*(?:\n|\Z)", re.MULTILINE)
    found = closing.search(markdown, opening.end())
    return found.end() if found else len(markdown)


def _end_of_html(markdown: str, opening: re.Match[str]) -> int | None:
    """Find the blank line that ends an element; None if before it more may begin, or not."""
    blank = _BLANK.search(markdown, opening.end())
    end = blank.end() if blank else len(markdown)
    return None if _ANOTHER.search(markdown, opening.end(), end) else end
