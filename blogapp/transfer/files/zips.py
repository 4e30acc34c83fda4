"""Zips: an archive as a tree; what could do harm is refused by name."""

from __future__ import annotations

import posixpath
import re
import stat
import zipfile
import zlib
from pathlib import Path

from ..found import Skipped
from .tree import Tree, Unreadable, bounded, composed, is_shown, printable, strange

MOST_ENTRIES = 200_000
MOST_BYTES = 8_000_000_000  # of all files together, unpacked
RATIO = 250  # times smaller than unpacked: text reaches 10, a bomb 1,000
_SMALL = 1_000_000  # bytes, below which a ratio harms nobody

_DRIVE = re.compile(r"[A-Za-z]:")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UTF8 = 0x800
_ENCRYPTED = 0x1 | 0x40


def is_zip(path: Path) -> bool:
    """Tell whether a file is a zip, or means to be one."""
    return path.suffix.lower() == ".zip" or zipfile.is_zipfile(path)


class Zip(Tree):
    """The files of an archive. Nothing is ever unpacked to disk."""

    def __init__(self, file: Path) -> None:
        self.file = file.resolve()
        self.name = ""
        self.refused = []
        try:
            self._zip = zipfile.ZipFile(self.file)
        except (zipfile.BadZipFile, NotImplementedError, OverflowError, ValueError) as error:
            raise Unreadable(f"not a zip that can be read: {error}; zip it again") from None
        self._entries: dict[str, zipfile.ZipInfo] = {}
        entries = self._zip.infolist()
        _refuse_bombs(entries, self.file.stat().st_size)
        for entry in entries:
            if not entry.is_dir():
                self._add(entry)
        self._paths = sorted(self._entries)

    def paths(self) -> list[str]:
        return list(self._paths)

    def has(self, path: str) -> bool:
        return path in self._entries

    def read(self, path: str, most: int) -> bytes:
        if path not in self._entries:
            raise Unreadable("there is no such file")
        entry = self._entries[path]
        if entry.file_size > most:
            raise Unreadable(f"larger than {most / 1_000_000:g} MB")
        try:
            with self._zip.open(entry) as file:
                return bounded(file.read(most + 1), most)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError) as error:
            raise Unreadable(f"damaged in the zip: {error}; zip it again") from None
        except (NotImplementedError, RuntimeError) as error:
            raise Unreadable(f"cannot be unpacked: {error}; zip it again") from None

    def source(self, path: str) -> str:
        return composed(f"{self.file}!{path}")

    def close(self) -> None:
        self._zip.close()

    def _add(self, entry: zipfile.ZipInfo) -> None:
        name = _name(entry)
        path = composed(posixpath.normpath(name))
        reason = strange(name) or _harm(entry, name)
        if reason is None and path in self._entries:
            reason = "the zip holds two files of this name; zip it again"
        if reason is not None:
            self.refused.append(Skipped(printable(name), reason, failed=True))
        elif is_shown(path):
            self._entries[path] = entry


def _refuse_bombs(entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > MOST_ENTRIES:
        raise Unreadable(f"it holds more than {MOST_ENTRIES} files; zip the posts alone")
    if sum(entry.compress_size for entry in entries) > size:
        raise Unreadable("a zip bomb: its files overlap; zip the folder again")
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise Unreadable(
            f"unpacked it is larger than {MOST_BYTES // 10**9} GB; zip the posts alone"
        )


def _name(entry: zipfile.ZipInfo) -> str:
    """Read the name as UTF-8 where it is, whether the entry says so (macOS does not) or not."""
    name = entry.filename
    if not entry.flag_bits & _UTF8 and not name.isascii():
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = entry.filename
    return name.replace("\\", "/")  # as zips made on Windows have them


def _harm(entry: zipfile.ZipInfo, name: str) -> str | None:
    mode = entry.external_attr >> 16
    if name.startswith("/") or _DRIVE.match(name):
        return "an absolute path; a zip must hold relative ones"
    if ".." in name.split("/"):
        return "a path that climbs out of the zip"
    if stat.S_ISLNK(mode):
        return "a symbolic link; put the file itself into the zip"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "neither a file nor a folder"
    if entry.flag_bits & _ENCRYPTED:
        return "encrypted; zip it again without a password"
    if entry.compress_type not in _METHODS:
        return "compressed in a rare way; zip it again with Deflate"
    if entry.file_size > _SMALL and entry.file_size > RATIO * max(entry.compress_size, 1):
        return f"a zip bomb: more than {RATIO} times larger when it is unpacked"
    return None
