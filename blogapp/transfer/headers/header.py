"""A header: what stands above a post's text, in whichever notation."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 100_000  # characters: no author writes more by hand, and PyYAML is slow
MOST_VALUES = 10_000  # after aliases are followed: nine lines of aliases make a billion values
DEEPEST = 40

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class FrontMatterError(ValueError):
    """Front matter that cannot be read; *line* is the line in the file, from 1."""

    def __init__(self, line: int, cause: str) -> None:
        super().__init__(f"line {line}: {cause}")
        self.line = line
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Header:
    """What a header says.

    Keys are lowered. Values are str, list, dict or None: numbers, dates and booleans are the
    text they were written as, for ``1.10`` is a version as often as a number.
    """

    values: dict[str, object]
    lines: dict[str, int]  # where each key stands in the file, from 1
    repeated: tuple[str, ...] = ()  # keys that stand more than once: their last value counts


def clean(value: str) -> str:
    """Join the surrogate pairs of JSON's ``\\ud83d\\ude00``; drop what no database keeps."""
    if value.isprintable():  # as most are: neither is in it
        return value
    joined = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROL.sub("", joined)


def key(written: str) -> str:
    return clean(written).strip().lower()


def too_long(source: str, line: int) -> None:
    """Raise FrontMatterError for a header of more than ``LONGEST`` characters."""
    if len(source) > LONGEST:
        raise FrontMatterError(line, f"the front matter is longer than {LONGEST} characters")
