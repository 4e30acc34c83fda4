"""Titles: the heading that a text begins with, which a page shows above it anyway."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import prose

_ATX = re.compile(r" {0,3}#(?:[ \t]++(.*?))?(?:(?<![ \t])[ \t]++(?:#++[ \t]*+)?+)?+$")
_LINK = re.compile(r"\][(\[]|\[\^|<(?:a|img)\s|<(?:https?://|mailto:)", re.IGNORECASE)
_LABEL = re.compile(r"\[([^\[\]]+)\]")
_DEFINITION = re.compile(r" {0,3}\[([^\[\]]+)\]:")
_BETWEEN = re.compile(r"[\s'\"`‘’‚“”„«»‹›]+")  # blanks and quotation marks
_UNDERLINE = re.compile(r" {0,3}=+[ \t]*$")
_HTML = re.compile(r"[ \t]*<h1(?:\s[^<>]*)?>(.*?)</h1>[ \t]*$", re.IGNORECASE)
_PARAGRAPH = re.compile(r" {0,3}(?![#>|`~]|[-*+][ \t]|[0-9]{1,9}[.)][ \t]|[-*_= \t]+$)\S")
# What may stand above a title and is no text: images, badges, tags, rules, lists of contents.
_DECORATION = re.compile(
    r"(?:[ \t]*(?:\[?!\[[^\]]*\][(\[][^)\]]*[)\]](?:\]\([^)]*\))?|</?[a-z][^<>]*>|&nbsp;"
    r"|\[\[?_?toc_?\]?\]|\{:[^{}]*\}|\{%[^{}%]*%\}|\{\{[^{}]*\}\}))+[ \t]*$"
    r"|(?-i:import|export) .*['\"})\];][ \t]*$"
    r"|[ \t]*[-*_](?:[ \t]*[-*_]){2,}[ \t]*$|[ \t]*$",
    re.IGNORECASE,
)
_LONGEST = 300  # characters: what is longer is a paragraph by mistake
_NEAR = 10  # lines of text that may stand above the only heading
_FAR = 400  # lines that are searched


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the first level: its plain words, and its lines (the last excluded).

    *leads* tells whether a link, an image or a footnote stands in it, which no title can hold.
    """

    words: str
    start: int
    end: int
    leads: bool


def first(body: str) -> Heading | None:
    """Find the heading that is the title of a text without another one.

    It stands on top, below images and the like at most; or it is the only one of its level,
    and not far down.
    """
    lines = body.split("\n")
    headings = _headings(lines, prose.masked(body).split("\n"))
    found = next(headings, None)
    if found is None:
        return None
    above = sum(not _DECORATION.match(line) for line in lines[: found.start])
    if above == 0:
        return found
    return None if above > _NEAR or next(headings, None) else found


def on_top(body: str, title: str) -> Heading | None:
    """Find the heading on top that says the same as *title*."""
    found = next(_headings(top := body.split("\n", 30)[:30], top), None)
    if found is None or any(not _DECORATION.match(line) for line in top[: found.start]):
        return None
    return found if _bare(found.words) == _bare(title) else None


def without(body: str, heading: Heading) -> tuple[str, int]:
    """Take a heading out, unless more would go with it than its words.

    Returns by how many lines the body begins later, too.
    """
    if heading.leads:
        return body, 0
    lines = body.split("\n")
    if any(line.strip() for line in lines[: heading.start]):
        lines[heading.start : heading.end] = [""] * (heading.end - heading.start)
        return "\n".join(lines), 0
    start = heading.end
    while start < len(lines) - 1 and not lines[start].strip():
        start += 1
    return "\n".join(lines[start:]), start


def _headings(lines: list[str], shown: list[str]) -> Iterator[Heading]:
    """Find the headings of the first level where *shown*, the lines without code, has them."""
    for number, line in enumerate(shown[:_FAR]):
        written = ""
        start = number
        if "#" in line and (found := _ATX.match(line)):
            whole = _ATX.match(lines[number])
            written = (whole or found)[1] or ""
        elif "<" in line and (found := _HTML.match(lines[number])):
            written = found[1]
        elif number and "=" in line and _UNDERLINE.match(line):
            while start and number - start < 3 and _PARAGRAPH.match(shown[start - 1]):
                start -= 1
            written = " ".join(lines[start:number])
        words = prose.words(written) if written else ""
        if 0 < len(words) <= _LONGEST:
            leads = _leads(" ".join(shown[start : number + 1]), lines)
            yield Heading(words, start, number + 1, leads)


def _leads(heading: str, lines: list[str]) -> bool:
    if _LINK.search(heading):
        return True
    labels = {label.casefold() for label in _LABEL.findall(heading)}
    defined = filter(None, map(_DEFINITION.match, lines if labels else ()))
    return any(definition[1].casefold() in labels for definition in defined)


def _bare(title: str) -> str:
    return _BETWEEN.sub("", prose.words(title)).casefold()
