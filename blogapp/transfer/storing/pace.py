"""The pace of an import: as many posts in a transaction as others can wait for."""

from __future__ import annotations

import time
from collections.abc import Callable

FIRST = 50  # posts in the first transaction, at most
LONGEST = 0.25  # seconds for which other writers are to wait


class Pace:
    """How many *posts* the next transaction takes: *most*, or fewer where that takes too long.

    How long one takes is known when it is over: of the machine, of what else that does, and of
    what is done to the posts. *clock* tells seconds.
    """

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.posts = min(FIRST, most)
        self._most = most
        self._clock = clock
        self._began: float | None = None

    def begin(self) -> None:
        """Note that others have to wait from now on."""
        self._began = self._clock()

    def end(self) -> None:
        """Note that they need not wait any more, if they had to."""
        if self._began is None:
            return
        held, self._began = self._clock() - self._began, None
        if held > LONGEST:
            self.posts = max(1, int(self.posts * LONGEST / held))
        elif held < LONGEST / 2:
            self.posts = min(2 * self.posts, self._most)
