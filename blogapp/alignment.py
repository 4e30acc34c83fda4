"""Alignment: where two sequences of lines or words differ, as Git sees it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

MOST = 200_000  # items of both that are aligned: below a second on an idle core


class Hunk(NamedTuple):
    """What stands at ``old[start:end]`` is ``new[new_start:new_end]`` now; either may be empty."""

    start: int
    end: int
    new_start: int
    new_end: int


def hunks(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Hunk]:
    """Find what differs, in order; between two hunks stands at least one item that does not.

    These are the hunks of Git's own diff (Myers' algorithm, with Git's choice among repeated
    items). It gives up looking for the smallest where much differs. With more than `MOST` items
    between their common beginning and end, all of that is one hunk.
    """
    if len(old) + len(new) > MOST:
        first, last = ends(old, new)
        if len(old) + len(new) - 2 * (first + last) > MOST:
            return [Hunk(first, len(old) - last, first, len(new) - last)]
    # Only a worker that compares pays for libgit2, which takes 22 MB and 0.1 seconds.
    from pygit2 import Patch

    numbers: dict[Hashable, int] = {}

    def write(items: Sequence[Hashable]) -> bytes:
        """Write a line for each item: equal items are equal lines, and none holds a break."""
        return b"".join(b"%d\n" % numbers.setdefault(item, len(numbers)) for item in items)

    found = Patch.create_from(write(old), write(new), context_lines=0).hunks
    return [
        _hunk(hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines) for hunk in found
    ]


def ends(old: Sequence[Hashable], new: Sequence[Hashable]) -> tuple[int, int]:
    """Count the items with which both begin, and of the others those with which both end."""
    shorter = min(len(old), len(new))
    first = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = range(1, shorter - first + 1)
    return first, next((at - 1 for at in rest if old[-at] != new[-at]), len(rest))


def lines(text: str) -> list[str]:
    """Split *text* at its line feeds, which stay; the last line may have none."""
    split = [line + "\n" for line in text.split("\n")]
    split[-1] = split[-1][:-1]
    return split if split[-1] else split[:-1]


def _hunk(start: int, length: int, new_start: int, new_length: int) -> Hunk:
    """Count from 0; a diff names the line before what is empty, and else the first from 1."""
    start -= length > 0
    new_start -= new_length > 0
    return Hunk(start, start + length, new_start, new_start + new_length)
