"""Elements in Python-Markdown's tree: their text is either still Markdown, or done."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown.util import AMP_SUBSTITUTE, ETX, HTML_PLACEHOLDER, STX, AtomicString

_AND = f"{AMP_SUBSTITUTE}amp;"
_RAW = re.compile(HTML_PLACEHOLDER % "[0-9]+")
_HIDDEN = re.compile(f"{STX}([0-9]+){ETX}")


def done(text: str) -> AtomicString:
    """Mark *text* as read: it is shown as it stands, ``&amp;`` too."""
    return AtomicString(text.replace("&", _AND))


def escaped(character: str) -> str:
    """Hide a character from whoever looks for markup; Python-Markdown brings it back at last."""
    return character if character == "&" else f"{STX}{ord(character)}{ETX}"


def plain(text: str) -> str:
    """Bring hidden characters back, and leave raw HTML out."""
    shown = _HIDDEN.sub(lambda found: chr(int(found[1])), _RAW.sub("", text))
    return shown.replace(_AND, "&")


def make(tag: str, text: str | None = None, **attributes: str) -> Element:
    """Make an element whose *text* is done."""
    element = Element(tag, {name: done(value) for name, value in attributes.items()})
    if text:
        element.text = done(text)
    return element


def bare(text: str) -> Element:
    """Make an element that leaves no tag, only its *text*."""
    element = Element("")
    element.tag = None  # type: ignore[assignment] # Python-Markdown's serialiser knows what it is
    element.text = text
    return element


def write(parent: Element, text: str) -> None:
    """Write Markdown into *parent*, behind what is there."""
    if len(parent) or parent.text:
        parent.append(bare(text))
    else:
        parent.text = text


def fill(parent: Element, parts: list[str | Element]) -> None:
    """Put *parts* into *parent* in place of its text; no two strings follow each other."""
    parent.text = None
    made: list[Element] = []
    for part in parts:
        if isinstance(part, Element):
            made.append(part)
        elif made:
            made[-1].tail = done(part)
        else:
            parent.text = done(part)
    parent[:0] = made
