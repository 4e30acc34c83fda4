"""Excerpts: the mark in a text above which its summary stands."""

from __future__ import annotations

import re

from . import prose
from .code import Code

LONGEST = 300  # characters of a description that is made of a text
_MARK = re.compile(
    r"<!--+[ \t]*(?:more|read[ _-]?more|excerpt|(?:end|excerpt)[ _-]?(?:excerpt|end)|truncate"
    r"|cut|summary[ _-]?end|pelican_(?:begin|end)_summary)[ \t]*-+->"
    r"|\{/\*[ \t]*(?:truncate|more|excerpt)[ \t]*\*/\}",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"<!--+[ \t]*pelican_begin_summary", re.IGNORECASE)
_UNDERLINE = re.compile("=+|-+")
_TO_THE_END = re.compile(r"[ \t]*(?=\n|\Z)")
_SENTENCE = re.compile(r"[.!?…]['\")\]»”]*(?=\s)|[。！？]")


def take_out(body: str, separators: tuple[str, ...]) -> tuple[str, str]:
    """Take the marks out of *body*; returns it, and the plain words above the first mark.

    The first of *separators* that is not blank is the blog's own mark: it parts the text where
    it stands first, and goes only if it is a comment or alone on its line. The lines keep
    their numbers, and code stays as it is.
    """
    own = next(filter(None, (separator.strip() for separator in separators)), "")
    is_marked = ("<!--" in body or "{/*" in body) and _MARK.search(body)
    if not is_marked and not (own and own in body):
        return body, ""
    code = Code(body)
    marks = [mark.span() for mark in _MARK.finditer(body) if not code.holds(mark.start())]
    ends = [start for start, _ in marks if not _BEGINS.match(body, start)]
    index = _first(body, own, code)
    if index is not None:
        ends.append(index)
        if _goes(body, own, index) and all(index != start for start, _ in marks):
            marks.append((index, index + len(own)))
    if not ends:
        return body, ""
    return _without(body, sorted(marks)), shortened(prose.paragraphs(body[: min(ends)]))


def shortened(text: str) -> str:
    """Cut a long text after a sentence, or between words."""
    if len(text) <= LONGEST:
        return text
    ends = [found.end() for found in _SENTENCE.finditer(text, 0, LONGEST)]
    if ends and ends[-1] * 2 > LONGEST:
        return text[: ends[-1]]
    return (
        text[:LONGEST].rpartition(" ")[0].rstrip(" ,;:–—-") + "…"
        if " " in text
        else (f"{text[: LONGEST - 1]}…")
    )


def _first(body: str, own: str, code: Code) -> int | None:
    index = body.find(own) if own else -1
    while index >= 0 and code.holds(index):
        index = body.find(own, index + 1)
    return index if index >= 0 else None


def _goes(body: str, own: str, index: int) -> bool:
    """Tell whether an own mark is one for its engine only, and no word or line of the text."""
    if "\n" in own:
        return False
    if own.startswith("<!--") and own.endswith("-->"):
        return True
    above, line = body[:index].rpartition("\n")[::2]
    is_alone = not line.strip() and not body[index + len(own) :].partition("\n")[0].strip()
    underlines = _UNDERLINE.fullmatch(own) and above.rpartition("\n")[2].strip()
    return is_alone and not underlines


def _without(body: str, marks: list[tuple[int, int]]) -> str:
    """Take the marks out, and the blanks before one that ends its line."""
    kept, position = [], 0
    for start, end in marks:
        before = body[position:start]
        if blanks := _TO_THE_END.match(body, end):
            before, end = before.rstrip(" \t"), blanks.end()
        kept.append(before)
        position = end
    return "".join([*kept, body[position:]])
