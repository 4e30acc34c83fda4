"""Lines of a text: which one a place is on."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate


class Lines:
    """Where the lines of a text begin: which one a place is on, from *first*."""

    def __init__(self, text: str, first: int = 1) -> None:
        self._text = text
        self._first = first

    def at(self, index: int) -> int:
        return bisect_right(self._starts, index) - 1 + self._first

    @cached_property
    def _starts(self) -> list[int]:
        lengths = map(len, self._text.split("\n"))
        return [number + at for number, at in enumerate(accumulate(lengths, initial=0))]
