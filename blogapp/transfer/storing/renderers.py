"""Renderers: texts rendered ahead of those that wait for them, as many at once as there are."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from ... import markdown, texts
from ...markdown import pool
from .spool import Spool


class Renderers:
    """The renderer's processes; while they have nothing else to do, they may begin *early*."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(pool.SIZE)
        self._spool = Spool[markdown.Rendered]()
        self._begun: dict[str, Future[markdown.Rendered]] = {}
        self._done: dict[str, int] = {}  # where it waits on disk

    def begin_early(self, path: str, body: str) -> None:
        """Render the text of the file at *path* already, if one of the renderers is idle."""
        for each in [each for each, begun in self._begun.items() if begun.done()]:
            begun = self._begun.pop(each)
            if begun.exception() is None:  # else the same comes out when it is rendered in turn
                self._done[each] = self._spool.put(begun.result())
        if len(self._begun) < pool.SIZE:
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
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._spool.close()

    def _render(self, body: str) -> Future[markdown.Rendered]:
        return self._threads.submit(markdown.render, texts.normalise(body))
