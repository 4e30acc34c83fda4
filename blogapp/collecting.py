"""The garbage collector, while much is made: of what stays, and of what goes by itself."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

MANY = 20_000  # objects more than before, some MB, until the collector looks through them


@contextmanager
def paused() -> Iterator[None]:
    """Collect nothing meanwhile, and look through nothing of what is there at the end again.

    Modules and an application are a hundred thousand objects; the collector would look through
    the older ones of them again and again while the younger are made, a tenth of a cold start.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


@contextmanager
def seldom() -> Iterator[None]:
    """Look for garbage only when there may be a lot of it.

    Work on thousands of posts makes and drops objects all the time, few of them in circles. As
    often as usual, the collector would go through all of the application again and again.
    """
    usual = gc.get_threshold()
    gc.set_threshold(max(MANY, usual[0]), *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
