"""Renderers: texts rendered ahead of those that wait for them, as many at once as there are."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from queue import Empty, SimpleQueue

from ... import markdown, texts
from ...markdown import pool
from ...markdown.stream import Stream
from .spool import Spool

QUEUE = 4 * pool.SIZE  # texts that wait for a renderer early, so that it does not wait for one
AHEAD = 2  # texts that a renderer has at once: one to render, and the next one

_Begun = tuple[str, "Future[markdown.Rendered]"]


class Renderers:
    """The renderer's processes; while they have little else to do, they may begin *early*."""

    def __init__(self) -> None:
        self._texts: SimpleQueue[_Begun | None] = SimpleQueue()  # None: there are no more
        self._threads: list[threading.Thread] = []
        self._is_closed = False
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
        self._is_closed = True
        for _ in self._threads:
            self._texts.put(None)
        self._spool.close()

    def _render(self, body: str) -> Future[markdown.Rendered]:
        if len(self._threads) < pool.SIZE:
            # A daemon: nothing it does matters once the program ends.
            self._threads.append(threading.Thread(target=self._work, daemon=True))
            self._threads[-1].start()
        begun: Future[markdown.Rendered] = Future()
        self._texts.put((texts.normalise(body), begun))
        return begun

    def _work(self) -> None:
        """Render what is in the queue, until that is closed."""
        stream, begun = Stream(), list[Future[markdown.Rendered]]()
        try:
            while self._put_in(stream, begun):
                first = begun.pop(0)
                try:
                    first.set_result(stream.take())
                except Exception as error:  # whatever it is: somebody waits to be told
                    first.set_exception(error)
        finally:
            stream.close()

    def _put_in(self, stream: Stream, begun: list[Future[markdown.Rendered]]) -> bool:
        """Put what there is into a *stream*; waits for the first. Tells whether to go on."""
        while len(begun) < AHEAD:
            try:
                text = self._texts.get(block=not begun)
            except Empty:
                break
            if text is None or self._is_closed:
                return False
            stream.put(text[0])
            begun.append(text[1])
        return not self._is_closed
