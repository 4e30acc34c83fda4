"""Lines of a text: which one a place is on."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property


class Lines:
    """Where the lines of a text begin: which one a place is on, from *first*."""

    def __init__(self, text: str, first: int = 1) -> None:
        self._text = text
        self._first = first

    def at(self, index: int) -> int:
        return bisect_right(self._starts, index) - 1 + self._first

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self._text))]
