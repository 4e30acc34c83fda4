"""Front matter: the YAML above a post's text, and the dates and switches written in it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

import yaml

LONGEST = 100_000  # characters: PyYAML is slow, and no author writes more by hand
MOST_VALUES = 10_000  # after aliases are followed: nine lines of aliases make a billion values
DEEPEST = 40

_OPENING = re.compile(r"(?:[ \t]*\n)*---[ \t]*\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_KEY = re.compile(r"\s*[A-Za-z_][\w-]*:(?:\s|$)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_DAYS = [
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        r"(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})(?!\d)",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?!\d)",
        r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日",
        r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})(?!\d)",
        r"(?:[a-z]{3,9},?\s+)?(?P<m>[a-z]{3,9})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})",
        r"(?:[a-z]{3,9},?\s+)?(?P<d>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?P<m>[a-z]{3,9})[.,]?[\s-]+(?P<y>\d{4})",
    )
]
_CLOCK = re.compile(
    r"""(?:(?:T|[\s,]+(?:at\s+)?)
          (?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d+))?)?
          (?:\s*(?P<half>[ap])\.?m\b\.?)?
          (?:\s*(?P<zone>[a-z]{1,5}(?![a-z+-])|(?:utc|gmt)?[+-]\d{1,2}(?::?\d{2})?))?
          (?:\s*\([^()]*\))?
        )?""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
_SLASHES = re.compile(r"\d{1,2}/\d{1,2}/\d{4}\b", re.ASCII)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_HOURS = {  # RFC 5322, section 4.3, and the few others that bloggers write
    "z": 0, "ut": 0, "utc": 0, "gmt": 0,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "cet": 1, "cest": 2, "msk": 3, "jst": 9,
}  # fmt: skip


class FrontMatterError(ValueError):
    """Front matter that cannot be read; *line* is the line in the file, from 1."""

    def __init__(self, line: int, cause: str) -> None:
        super().__init__(f"line {line}: {cause}")
        self.line = line


class Split(NamedTuple):
    """A file taken apart; *values* is None when it has no front matter."""

    values: dict[str, object] | None
    body: str
    lines: dict[str, int]  # where each key stands in the file, from 1
    repeated: tuple[str, ...]  # keys that stand more than once: their last value counts


