"""Front matter: the header above a post's text, found in whichever notation it has."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..reading import names
from . import key_value_header, typed_header, yaml_header
from .header import FrontMatterError, Header

__all__ = ["FrontMatterError", "Split", "split"]

_BLANK = re.compile(r"(?:[ \t]*\n)*")
_OPENING = re.compile(
    r"(---|\+\+\+)[ \t]*(yaml|yml|toml|json|js|javascript|coffee)?[ \t]*\n", re.IGNORECASE
)
_CLOSING = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE),
}
_KEY = re.compile(r"\s*[A-Za-z_][\w-]*:(?:\s|$)")
_ENTRY = {"---": _KEY, "+++": re.compile(r"\s*[\w.-]+[ \t]*=")}
_ANY_ENTRY = {
    "---": re.compile(r"^[^\S\n]*+[\"'{]?[\w-]++[\"']?[ \t]*+:", re.MULTILINE),
    "+++": re.compile(r"^[^\S\n]*+(?:[\w.\"'-]++[ \t]*+=|\[)", re.MULTILINE),
}
_AT_A_KEY = re.compile(r"^[^\S\n]*+[\"'{]?([\w-]++)[\"']?[ \t]*+:", re.MULTILINE)
_WORDS = re.compile(r"^\w[^:\n]*+$", re.MULTILINE)
_SAYING = re.compile(r"^[ \t]*[^\s#]", re.MULTILINE)  # beside comments
_OBJECT = re.compile(r'\{\s*"')
_NOTATIONS = {"yaml", "yml", "toml", "json"}
_AFTER_OBJECT = re.compile(r"[ \t]*(?:;;;[ \t]*)?\n?")
_FENCE = re.compile(r"(`{3,}|~{3,})[ \t]*(yaml|yml|toml|json)?[ \t]*\n", re.IGNORECASE)
_RULE = re.compile(r"(?:---|\+\+\+)[ \t]*\n|\n(?:---|\+\+\+)[ \t]*(?=\n*$)")
_ENDS_ONLY = re.compile(r"(?:(?![ \t]*\n)(?!---).*\n)+?---[ \t]*(?:\n|$)")


class Split(NamedTuple):
    """A file taken apart; *values* is None when it has no front matter."""

    values: dict[str, object] | None
    body: str
    lines: dict[str, int]  # where each key stands in the file, from 1
    repeated: tuple[str, ...]  # keys that stand more than once: their last value counts
    body_line: int
    notation: str  # yaml, toml, json, keys, or nothing


def split(text: str) -> Split:
    """Take the front matter off the top of a text; line ends become LF.

    Only blank lines and a BOM may stand before it, and the first closing line ends it: YAML
    between ``---`` (or with that only below it), TOML between ``+++``, a JSON object, any of
    them in a fenced block, lines of ``Key: value``. Raises FrontMatterError.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    blank = _BLANK.match(text)
    start = blank.end() if blank else 0
    for take in (_delimited, _json, _in_a_fence, _ended, _keys):
        found = take(text, start)
        if found:
            header, end, notation = found
            line = text.count("\n", 0, end) + 1
            return Split(header.values, text[end:], header.lines, header.repeated, line, notation)
    return Split(None, text, {}, (), 1, "")


_Found = tuple[Header, int, str] | None


def _delimited(text: str, start: int) -> _Found:
    opening = _OPENING.match(text, start)
    if not opening:
        return None
    rule, language = opening[1], (opening[2] or "").lower()
    above = text.count("\n", 0, opening.end())
    closing = _CLOSING[rule].search(text, opening.end())
    if not closing:
        if not _ENTRY[rule].match(text, opening.end()):
            return None  # a rule on top of a text
        cause = f"the front matter that starts here never ends; put a line {rule} after it"
        raise FrontMatterError(above, cause)

    source = text[opening.end() : closing.start()]
    if not language and _SAYING.search(source) and not _ANY_ENTRY[rule].search(source):
        return None  # a text between two rules
    end = closing.end() + text.startswith("\n", closing.end())
    notation = language or ("toml" if rule == "+++" else "yaml")
    if notation not in _NOTATIONS:
        cause = f"front matter in {opening[2]} cannot be read; write it as YAML"
        raise FrontMatterError(above, cause)
    try:
        return _read(source, above, notation), end, notation.replace("yml", "yaml")
    except FrontMatterError:
        if language or notation != "yaml" or not _is_prose(source):
            raise
        return None  # a text between two rules, with a colon in it


def _is_prose(source: str) -> bool:
    """Tell whether a line of words stands there, and no key that means something."""
    found = (names.squeezed(match[1].lower()) for match in _AT_A_KEY.finditer(source))
    return bool(_WORDS.search(source)) and not any(map(names.is_known, found))


def _read(source: str, above: int, notation: str) -> Header:
    if notation == "toml":
        return typed_header.from_toml(source, above)
    if notation == "json":
        return typed_header.from_json(source, 0, above)[0]
    return yaml_header.read(source, above)


def _json(text: str, start: int) -> _Found:
    if not _OBJECT.match(text, start):
        return None
    try:
        header, end = typed_header.from_json(text, start, text.count("\n", 0, start))
    except FrontMatterError:
        if '"title"' in text[start : start + 2000]:
            raise
        return None
    if not header.values.keys() & {"title", "date"}:
        return None
    rest = _AFTER_OBJECT.match(text, end)
    return header, rest.end() if rest else end, "json"


def _in_a_fence(text: str, start: int) -> _Found:
    opening = _FENCE.match(text, start)
    if not opening:
        return None
    closing = re.compile(rf"^{opening[1]}[ \t]*(?:\n|$)", re.M).search(text, opening.end())
    if not closing:
        return None
    source = text[opening.end() : closing.start()]
    notation = (opening[2] or ("toml" if source.startswith("+++") else "yaml")).lower()
    inner = _RULE.sub(_newlines, source)
    try:
        header = _read(inner, text.count("\n", 0, opening.end()), notation)
    except FrontMatterError:
        return None  # code, as it looks
    return (header, closing.end(), notation) if _says_what_it_is(header) else None


def _ended(text: str, start: int) -> _Found:
    """Take a block of ``key: value`` that no line opens and ``---`` closes, as Hexo has it."""
    block = _ENDS_ONLY.match(text, start) if _KEY.match(text, start) else None
    if not block:
        return None
    source = block[0].rstrip().removesuffix("---")
    try:
        header = yaml_header.read(source, text.count("\n", 0, start))
    except FrontMatterError:
        return None
    return (header, block.end(), "yaml") if header.values.keys() & {"title", "date"} else None


def _keys(text: str, start: int) -> _Found:
    found = key_value_header.read(text, start)
    return (*found, "keys") if found else None


def _says_what_it_is(header: Header) -> bool:
    names = header.values.keys()
    return "title" in names and (len(names) > 1 or "date" in names)


def _newlines(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")
