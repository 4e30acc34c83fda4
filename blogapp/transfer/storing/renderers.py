"""Renderers: texts rendered ahead of those that wait for them, as many at once as there are."""

from __future__ import annotations

import sys
from concurrent.futures import Future, ThreadPoolExecutor

from ... import markdown, texts
from ...markdown import pool
from .spool import Spool

QUEUE = 4 * pool.SIZE  # texts that wait for a renderer early, so that it does not wait for one
TURN = 0.0005  # seconds; in Python's own ones, a renderer waits longer than it takes for a text


class Renderers:
    """The renderer's processes; while they have little else to do, they may begin *early*."""

    def __init__(self) -> None:
        self._turn = sys.getswitchinterval()
        sys.setswitchinterval(TURN)  # whoever has an answer of a renderer gives it the next text
        self._threads = ThreadPoolExecutor(pool.SIZE)
        self._spool = Spool[markdown.Rendered]()
        self._begun: dict[str, Future[markdown.Rendered]] = {}
        self._done: dict[str, int] = {}  # where it waits on disk

    def begin_early(self, path: str, body: str) -> None:
        """Render the text of the file at *path* already, if the renderers have time for it."""
        for each in [each for each, begun in self._begun.items() if begun.done()]:
            begun = self._begun.pop(each)
            if begun.exception() is None:  # else the same comes out when it is rendered in turn
                self._done[each] = self._spool.put(begun.result())
        if len(self._begun) < QUEUE:
            self._begun[path] = self._render(body)

    def render(self, path: str, body: str) -> Future[markdown.Rendered]:
        """Render *body*; if that has begun early it is the same text."""
        if path in self._begun:
            return self._begun.pop(path)
        if path not in self._done:
            return self._render(body)
        done: Future[markdown.Rendered] = Future()
        done.set_result(self._spool.get(self._done.pop(path)))
        return done

    def close(self) -> None:
        """Let go of what nobody has asked for."""
        sys.setswitchinterval(self._turn)
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._spool.close()

    def _render(self, body: str) -> Future[markdown.Rendered]:
        return self._threads.submit(markdown.render, texts.normalise(body))