def split(text: str) -> Split:
    """Take the YAML between ``---`` lines off the top of a text; line ends become LF.

    Only blank lines and a BOM may stand before it, and the first ``---`` or ``...`` on a line
    of its own ends it. Keys are lowered. Values are str, list, dict or None: numbers, dates
    and booleans stay the text they were written as, for ``1.10`` is a version as often as a
    number. Raises FrontMatterError.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    opening = _OPENING.match(text)
    if not opening:
        return Split(None, text, {}, ())
    above = text.count("\n", 0, opening.end())
    closing = _CLOSING.search(text, opening.end())
    if not closing:
        if _KEY.match(text, opening.end()):
            raise FrontMatterError(
                above, "the front matter that starts here never ends; put a line --- after it"
            )
        return Split(None, text, {}, ())  # a rule on top of a text

    source = text[opening.end() : closing.start()]
    if len(source) > LONGEST:
        raise FrontMatterError(above, f"the front matter is longer than {LONGEST} characters")
    node = _compose(source, above)
    body = text[closing.end() :].removeprefix("\n")
    if node is None:
        return Split({}, body, {}, ())
    if not isinstance(node, yaml.MappingNode):
        raise FrontMatterError(
            node.start_mark.line + above + 1,
            "the text between the --- lines is not front matter; write lines such as title: …",
        )
    return Split(*_read(node, body, above))


def moment(value: object, zone: ZoneInfo) -> datetime:
    """Read a date as bloggers write it; aware, UTC.

    Without an offset it is local to *zone*, and a day without a time is its midnight there.
    A time that the clock jumped over moves forward by the jump, and of two equal ones it is
    the first: PEP 495's fold=0. Raises ValueError with the cause and what to write instead.
    """
    text = " ".join(value.split())[:100] if isinstance(value, str) else ""
    shown = f"“{text[:60]}”" if text else "this"
    if _SLASHES.match(text):
        raise ValueError(f"{shown} may be two different days; write it as YYYY-MM-DD")
    for pattern in _DAYS:
        day = pattern.match(text)
        clock = _CLOCK.fullmatch(text, day.end()) if day else None
        if day and clock:
            break
    else:
        raise ValueError(
            f"{shown} is not a date; write it as 2013-04-30 or 2013-04-30 18:05 +0200"
        )
    away = _offset(clock["zone"]) if clock["zone"] else zone
    if away is None:
        raise ValueError(f"{shown} has an unknown time zone; write it as an offset such as +0200")
    found = _datetime(day, clock)
    if found is None or not 1000 <= found.year < 9999:  # pages show it in any zone
        raise ValueError(f"{shown} does not exist in the calendar; correct it")
    return found.replace(tzinfo=away).astimezone(UTC)


def switch(value: object) -> bool | None:
    """Read ``true``, ``no``, ``off``, ``1`` …; None for what is neither on nor off."""
    word = value.strip().lower() if isinstance(value, str) else ""
    if word in ("true", "yes", "on", "y", "1"):
        return True
    return False if word in ("false", "no", "off", "n", "0") else None


class _Loader(yaml.BaseLoader):
    """BaseLoader resolves no types; this one also refuses to nest without end."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.depth += 1
        if self.depth > DEEPEST:
            mark = parent.start_mark if parent else None
            raise yaml.composer.ComposerError(None, None, "too deep", mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _compose(source: str, above: int) -> yaml.Node | None:
    try:
        return yaml.compose(source, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        problem, mark = error.problem or "", error.problem_mark
        began = error.context_mark
        if began and (mark is None or "expected ':'" in problem or _is_end(source, mark.index)):
            mark = began
        line = mark.line + above + 1 if mark else above
        raise FrontMatterError(line, _cause(problem)) from None
    except yaml.reader.ReaderError as error:
        line = source.count("\n", 0, error.position) + above + 1
        raise FrontMatterError(line, "a character that no text has; delete it") from None
    except (yaml.YAMLError, ValueError, OverflowError):  # chr() of "\U00110000"
        raise FrontMatterError(above, "the front matter is not YAML; correct it") from None


def _is_end(source: str, index: int) -> bool:
    return not source[index:].strip("\0\n ")


def _cause(problem: str) -> str:
    if "mapping values are not allowed" in problem:
        return "a colon inside a value; put the whole value in quotes"
    if "'\\t'" in problem:
        return "a tab where YAML wants spaces; replace it"
    if "cannot start any token" in problem:
        return "a value that starts with a special character; put the whole value in quotes"
    if "end of stream" in problem or "stream end" in problem:
        return "a quote or bracket that is opened and never closed; close it"
    if "could not find expected ':'" in problem:
        return "neither “key: value” nor the end; write a line --- where the front matter ends"
    if "expected <block end>" in problem:
        return "text after a closing quote, or a line indented unlike the others; correct it"
    if problem == "too deep":
        return f"values nested more than {DEEPEST} deep; flatten them"
    if "undefined alias" in problem:
        return "a value that starts with *; put the whole value in quotes"
    return (
        f"the front matter is not YAML ({problem}); correct this line or put its value in quotes"
    )


def _read(
    node: yaml.MappingNode, body: str, above: int
) -> tuple[dict[str, object], str, dict[str, int], tuple[str, ...]]:
    values: dict[str, object] = {}
    lines: dict[str, int] = {}
    repeated: dict[str, None] = {}
    left = [MOST_VALUES]
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + above + 1
        value = _plain(value_node, left, 1)
        if left[0] < 0:
            raise FrontMatterError(line, "too many values, or aliases (*) that repeat themselves")
        if not isinstance(key_node, yaml.ScalarNode):
            continue  # nothing that an author calls by name
        key = _text(key_node.value).strip().lower()
        if key in values:
            repeated[key] = None
        values[key], lines[key] = value, line
    return values, body, lines, tuple(repeated)


def _plain(node: yaml.Node, left: list[int], depth: int) -> object:
    left[0] -= 1
    if depth > DEEPEST:  # an alias to what it stands in
        left[0] = -1
    if left[0] < 0:
        return None
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, left, depth + 1) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {
            _text(key.value).strip().lower(): _plain(value, left, depth + 1)
            for key, value in node.value
            if isinstance(key, yaml.ScalarNode)
        }
    if not isinstance(node, yaml.ScalarNode) or (
        node.style is None and node.value.lower() in ("", "~", "null")
    ):
        return None
    return _text(node.value)


def _text(value: str) -> str:
    """Join the surrogate pairs of JSON's ``\\ud83d\\ude00``; drop what no database keeps."""
    joined = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROL.sub("", joined)


def _datetime(day: re.Match[str], clock: re.Match[str]) -> datetime | None:
    month = day["m"].lower()
    hour = int(clock["hour"] or 0)
    if clock["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if clock["half"] in "pP" else 0)
    try:
        return datetime(
            int(day["y"]),
            int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1,
            int(day["d"]),
            hour,
            int(clock["minute"] or 0),
            int(clock["second"] or 0),
            int((clock["part"] or "0")[:6].ljust(6, "0")),
        )
    except ValueError:
        return None


def _offset(name: str) -> timezone | None:
    name = name.lower()
    if name in _HOURS:
        return timezone(timedelta(hours=_HOURS[name]))
    found = re.fullmatch(r"(?:utc|gmt)?([+-])(\d{1,2}):?(\d{2})?", name)
    if not found or int(found[2]) > 23 or int(found[3] or 0) > 59:
        return None
    away = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(-away if found[1] == "-" else away)
