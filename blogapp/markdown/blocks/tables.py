"""Tables (GFM 4.10): a line of cells, and the line below it that aligns the columns."""

from __future__ import annotations

import re

from ..patterns import end

_DELIMITER = re.compile(r"\|?+[ \t]*+:?+-++:?+[ \t]*+(?:\|[ \t]*+:?+-++:?+[ \t]*+)*+\|?+[ \t]*+")
_CELL = re.compile(r"(?:\\.|[^|\\]|\\$)*+")
_SIDES = {(True, True): "center", (True, False): "left", (False, True): "right"}


def alignments(line: str) -> list[str]:
    """Read the delimiter row: one of "", "left", "center", "right" a column; else empty."""
    if not _DELIMITER.fullmatch(line):
        return []
    marks = (mark.strip(" \t") for mark in line.strip(" \t|").split("|"))
    return [_SIDES.get((mark.startswith(":"), mark.endswith(":")), "") for mark in marks]


def cells(line: str) -> list[str]:
    """Split a row at its pipes; an escaped one belongs to its cell, without the backslash."""
    row = line.strip(" \t")
    found: list[str] = []
    position = 1 if row.startswith("|") else 0
    while position < len(row):
        stop = end(_CELL, row, position)
        found.append(row[position:stop].strip(" \t").replace("\\|", "|"))
        position = stop + 1
    return found


def fitted(row: list[str], columns: int) -> list[str]:
    """Put what a long row has too much into its last cell.

    GitHub drops it: most of it is code with a pipe that nobody escaped.
    """
    return row if len(row) <= columns else [*row[: columns - 1], " | ".join(row[columns - 1 :])]
