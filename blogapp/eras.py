"""Eras: times in which readers see the same, from a change or a scheduled article to the next."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from flask import Flask, current_app

from . import posts
from .generation import Generation

R = TypeVar("R")

MOST = 256  # answers of a kind that are remembered


def init_app(app: Flask) -> None:
    """Let *app* know its eras."""
    app.extensions["eras"] = Eras(app.extensions["generation"])


def remembered(ask: Callable[..., R], *values: Hashable) -> R:
    """Return what *ask* says of *values*, which it is asked once an era.

    For what many pages of readers share, such as numbers of articles: what *ask* reads must be
    what all readers see, and nothing that this request has written. Where another machine may
    write, *ask* is asked each time: an era then ends a little later than a list has changed.
    """
    eras: Eras = current_app.extensions["eras"]
    return eras.remembered(ask, *values)


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
        self._known: tuple[Era | None, dict[Any, Any]] = (None, {})

    def present(self) -> Era:
        """Return the era of now, from before anything is read that a page will show."""
        now, generation, era = time.time(), self._generation.now(), self._latest
        if era is None or era.generation != generation or not era.begun <= now < era.until:
            era = self._latest = self._ask(now)
        return era

    def remembered(self, ask: Callable[..., R], *values: Hashable) -> R:
        """Return what *ask* says of *values*; it has begun after the era that it is kept for."""
        if not self._generation.is_told_at_once:
            return ask(*values)
        era = self.present()
        known_in, known = self._known
        if known_in is not era:
            known = {}
            self._known = (era, known)
        answers: Callable[..., R] | None = known.get(ask)
        if answers is None:
            answers = known[ask] = lru_cache(MOST)(ask)
        return answers(*values)

    def forget_answers(self) -> None:
        """Remember nothing: what is asked next is asked anew."""
        self._known = (None, {})

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
