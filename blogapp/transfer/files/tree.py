"""A tree of files: what a folder, one file and a zip are to whoever reads them."""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from datetime import datetime
from types import TracebackType
from typing import Self

from ..found import Skipped

_LEFT_OUT = {"node_modules", "__MACOSX"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Unreadable(Exception):
    """What cannot be opened or read; the text says the cause and what to do."""


class Tree(ABC):
    """The files below one place, by their paths: POSIX, relative, NFC.

    Hidden files and node_modules are left out. *refused* lists what must not be read, by name.
    *name* is what the top folder is called, empty where that says nothing. *is_one_file* says
    that the author has chosen just this file.
    """

    name: str
    refused: list[Skipped]
    is_one_file = False

    @abstractmethod
    def paths(self) -> list[str]:
        """List every regular file, sorted."""

    @abstractmethod
    def has(self, path: str) -> bool:
        """Tell whether *path* is a file here; also of one beside a single file."""

    @abstractmethod
    def read(self, path: str, most: int) -> bytes:
        """Read a file; raises ``Unreadable``, also if it is longer than *most* bytes."""

    @abstractmethod
    def source(self, path: str) -> str:
        """Name a file the way that the next import will: absolute, ``zip!inner`` in a zip."""

    def added_at(self, path: str) -> datetime | None:
        """Say when *path* was first committed to git, aware, UTC; None if that is not known."""
        return None

    def close(self) -> None:  # noqa: B027 - most have nothing open
        """Let go of what is open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def is_shown(path: str) -> bool:
    """Tell whether no part of a relative path is hidden or a tool's own."""
    return not any(part.startswith(".") or part in _LEFT_OUT for part in path.split("/"))


def composed(path: str) -> str:
    """Write a path the one way that is the same on every system: NFC."""
    return unicodedata.normalize("NFC", path)


def strange(path: str) -> str | None:
    """Say why a file of this name cannot be read by everybody; None if it can."""
    if path != path.encode("utf-8", "replace").decode():
        return "the file's name is not UTF-8; rename it"
    return "a control character in the file's name; rename it" if _CONTROL.search(path) else None


def printable(path: str) -> str:
    """Write any path so that a report can show it."""
    return _CONTROL.sub("?", composed(path).encode("utf-8", "replace").decode())


def bounded(data: bytes, most: int) -> bytes:
    """Refuse *data* that is longer than *most* bytes; raises ``Unreadable``."""
    if len(data) > most:
        raise Unreadable(f"larger than {most / 1_000_000:g} MB")
    return data


def cause(error: Exception) -> str:
    """Say what the system says of an error, without the path."""
    return getattr(error, "strerror", None) or str(error)
