"""Clocks: the machine's own, which must make no difference, somewhere else."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator

import pytest

# As far east, and as crooked, as zones are.
PLACES = ["UTC", "Pacific/Kiritimati", "America/St_Johns"]


@contextlib.contextmanager
def machine_in(zone: str) -> Iterator[None]:
    """Let the machine be in *zone*, as ``TZ`` tells the C library, while the block runs."""
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(os.environ, "TZ", zone)
            time.tzset()
            yield
    finally:
        time.tzset()
