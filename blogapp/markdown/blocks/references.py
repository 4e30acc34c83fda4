"""Definitions of links (GFM 4.7) at the beginning of a paragraph: ``[label]: /url "title"``."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..escapes import unescaped
from ..patterns import LABEL, LONGEST_LABEL, POINTED, TITLE, end, title

_LABEL = re.compile(rf"[ \t]*+\[({LABEL}++)\]:", re.DOTALL)
_GAP = re.compile(r"[ \t]*+\n?+[ \t]*+")
_LINE_END = re.compile(r"[ \t]*+(?:\n|$)")
_BARE = r"(?!<)((?:\\[^ \x00-\x1f\x7f]|[^\\ \x00-\x1f\x7f]|\\(?=[ \t\n]|$))++)"
_DESTINATION = re.compile(rf"{POINTED}|{_BARE}")
_TITLE = re.compile(TITLE, re.DOTALL)


class Target(NamedTuple):
    """Where a link leads; both are text without escapes."""

    destination: str
    title: str | None


Found = list[tuple[str, Target]]


def normalised(label: str) -> str:
    """Write labels that mean the same in the same way."""
    return " ".join(label.split()).casefold()


def take(lines: list[str]) -> Found:
    """Take the definitions off the beginning of a paragraph's *lines*."""
    found: Found = []
    if not lines or not lines[0].startswith("["):
        return found
    text = "\n".join(lines)
    position = 0
    while definition := _read(text, position):
        label, target, position = definition
        found.append((label, target))
    if found:
        rest = text[position:]
        lines[:] = rest.split("\n") if rest else []
    return found


def without(lines: list[str]) -> list[str]:
    """What is left of *lines* without the definitions at their beginning."""
    rest = list(lines)
    take(rest)
    return rest


def _read(text: str, position: int) -> tuple[str, Target, int] | None:
    label = _LABEL.match(text, position)
    if not label or len(label[1]) > LONGEST_LABEL or not label[1].strip():
        return None
    destination = _DESTINATION.match(text, end(_GAP, text, label.end()))
    if not destination:
        return None
    pointed, bare = destination.groups()
    stop, words = _title(text, destination.end())
    if stop is None:
        return None
    return label[1], Target(unescaped(bare if pointed is None else pointed), words), stop


def _title(text: str, position: int) -> tuple[int | None, str | None]:
    """Read the title, if there is one, and find the end of the line behind it."""
    alone = _LINE_END.match(text, position)
    start = end(_GAP, text, position)
    found = _TITLE.match(text, start) if start > position else None
    behind = _LINE_END.match(text, found.end()) if found else None
    if found and behind:
        return behind.end(), unescaped(title(found) or "")
    return (alone.end() if alone else None), None
