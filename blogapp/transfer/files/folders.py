"""Folders: the files below one, or a single file, as a tree."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ..found import Skipped
from . import history
from .tree import Tree, Unreadable, bounded, cause, composed, is_shown, printable, strange

_PART = 1 << 16  # bytes


class Folder(Tree):
    """A folder on disk.

    No link is followed: what it leads to in the folder is found anyway, unless it is hidden.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.name = composed(self.root.name)
        self.refused = []
        self._real: dict[str, str] = {}
        self._added: dict[str, datetime] | None = None
        os.scandir(self.root).close()
        for link in self._walk():
            self._check(link)
        self._paths = sorted(self._real)

    def paths(self) -> list[str]:
        return list(self._paths)

    def has(self, path: str) -> bool:
        return path in self._real

    def read(self, path: str, most: int) -> bytes:
        if path not in self._real:
            raise Unreadable("there is no such file")
        return _content(f"{self.root}/{self._real[path]}", most)

    def source(self, path: str) -> str:
        return composed(str(self.root / self._real.get(path, path)))

    def added_at(self, path: str) -> datetime | None:
        if self._added is None:
            self._added = history.first_commits(self.root)
        return self._added.get(self._real.get(path, path))

    def _walk(self) -> list[str]:
        """Add the files; returns the links."""
        links = []
        for place, folders, names in os.walk(self.root, onerror=self._closed):
            below = os.path.relpath(place, self.root)
            prefix = "" if below == "." else f"{below}/"
            folders[:] = [name for name in folders if is_shown(name)]
            links += [f"{prefix}{name}" for name in folders if os.path.islink(f"{place}/{name}")]
            for name in filter(is_shown, names):
                if os.path.islink(f"{place}/{name}"):
                    links.append(f"{prefix}{name}")
                elif stat.S_ISREG(os.lstat(f"{place}/{name}").st_mode):
                    self._add(f"{prefix}{name}")
                else:
                    self._refuse(f"{prefix}{name}", "neither a file nor a folder")
        return sorted(links)

    def _add(self, real: str) -> None:
        path = composed(real)
        if reason := strange(path):
            self._refuse(real, reason, failed=True)
        elif path in self._real:
            self._refuse(path, "another file has the same name; rename one of them", failed=True)
        else:
            self._real[path] = real

    def _check(self, link: str) -> None:
        """Refuse a link to what is not found without it."""
        try:
            target = (self.root / link).resolve(strict=True)
            below = target.relative_to(self.root).as_posix()
        except (OSError, RuntimeError):  # a loop is a RuntimeError before Python 3.13
            self._refuse(link, "a symbolic link that leads nowhere; copy the file here")
        except ValueError:
            self._refuse(link, "a symbolic link out of the folder; copy the file here")
        else:
            if not target.is_dir() and not is_shown(below):
                self._refuse(link, "a symbolic link to a hidden file; copy the file here")

    def _closed(self, error: OSError) -> None:
        place = os.path.relpath(error.filename, self.root)
        reason = f"cannot be opened: {cause(error)}"
        self._refuse(place, reason, failed=True)

    def _refuse(self, path: str, reason: str, *, failed: bool = False) -> None:
        self.refused.append(Skipped(printable(path), reason, failed))


class SingleFile(Tree):
    """One file; what it refers to beside or below it can be read, too."""

    is_one_file = True

    def __init__(self, file: Path) -> None:
        file = file.parent.resolve() / file.name
        self.root = file.parent
        self.name = composed(self.root.name)
        self.refused = []
        self._real = file.name
        self._path = composed(file.name)
        self._added: dict[str, datetime] | None = None
        if reason := strange(self._path):
            raise Unreadable(reason)

    def paths(self) -> list[str]:
        return [self._path]

    def has(self, path: str) -> bool:
        return self._place(path) is not None

    def read(self, path: str, most: int) -> bytes:
        place = self._place(path)
        if place is None:
            raise Unreadable("there is no such file")
        return _content(str(place), most)

    def source(self, path: str) -> str:
        return composed(str(self.root / (self._real if path == self._path else path)))

    def added_at(self, path: str) -> datetime | None:
        if self._added is None:
            self._added = history.first_commits(self.root)
        return self._added.get(self._real if path == self._path else path)

    def _place(self, path: str) -> Path | None:
        if path == self._path:
            return self.root / self._real
        if not is_shown(path):
            return None  # neither "../x" nor ".ssh/x"
        try:
            place = (self.root / path).resolve(strict=True)
            below = place.relative_to(self.root).as_posix()  # a link may lead elsewhere
            return place if is_shown(below) and place.is_file() else None
        except (OSError, RuntimeError, ValueError):
            return None


def _content(place: str, most: int) -> bytes:
    try:
        # A pipe would be waited for without end. Python's own files take three times as long.
        descriptor = os.open(place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Unreadable("not a file")
            data = b"".join(_parts(descriptor, most + 1))
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        raise Unreadable(f"cannot be opened: {cause(error)}") from None
    return bounded(data, most)


def _parts(descriptor: int, most: int) -> Iterator[bytes]:
    while most and (part := os.read(descriptor, min(most, _PART))):
        yield part
        most -= len(part)
