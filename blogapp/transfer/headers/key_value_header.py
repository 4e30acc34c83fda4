"""Headers of plain ``Key: value`` lines: Pelican's, MultiMarkdown's, Python-Markdown's."""

from __future__ import annotations

import re

from .header import LONGEST, Header, clean, key

_LINE = re.compile(r" {0,3}([^\W\d][\w .-]{0,40}?)[ \t]*:(?:[ \t]+(.*)|[ \t]*|(\S.*))$")
_MORE = re.compile(r"[ \t]+\S")
_END = re.compile(r"(?:---|\.\.\.)[ \t]*")
_CERTAIN = {"title", "date"}
_KNOWN = {  # without what only separates their words
    *("author", "authors", "categories", "category", "copyright", "created", "description"),
    *("email", "excerpt", "keywords", "lang", "language", "layout", "modified", "published"),
    *("saveas", "series", "slug", "status", "subtitle", "summary", "tag", "tags", "template"),
    *("translation", "updated", "url"),
}


def read(text: str, start: int) -> tuple[Header, int] | None:
    """Read the header that begins at *start* of *text*; returns where the body begins, too.

    It ends with the first blank line, or where no key stands any more. A text that only looks
    like one (``Note: …``) has no key that is certain to be a header's.
    """
    end = text.find("\n\n", start, start + LONGEST)
    block = text[start:end] if end >= 0 else text[start : start + LONGEST].rstrip("\n")
    lines = block.split("\n")
    blank = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    lines = lines[:blank]
    if not lines or not _entry(lines[0]):
        return None
    last = _last(lines)
    header = _header(lines[:last], text.count("\n", 0, start) + 1)
    names = {re.sub("[-_ ]", "", name) for name in header.values}
    if not names & _CERTAIN and not (len(names) > 1 and names <= _KNOWN):
        return None
    if last < len(lines) and _END.fullmatch(lines[last]):
        last += 1
    after = start + sum(len(line) + 1 for line in lines[:last])
    return header, min(after, len(text))


def _last(lines: list[str]) -> int:
    """Count the lines of the header: a value may go on, indented or before another key."""
    known = max((at for at, line in enumerate(lines) if _is_known(line)), default=-1)
    for number, line in enumerate(lines):
        if _END.fullmatch(line):
            return number
        if not (_entry(line) or _MORE.match(line) or number < known):
            return number
    return len(lines)


def _entry(line: str) -> tuple[str, str] | None:
    """Part a line into key and value; without a blank between them only known keys are some."""
    found = _LINE.match(line)
    if not found:
        return None
    name = key(found[1])
    if found[3] and not _is_one_of(name, _CERTAIN | _KNOWN):
        return None
    return name, clean((found[2] or found[3] or "").strip())


def _is_known(line: str) -> bool:
    found = _entry(line)
    return found is not None and _is_one_of(found[0], _CERTAIN | _KNOWN)


def _is_one_of(name: str, names: set[str]) -> bool:
    return re.sub("[-_ ]", "", name) in names


def _header(lines: list[str], first: int) -> Header:
    values: dict[str, object] = {}
    places: dict[str, int] = {}
    repeated: dict[str, None] = {}
    name = ""
    for number, line in enumerate(lines, first):
        found = _entry(line)
        if not found or (name and _MORE.match(line) and not _is_known(line)):
            values[name] = f"{values[name]}\n{clean(line.strip())}".strip()
            continue
        name, value = found
        if name in values:
            repeated[name] = None
        values[name], places[name] = value, number
    return Header(values, places, tuple(repeated))
