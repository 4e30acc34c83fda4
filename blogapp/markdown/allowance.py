"""What colouring the code of one document may cost, so that its cost is in step with its length.

The lexers are heaps of regular expressions, and most of them need quadratic time for some text:
1,600 newlines keep the one for C busy for half a second, a line of backslashes the one for fish
for good. So characters are limited, which is the same on every machine, and time, which only such
text uses up: it is CPU time, some ten times what code takes that people write.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import FrameType

BLOCK = 20_000  # characters; nobody reads so far
DOCUMENT = 100_000  # characters, in all blocks
PACE = 20e-6  # seconds for a character
RESERVE = 0.5  # seconds that a document may take beyond its pace


class Exceeded(BaseException):
    """The time is over. Nothing but `spend` is meant to catch it."""


@dataclass(slots=True)
class Allowance:
    """What is left for the blocks to come."""

    characters: int = DOCUMENT
    seconds: float = RESERVE

    def covers(self, length: int) -> bool:
        """Tell whether a block of *length* characters may be coloured."""
        return length <= min(BLOCK, self.characters) and self.seconds > 0

    @contextmanager
    def spend(self, length: int) -> Iterator[None]:
        """Charge what the block inside takes; raises ``TimeoutError`` when that is too much."""
        self.characters -= length
        pace = length * PACE
        began = time.process_time()
        try:
            with _at_most(pace + self.seconds):
                yield
        except Exceeded:
            raise TimeoutError("colouring takes too long") from None
        finally:
            self.seconds -= max(time.process_time() - began - pace, 0)


@contextmanager
def shared() -> Iterator[None]:
    """Have all blocks of code made inside share one allowance: they are one document."""
    token = _shared.set(Allowance())
    try:
        yield
    finally:
        _shared.reset(token)


def current() -> Allowance:
    """Give the allowance of this document, or a new one outside of any."""
    return _shared.get() or Allowance()


_shared: ContextVar[Allowance | None] = ContextVar("allowance", default=None)


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise `Exceeded` inside after *seconds* of CPU time, even in a regular expression."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears signals; the renderer has no other
        return
    before = signal.signal(signal.SIGPROF, _stop)
    mask = signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPROF})
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    finally:  # of its own: the signal may come just there
        signal.signal(signal.SIGPROF, before)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Exceeded
