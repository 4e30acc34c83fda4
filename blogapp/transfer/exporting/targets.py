"""Targets: the folder or zip that an export is written to; it is there whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...errors import BlogError
from ..files import zips
from . import archive

_WHEN = (1980, 1, 1, 0, 0, 0)  # the first moment of zips: two exports of one blog are equal
_SMALL = 100_000  # bytes, below which nobody takes an entry for a bomb
_PACKED = (".jpg", ".png", ".gif", ".webp", ".avif")


class Target(ABC):
    """Takes the files of an export."""

    @abstractmethod
    def add(self, path: str, data: bytes) -> None:
        """Write a file; *path* is relative, POSIX."""


class FolderTarget(Target):
    """A folder that is there already."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def add(self, path: str, data: bytes) -> None:
        file = self._root / path
        file.parent.mkdir(exist_ok=True)
        with file.open("xb") as opened:
            opened.write(data)


class ZipTarget(Target):
    """A zip, written from its beginning to its end: *out* need not be able to go back."""

    def __init__(self, out: Any) -> None:
        self._zip = zipfile.ZipFile(out, "w")

    def add(self, path: str, data: bytes) -> None:
        entry = zipfile.ZipInfo(path, _WHEN)
        entry.create_system = 3  # whose permissions are the next line's
        entry.external_attr = (stat.S_IFREG | 0o600) << 16
        entry.compress_type = _method(path, data)
        self._zip.writestr(entry, data)

    def close(self) -> None:
        """Write the directory, without which it is no zip."""
        self._zip.close()


class Pipe:
    """What a zip writes, to be handed on piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """There is nothing behind it."""

    def drain(self) -> bytes:
        """Take what has been written since the last time."""
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


@contextlib.contextmanager
def opened(path: Path, *, force: bool = False) -> Iterator[Target]:
    """Open the zip or folder at *path* for writing; it gets its name when all went well.

    With *force* it takes the place of an export that is there. Raises ``BlogError``.
    """
    path = path.resolve()
    if not path.parent.is_dir():
        raise BlogError(f"there is no folder {path.parent}. Make it, or name another place")
    try:
        if path.suffix.lower() == ".zip":
            _expect_file(path, force=force)
            with _zipped(path) as zipped:
                yield zipped
        else:
            _expect_folder(path, force=force)
            with _folder(path) as folder:
                yield folder
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise BlogError(
            f"the export broke off: {error.strerror}{where}. At {path} is what was there before. "
            "Mend that or name another place: blogapp export PATH"
        ) from error


def _expect_file(path: Path, *, force: bool) -> None:
    if path.is_dir():
        raise BlogError(f"{path} is a folder. Name a file in it: {path / 'blog.zip'}")
    if path.exists() and not force:
        raise BlogError(f"{path} is there already. Name another, or replace it with --force")


def _expect_folder(path: Path, *, force: bool) -> None:
    if not path.exists():
        return
    if not path.is_dir():
        raise BlogError(f"{path} is a file. Name a folder that does not exist, or a .zip")
    if not any(path.iterdir()):
        return
    if not (path / archive.MANIFEST).is_file():
        raise BlogError(
            f"{path} is not empty, and no export either, so it stays. Name a folder that does "
            f"not exist, such as {path / 'blog'}"
        )
    if not force:
        raise BlogError(f"{path} is an export already. Name another, or replace it with --force")


@contextlib.contextmanager
def _zipped(path: Path) -> Iterator[ZipTarget]:
    """Write beside *path*; only its owner may read it, for visitors' messages are in it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            target = ZipTarget(file)
            try:
                yield target
            finally:
                target.close()  # also what goes away: else it would be closed at any moment
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextlib.contextmanager
def _folder(path: Path) -> Iterator[FolderTarget]:
    draft = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part"))
    try:
        yield FolderTarget(draft)
        os.sync()
        _put(draft, path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _put(draft: Path, path: Path) -> None:
    """Give *draft* its name; what has that name goes only when the new one is in its place."""
    if not path.exists():
        draft.rename(path)
        return
    old = draft.with_suffix(".old")
    path.rename(old)
    try:
        draft.rename(path)
    except OSError:
        old.rename(path)
        raise
    shutil.rmtree(old)


def _method(path: str, data: bytes) -> int:
    """Deflate what gets smaller by that, but not so small that an import takes it for a bomb."""
    if path.endswith(_PACKED):
        return zipfile.ZIP_STORED
    if len(data) > _SMALL and len(zlib.compress(data)) * zips.RATIO < len(data) * 2:
        return zipfile.ZIP_STORED
    return zipfile.ZIP_DEFLATED
