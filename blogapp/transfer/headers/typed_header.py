"""TOML and JSON headers: their types become the text that an author wrote."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date, datetime, time

from .header import DEEPEST, LONGEST, MOST_VALUES, FrontMatterError, Header, clean, key, too_long

_PLACE = re.compile(r" \((?:at line (\d+), column \d+|at end of document)\)$")
_KEY = re.compile(
    r"^[ \t]*+\[*+[ \t]*+(\"[^\"\n]*+\"|'[^'\n]*+'|[A-Za-z0-9_-]++)[ \t]*+[=.\]]", re.MULTILINE
)
_DEEP_KEY = re.compile(
    r"(?:^|[\[{,])(?:[ \t]*+(?:[A-Za-z0-9_-]++|\"(?:[^\"\\\n]|\\.)*+\"|'[^'\n]*+')[ \t]*+\.)"
    rf"{{{DEEPEST}}}",
    re.MULTILINE,
)
_NAME = re.compile(r'("(?:[^"\\\n]|\\.)*+")\s*+:|"(?:[^"\\\n]|\\.)*+"')  # or a value


def from_toml(source: str, above: int) -> Header:
    """Read the TOML between the lines ``+++``, of which *above* lines stand over it.

    Raises FrontMatterError.
    """
    too_long(source, max(above, 1))
    if deep := _DEEP_KEY.search(source):  # tomllib would take quadratic time
        cause = f"a key of more than {DEEPEST} parts; flatten it"
        raise FrontMatterError(source.count("\n", 0, deep.end()) + 1 + above, cause)
    try:
        found = tomllib.loads(source, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else source.rstrip("\n").count("\n") + 1
        cause = _PLACE.sub("", str(error))
        raise FrontMatterError(line + above, f"not TOML: {cause}; correct it") from None
    except (ValueError, RecursionError, OverflowError):  # numbers of 5,000 digits, deep arrays
        cause = "a value that is too long or nested too deep; shorten it"
        raise FrontMatterError(max(above, 1), cause) from None
    return _header(found, _KEY, source, above)


def from_json(text: str, start: int, above: int) -> tuple[Header, int]:
    """Read the JSON object at *start* of *text*; returns where it ends, too.

    Raises FrontMatterError.
    """
    repeated: dict[str, None] = {}

    def collected(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for name, value in pairs:
            if name in found:
                repeated[key(name)] = None
            found[name] = value
        return found

    source = text[start : start + LONGEST + 1]
    decoder = json.JSONDecoder(
        object_pairs_hook=collected, parse_int=str, parse_float=str, parse_constant=str
    )
    try:
        found, end = decoder.raw_decode(source)
    except json.JSONDecodeError as error:
        if error.pos >= LONGEST or error.msg.startswith("Unterminated"):
            too_long(source, above + 1)
        cause = f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}; correct it"
        raise FrontMatterError(error.lineno + above, cause) from None
    except RecursionError:
        cause = f"values nested more than {DEEPEST} deep; flatten them"
        raise FrontMatterError(above + 1, cause) from None
    if not isinstance(found, dict):
        raise FrontMatterError(above + 1, "not a JSON object; write {…}")
    header = _header(found, _NAME, source[:end], above)
    top = tuple(name for name in repeated if name in header.values)
    return Header(header.values, header.lines, top), start + end


def _header(found: dict[str, object], names: re.Pattern[str], source: str, above: int) -> Header:
    left = [MOST_VALUES]
    values = {key(name): _written(value, left, 1) for name, value in found.items()}
    if left[0] < 0:
        cause = f"too many values, or values nested more than {DEEPEST} deep; flatten them"
        raise FrontMatterError(max(above, 1), cause)
    lines: dict[str, int] = {}
    line, position = above + 1, 0
    for match in names.finditer(source):
        if match[1] is None:
            continue
        line += source.count("\n", position, match.start(1))
        position = match.start(1)
        name = key(match[1].strip("\"'"))
        if name in values:
            lines.setdefault(name, line)
    return Header(values, {name: lines.get(name, above + 1) for name in values})


def _written(value: object, left: list[int], depth: int) -> object:
    left[0] -= 1
    if depth > DEEPEST:
        left[0] = -1
    if left[0] < 0 or value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return [_written(item, left, depth + 1) for item in value]
    if isinstance(value, dict):
        return {key(name): _written(item, left, depth + 1) for name, item in value.items()}
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    try:
        return clean(str(value))
    except ValueError:  # a number of more digits than Python writes
        return None
