"""Eras: times in which readers see the same, from a change or a scheduled article to the next."""

from __future__ import annotations

import math
import time
from typing import NamedTuple

from . import posts
from .generation import Generation


class Era(NamedTuple):
    """A generation, as far as no scheduled article ends it; seconds since the epoch.

    *modified* is when the newest change was made that it shows, and *begun* when it was asked for.
    """

    generation: int
    modified: float
    begun: float
    until: float


class Eras:
    """Knows the present one, and asks the database only when it is over."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._latest: Era | None = None

    def present(self) -> Era:
        """Return the era of now, from before anything is read that a page will show."""
        now, generation, era = time.time(), self._generation.now(), self._latest
        if era is None or era.generation != generation or not era.begun <= now < era.until:
            era = self._latest = self._ask(now)
        return era

    def mark(self) -> tuple[int, float, bool]:
        """Tell the present from what was, without the database, for notes that end with it."""
        era, generation = self._latest, self._generation.now()
        until = era.until if era else math.inf
        return generation, until, until <= time.time()

    def forget(self) -> None:
        """Ask the database again: it is another one."""
        self._latest = None

    def _ask(self, now: float) -> Era:
        state = self._generation.state()
        last, following = posts.publications()
        modified = max(state.since, last.timestamp() if last else 0.0)
        return Era(state.number, modified, now, following.timestamp() if following else math.inf)
