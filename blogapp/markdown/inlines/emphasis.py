"""Emphasis and strikethrough: which runs of ``*``, ``_`` and ``~`` belong together (GFM 6.4, 6.5).

Like CommonMark's own procedure it goes through the pieces once, and remembers below which
opener a closer of a kind found nothing: the cost is in step with the number of pieces.
"""

from __future__ import annotations

from collections.abc import Callable

from .pieces import Inline, Piece, Run

DEEPEST = 100  # marks that wait to be closed; farther ones are text

Make = Callable[[str, list[Piece]], Inline]
_Kind = tuple[str, bool, int]


def resolve(pieces: list[Piece], make: Make) -> list[Piece]:
    """Join what stands between runs that belong together; *make* makes the elements."""
    if not any(isinstance(piece, Run) for piece in pieces):
        return pieces
    return _Resolver(make).resolve(pieces)


class _Resolver:
    def __init__(self, make: Make) -> None:
        self._make = make
        self._done: list[Piece] = []
        self._openers: list[tuple[int, Run]] = []  # and where in _done each stands
        self._searched: dict[_Kind, int] = {}  # number of the last opener that was in vain

    def resolve(self, pieces: list[Piece]) -> list[Piece]:
        for number, piece in enumerate(pieces, start=1):
            if isinstance(piece, Run):
                piece.number = number
                self._take(piece)
            else:
                self._done.append(piece)
        return self._done

    def _take(self, run: Run) -> None:
        while run.count and run.can_close and self._close(run):
            pass
        if not run.count:
            return
        self._done.append(run)
        if run.can_open:
            self._openers.append((len(self._done) - 1, run))
            self._forget_farthest()

    def _forget_farthest(self) -> None:
        """Keep so few openers that what they make is not nested too deep."""
        while sum(opener.count for _, opener in self._openers) > DEEPEST:
            del self._openers[0]

    def _close(self, closer: Run) -> bool:
        place = self._opener_of(closer)
        if place is None:
            return False
        at, opener = self._openers[place]
        both = min(opener.count, closer.count)
        used = both if closer.character == "~" else min(both, 2)
        tag = "del" if closer.character == "~" else "strong" if used == 2 else "em"
        content = self._done[at + 1 :]

        del self._openers[place + 1 :]
        del self._done[at + 1 :]
        opener.count -= used
        closer.count -= used
        if not opener.count:
            self._openers.pop()
            self._done.pop()
        self._done.append(self._make(tag, content))
        return True

    def _opener_of(self, closer: Run) -> int | None:
        """Find the nearest opener of *closer*, as its place in the list of openers."""
        kind = (closer.character, closer.can_open, closer.length % 3)
        if closer.character == "~":
            kind = ("~", False, closer.length)
        searched = self._searched.get(kind, 0)
        for place in range(len(self._openers) - 1, -1, -1):
            _, opener = self._openers[place]
            if opener.number <= searched:
                break
            if opener.character == closer.character and _fit(opener, closer):
                return place
        if self._openers:
            self._searched[kind] = self._openers[-1][1].number
        return None


def _fit(opener: Run, closer: Run) -> bool:
    """Apply the rule of three, or for tildes that of equal length."""
    if opener.character == "~":
        return opener.length == closer.length
    if not (opener.can_close or closer.can_open):
        return True
    return (opener.length + closer.length) % 3 != 0 or (
        opener.length % 3 == 0 and closer.length % 3 == 0
    )
