"""Places: which line of a text an element of its HTML comes from, for who looks at both.

They travel as comments in front of the elements, signed by the nonce of the rendering, and
leave it as numbers beside the HTML, which is the same with them and without, to the byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

_ATTRIBUTE = "data-place"
_COMMENT = r"<!--.*?-->"
_START = r"<[a-zA-Z][^>]*>"

Places = tuple[tuple[int, int], ...]


def marker(nonce: str) -> Callable[[Element, int], None]:
    """Make what writes a line into an element of the tree."""

    def mark(element: Element, line: int) -> None:
        element.set(_ATTRIBUTE, f"{nonce}{line}")

    return mark


def comment(nonce: str, line: int) -> str:
    """The mark in front of HTML that is made without the tree."""
    return f"<!--{nonce}{line}-->"


def bring_out(html: str, nonce: str) -> str:
    """Make comments of what `marker` wrote."""
    marked = re.compile(rf'(<\w+[^<>]*?) {_ATTRIBUTE}="{nonce}(\d+)"')
    return marked.sub(lambda tag: f"{comment(nonce, int(tag[2]))}{tag[1]}", html)


def keep_ours(html: str, nonce: str) -> str:
    """Drop the comments that an author wrote."""
    others = re.compile(rf"(?!<!--{nonce}\d+-->){_COMMENT}", re.DOTALL)
    return others.sub("", html)


def take(html: str, nonce: str) -> tuple[str, Places]:
    """Take the marks out of sanitised HTML."""
    places: list[tuple[int, int]] = []
    elements = 0

    def look(found: re.Match[str]) -> str:
        nonlocal elements
        if found[1]:
            places.append((elements, int(found[1])))
            return ""
        elements += 1
        return found[0]

    html = re.sub(rf"<!--{nonce}(\d+)-->|{_START}", look, html)
    return html, tuple(place for place in places if place[0] < elements)
