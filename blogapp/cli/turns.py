"""Turns: how the threads of a server share a core."""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def take_whole() -> None:
    """Let this thread, and all that it starts from now on, finish their turns on a core.

    By default Linux lets a thread that is woken interrupt another. A server's are woken by each
    other, for every request and every answer: what one does is interrupted several times, and its
    data leave the caches. As batches (sched(7), SCHED_BATCH) they wait until the other waits, or
    has had its time. Who was given another policy keeps it.
    """
    if sys.platform == "linux" and os.sched_getscheduler(0) == os.SCHED_OTHER:
        with suppress(OSError):  # where it is forbidden, all works as before
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
