"""The renderer's child processes: started when needed, kept, and replaced when they die."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import mmap
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from . import wire

SIZE = 2  # so that a slow preview does not hold up a save

# The child needs this package, but not the application around it: it starts faster, and small.
_START = """
import sys, types
blogapp = types.ModuleType("blogapp")
blogapp.__path__ = [sys.argv[1]]
sys.modules["blogapp"] = blogapp
from blogapp.markdown import worker
worker.main()
"""
_PACKAGE = Path(__file__).parent.parent


class Pool:
    """A few children; a request waits while all of them are busy, which is bounded."""

    def __init__(self, size: int = SIZE) -> None:
        self._free = threading.Semaphore(size)
        self._idle: list[Child] = []
        self._busy: set[Child] = set()

    def ask(
        self, source: str, *, seconds: float, patience: float | None = None, task: str = "render"
    ) -> dict[str, Any]:
        """Have *source* rendered, or another *task* of the worker's done with it.

        Raises ``TimeoutError`` past *seconds*, which count from when a child is ready,
        ``BlockingIOError`` if none is within *patience* (seconds), and ``ChildProcessError``
        if there is none at all, or it dies.
        """
        child, is_sound = self.take(patience), False
        try:
            answer = child.ask(request(source, seconds=seconds, task=task))
            is_sound = "error" not in answer
            return answer
        finally:  # after an interrupt, too: the child is in the middle of an answer
            self.give(child, is_sound=is_sound)

    def take(self, patience: float | None = None) -> Child:
        """Take a child for oneself, until it is given back; raises what ``ask`` does."""
        if not self._free.acquire(timeout=patience):
            raise BlockingIOError("every renderer is busy")
        try:
            child = self._take()
        except BaseException:
            self._free.release()
            raise
        self._busy.add(child)
        return child

    def give(self, child: Child, *, is_sound: bool) -> None:
        """Give a child back; one that is not *is_sound* may be huge by now, or in an odd state."""
        self._busy.discard(child)
        if is_sound:
            self._idle.append(child)
        else:
            child.close()
        self._free.release()

    def close(self) -> None:
        """End every child; whoever waits for one learns that it died."""
        for child in tuple(self._busy):
            child.kill()
        while self._idle:
            self._idle.pop().close()

    def forget(self) -> None:
        """Let go of children that belong to the process that we were forked from."""
        for child in (*self._idle, *self._busy):
            child.forget()

    def _take(self) -> Child:
        while self._idle:
            child = self._idle.pop()
            if child.alive():
                return child
            child.close()
        return Child()


class Child:
    """One child process; it has said that it is ready."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and words
            [sys.executable, "-c", _START, str(_PACKAGE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=_environment(),
            start_new_session=True,  # Ctrl-C in a terminal is for the parent
        )
        assert self._process.stdin and self._process.stdout  # noqa: S101 - both are pipes
        self._requests, self._answers = self._process.stdin, self._process.stdout
        if wire.receive(self._answers) is None:
            self.close()
            raise ChildProcessError("the renderer does not start")

    def ask(self, request: bytes) -> dict[str, Any]:
        """Send a request, and wait for its answer; raises as ``receive`` does."""
        self.send(request)
        return self.receive()

    def send(self, request: bytes) -> None:
        """Send a request; if the child has died, ``receive`` tells so."""
        with contextlib.suppress(BrokenPipeError):
            wire.write(self._requests, request)

    def receive(self) -> dict[str, Any]:
        """Wait for the next answer; raises ``TimeoutError`` or ``ChildProcessError``."""
        answer = wire.receive(self._answers)
        if answer is not None:
            return dict(answer)
        code = self._process.wait()
        if code == -signal.SIGALRM:
            raise TimeoutError
        raise ChildProcessError(f"the renderer died with {code}")

    def room(self) -> int:
        """Tell how many bytes of requests wait in the pipe before who sends more has to."""
        if not hasattr(fcntl, "F_GETPIPE_SZ"):  # Linux tells
            return 0
        # The first page and the last may be full before they are used up.
        return fcntl.fcntl(self._requests, fcntl.F_GETPIPE_SZ) - 2 * mmap.PAGESIZE

    def alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self.forget()

    def forget(self) -> None:
        self._requests.close()
        self._answers.close()
        self._process.returncode = self._process.returncode or 0  # no warning when collected


def request(source: str, *, seconds: float, task: str = "render") -> bytes:
    """Write a request: to do *task* with *source* within *seconds*."""
    return wire.packed({"task": task, "source": source, "seconds": max(seconds, 0.001)})


def _environment() -> dict[str, str]:
    """Let the child import what its parent imports, and know nothing else."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "PATH") if name in os.environ}
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return kept | {"PYTHONPATH": path, "PYTHONUTF8": "1", "PYTHONSAFEPATH": "1"}


pool = Pool()


def _after_fork() -> None:
    global pool
    pool.forget()
    pool = Pool()


os.register_at_fork(after_in_child=_after_fork)
atexit.register(lambda: pool.close())
