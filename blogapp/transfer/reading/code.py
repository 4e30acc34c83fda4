"""Code: what a text shows as code or keeps as it is, as the renderer reads it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from ...markdown.blocks import nodes
from ...markdown.blocks.reader import Reader
from ..rewriting.spans import Spans

_MARK = re.compile(r"\\.|`+|<", re.DOTALL)
_VERBATIM = re.compile(r"<(pre|script|style|textarea)(?=[\s/>])")


class Code:
    """The blocks, spans and verbatim elements of code in *markdown* (LF at the ends of lines)."""

    def __init__(self, markdown: str) -> None:
        self._markdown = markdown
        self._ranges: list[tuple[int, int]] = sorted(self._found())
        self._starts = [start for start, _ in self._ranges]
        elements = [each for each in _elements(markdown) if not self.holds(each[0])]
        self._ranges = _merged([*self._ranges, *elements])
        self._starts = [start for start, _ in self._ranges]

    def holds(self, index: int) -> bool:
        """Tell whether the character at *index* stands in code."""
        number = bisect_right(self._starts, index) - 1
        return number >= 0 and index < self._ranges[number][1]

    def _found(self) -> Iterator[tuple[int, int]]:
        lines = self._markdown.split("\n")
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line) + 1)
        for block in leaves(lines):
            start, end = starts[block.first - 1], starts[block.last] - 1
            if isinstance(block, nodes.IndentedCode | nodes.Fence):
                yield start, end
            elif isinstance(block, nodes.Table):
                for number in range(block.first, block.last + 1):
                    yield from _spans(self._markdown, starts[number - 1], starts[number] - 1)
            elif not isinstance(block, nodes.Html):
                yield from _spans(self._markdown, start, end)


def leaves(lines: list[str]) -> Iterator[nodes.Block]:
    """Yield the blocks that hold no others, in no certain order."""
    waiting: list[nodes.Block] = [Reader().read(lines)]
    while waiting:
        block = waiting.pop()
        if isinstance(block, nodes.Container):
            waiting += block.children
        else:
            yield block


def _spans(markdown: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    spans = Spans(markdown, start, end)
    position = start
    while mark := _MARK.search(markdown, position, end):
        position = mark.end()
        if mark[0][0] == "`" and (behind := spans.end(mark)):
            yield mark.start(), behind
            position = behind
        elif mark[0] == "<":
            position = spans.end_of_pointed(mark.start()) or position


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _elements(markdown: str) -> Iterator[tuple[int, int]]:
    """Find the elements whose text is kept as it is, each up to its closing tag."""
    lowered = markdown.lower()
    unclosed: set[str] = set()
    position = 0
    for opening in _VERBATIM.finditer(lowered):
        name = opening[1]
        if opening.start() < position or name in unclosed:
            continue
        end = lowered.find(f"</{name}", opening.end())
        if end < 0:
            unclosed.add(name)
            continue
        yield opening.start(), end
        position = end
