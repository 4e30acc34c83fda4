"""Addresses that are links without brackets (GFM 6.9)."""

from __future__ import annotations

import re
from typing import NamedTuple

START = r"(?<![A-Za-z])(?:https?|ftp)://|(?<![^\s*_~(])www\."

_ADDRESS = re.compile(r"[^\s<]++")
_SCHEME = re.compile(r"[a-z]+://", re.IGNORECASE)
_DOMAIN = re.compile(r"[\w.\-]++")
_TRAILING = "?!.,:*_~'\""
_ENTITY_AT_END = re.compile(r"&[A-Za-z0-9]+;$")
EMAIL = re.compile(
    r"(?<![A-Za-z0-9.+_\-])(?:mailto:)?[A-Za-z0-9.+_\-]++@[A-Za-z0-9\-_]++(?:\.[A-Za-z0-9\-_]++)++"
)


class Found(NamedTuple):
    """An address in a text, and where it ends."""

    text: str
    url: str
    end: int


def address(text: str, start: int) -> Found | None:
    """Read the address that begins with a scheme or ``www.`` at *start*."""
    scheme = _SCHEME.match(text, start)
    if not _is_domain(text, scheme.end() if scheme else start, dotted=not scheme):
        return None
    match = _ADDRESS.match(text, start)
    if not match:
        return None
    found = _trimmed(match[0])
    return Found(found, found if scheme else f"http://{found}", start + len(found))


def is_email(found: str) -> bool:
    """Tell whether what `EMAIL` found ends in a letter: ``flask@3.1.2`` is a version."""
    return found[-1].isalpha()


def _is_domain(text: str, start: int, *, dotted: bool) -> bool:
    """Tell whether a domain begins here, with a dot in it if it must be *dotted*."""
    match = _DOMAIN.match(text, start)
    if not match or not match[0][0].isalnum():
        return False
    parts = match[0].rstrip(".-_").split(".")
    return (not dotted or len(parts) > 1) and not any("_" in part for part in parts[-2:])


def _trimmed(found: str) -> str:
    """Leave out the punctuation behind an address, and brackets that it did not open."""
    unmatched = found.count(")") - found.count("(")
    end = len(found)
    while end:
        last = found[end - 1]
        if last == ";":
            entity = _ENTITY_AT_END.search(found, max(0, end - 40), end)
            end = entity.start() if entity else end - 1
        elif last == ")" and unmatched > 0:
            end, unmatched = end - 1, unmatched - 1
        elif last in _TRAILING:
            end -= 1
        else:
            break
    return found[:end]
