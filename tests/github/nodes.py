"""Nodes: what a structure is made of, and which blanks in it mean something."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

CODE = "code block"
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLANK = " \t\n\r\f"

BLOCKS = {
    *("article", "alert", "blockquote", "caption", "col", "colgroup", "dd", "details", "div"),
    *("dl", "dt", "figcaption", "figure", "footnotes", "hr", "li", "ol", "p", "pre", "section"),
    *("summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", CODE, *HEADINGS),
}
# What browsers open again behind the block in which it was left open.
_FORMATTING = {"a", "b", "code", "em", "i", "s", "small", "strong", "u"}
_BLANKS = re.compile(f"[{BLANK}]+")


@dataclass(frozen=True, slots=True)
class Node:
    """An element; a block of code has one child, its text."""

    name: str
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple[Node | str, ...] = ()


Children: TypeAlias = "tuple[Node | str, ...]"


def tidied(found: list[Node | str], *, block: bool) -> Children:
    """Join and collapse text; blanks at the edges of blocks and beside breaks mean nothing."""
    joined: list[Node | str] = []
    for child in found:
        if isinstance(child, str) and joined and isinstance(joined[-1], str):
            joined[-1] += child
        else:
            joined.append(child)

    tidied: list[Node | str] = []
    for place, child in enumerate(joined):
        if isinstance(child, Node):
            tidied.append(child)
            continue
        text = collapsed(child)
        if _ends_line(joined, place - 1, block=block):
            text = text.lstrip(BLANK)
        if _ends_line(joined, place + 1, block=block):
            text = text.rstrip(BLANK)
        if text:
            tidied.append(text)
    return tuple(
        child
        for place, child in enumerate(tidied)
        if not (block and _is_reopened(child) and _stands_alone(tidied, place))
    )


def _is_reopened(child: Node | str) -> bool:
    return (
        isinstance(child, Node)
        and child.name in _FORMATTING
        and not words(child.children).strip(BLANK)
    )


def _stands_alone(children: list[Node | str], place: int) -> bool:
    return (
        len(children) > 1
        and _ends_line(children, place - 1, block=True)
        and _ends_line(children, place + 1, block=True)
    )


def _ends_line(children: list[Node | str], place: int, *, block: bool) -> bool:
    if not 0 <= place < len(children):
        return block
    beside = children[place]
    return isinstance(beside, Node) and (beside.name in BLOCKS or beside.name in ("br", "task"))


def collapsed(text: str) -> str:
    """Make one blank of several, as browsers do."""
    return _BLANKS.sub(" ", text)


def words(children: Children) -> str:
    """The text; an image counts, since it can be all that a heading says."""
    return "".join(
        child
        if isinstance(child, str)
        else "\N{OBJECT REPLACEMENT CHARACTER}"
        if child.name == "img"
        else words(child.children)
        for child in children
    )
