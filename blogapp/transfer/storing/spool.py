"""A spool: what was read of thousands of files, kept on disk until its turn comes."""

from __future__ import annotations

import pickle
import tempfile
from typing import Generic, TypeVar, cast

_Kept = TypeVar("_Kept")


class Spool(Generic[_Kept]):
    """Values in a file that has no name, and goes when the spool is closed."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._is_at_end = True

    def put(self, value: _Kept) -> int:
        """Keep a value; returns its place."""
        # Only when it must: a seek writes down what was put, which can wait for more.
        place = self._file.tell() if self._is_at_end else self._file.seek(0, 2)
        self._is_at_end = True
        self._file.write(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))
        return place

    def get(self, place: int) -> _Kept:
        """Read the value at *place*."""
        self._file.seek(place)
        self._is_at_end = False
        # Nobody else can write to this file, and only values of one kind are put.
        return cast(_Kept, pickle.load(self._file))  # noqa: S301 - nobody else writes to it

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
