"""A spool: what was read of thousands of files, kept on disk until its turn comes."""

from __future__ import annotations

import pickle
import tempfile
from typing import cast

from ..found import SourcePost


class Spool:
    """Posts in a file that has no name, and goes when the spool is closed."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()

    def put(self, found: SourcePost) -> int:
        """Keep a post; returns its place."""
        place = self._file.seek(0, 2)
        pickle.dump(found, self._file, pickle.HIGHEST_PROTOCOL)
        return place

    def get(self, place: int) -> SourcePost:
        """Read the post at *place*."""
        self._file.seek(place)
        # Nobody else can write to this file, and only posts are put.
        return cast(SourcePost, pickle.load(self._file))  # noqa: S301 - nobody else writes to it

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
