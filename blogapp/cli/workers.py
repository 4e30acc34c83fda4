"""Workers: what they serve with, and what becomes of the server when one ends."""

from __future__ import annotations

import logging
import signal
import socket
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import granian._signals
from granian._granian import WorkerSignal
from granian._signals import set_sync_signals
from granian.server import MPServer
from granian.server.mp import WorkerProcess

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from flask import Flask

log = logging.getLogger(__name__)

GRACE = 10  # seconds that requests and letters in flight have after SIGTERM
EARLY = 1.0  # seconds; a worker that was killed within them may have done nothing yet
TRIES = 5  # that a worker has which is killed so early each time


class Server(MPServer):
    """Granian's server, behind our proxy wherever there is a *listener* to accept from.

    Granian, which with ``respawn_failed_workers`` replaces workers, does not replace all: it takes
    any second end within 5.5 seconds for one of a worker that cannot start, a reload counted, and
    does not see it where two workers end by turns: it would start them for ever.
    """

    _killed_early = 0  # in a row

    def __init__(self, target: str, *, listener: socket.socket | None, **options: Any) -> None:
        super().__init__(target, **options)
        self._listener = listener

    def _init_shared_socket(self) -> None:
        if self._listener is None:
            super()._init_shared_socket()  # type: ignore[no-untyped-call]  # granian has no types
        else:
            self._ssp = self._shd = None  # workers have their own, inside
            self._sso = self._listener  # which workers get, and granian closes when it ends

    @staticmethod
    def _spawn_wsgi_worker(
        number: int, name: str | None, load: Callable[[], Flask], sockets: Any, *rest: Any
    ) -> None:
        """Work, in the process of a worker; *load* makes the application."""
        for each in (signal.SIGINT, signal.SIGTERM):  # until granian has handlers of its own:
            signal.signal(each, signal.SIG_DFL)  # those of the main process would do nothing here
        if sockets[0] != (None, None):
            MPServer._spawn_wsgi_worker(number, name, lambda: load().wsgi_app, sockets, *rest)
            return
        from ..proxy.front import Front  # here: there is none for every system

        front = Front(sockets[1])

        def load_behind() -> WSGIApplication:
            return front.open(load())

        def set_signals() -> WorkerSignal:
            event: WorkerSignal = set_sync_signals()  # type: ignore[no-untyped-call]
            front.handle_signals(event.set)
            return event

        granian._signals.set_sync_signals = set_signals  # where the worker looks for it
        sockets = ((None, front.upstream), None)
        MPServer._spawn_wsgi_worker(number, name, load_behind, sockets, *rest)
        front.join(GRACE)

    def _respawn_workers(
        self, workers: Sequence[int], spawn_target: Any, target_loader: Any, delay: float = 0
    ) -> None:
        """Replace workers: with no *delay* those that have ended, else to reload."""
        if not delay:
            workers = [at for at, worker in enumerate(self.wrks) if not worker.inner.is_alive()]
            if any(self._is_hopeless(self.wrks[at]) for at in workers):
                log.error("a worker cannot start, or is killed each time: the server ends")
                self.shutdown(1)  # type: ignore[no-untyped-call]  # granian has no types there
        super()._respawn_workers(workers, spawn_target, target_loader, delay)
        self.respawned_wrks.clear()  # by which it would tell
        if self.interrupt_children or self.interrupt_signal:  # and its loop forgot it meanwhile
            self.main_loop_interrupt.set()

    def _is_hopeless(self, worker: WorkerProcess) -> bool:
        """Tell whether one that takes the place of *worker* would end as well.

        An exception, which ends no worker but in its start, is an exit code above 0, a signal one
        below it (docs.python.org/3/library/multiprocessing.html, ``Process.exitcode``).
        """
        is_early = time.monotonic() - worker.birth < EARLY
        self._killed_early = self._killed_early + 1 if is_early else 0
        return (worker.inner.exitcode or 0) > 0 or self._killed_early >= TRIES * self.workers
