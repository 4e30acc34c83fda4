"""The archive: how an export is laid out, and how its rows are written and read.

    README.txt                what is what, for people
    posts/2026-03-14-slug.md  posts that are published or scheduled, drafts/slug.md the others
    media/name                images, as they are served
    trash/slug.md             posts in the trash
    data/posts-0001.jsonl     what Markdown cannot say: a row, as JSON, on each line; also tags-,
                              images-, revisions-, previews-, gone-, messages-, additions-
                              and words-
    blog.json                 the manifest: format, version, settings, every file of rows

Rows stand in files of about a megabyte, so that neither side ever has more in memory. The
manifest is written last: without it an export is incomplete, and told to be.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from . import rows
from .rows import Damaged, PostRow, Row

FORMAT = "blogapp-export"
VERSION = 3
MANIFEST = "blog.json"
README = "README.txt"
PART_SIZE = 1_000_000  # bytes after which the next file of rows begins

_PART = re.compile(r"data/[a-z]+-[0-9]{4,}\.jsonl")


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """A file of *rows* rows of one kind."""

    path: str
    kind: str
    rows: int
    sha256: str


@dataclasses.dataclass(frozen=True, slots=True)
class Manifest:
    """What an export holds, and the *settings* that the blog had."""

    settings: dict[str, str]
    parts: tuple[Part, ...]


class Rows:
    """Writes the rows of one kind, a file after the other, and tells which *parts* they fill."""

    def __init__(self, kind: str, add: Callable[[str, bytes], None]) -> None:
        self.parts: list[Part] = []
        self._kind = kind
        self._add = add
        self._lines: list[bytes] = []
        self._size = 0

    def add(self, row: Row) -> None:
        """Write a row."""
        line = rows.encode(row)
        self._lines.append(line)
        self._size += len(line)
        if self._size >= PART_SIZE:
            self.close()

    def close(self) -> None:
        """Write what is left, if anything is."""
        if not self._lines:
            return
        data = b"".join(self._lines)
        path = f"data/{self._kind}-{len(self.parts) + 1:04}.jsonl"
        self._add(path, data)
        self.parts.append(Part(path, self._kind, len(self._lines), digest(data)))
        self._lines, self._size = [], 0


def digest(data: bytes) -> str:
    """Sum up a file: SHA-256, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def signed(row: PostRow, data: bytes) -> PostRow:
    """Put into *row* what sums up its file."""
    return dataclasses.replace(row, sha256=digest(data))


def lines(part: Part, data: bytes) -> list[bytes]:
    """Split a file of rows into these; raises ``Damaged`` if it is not as it was written."""
    found = data.split(b"\n")[:-1]
    if digest(data) != part.sha256 or len(found) != part.rows:
        raise Damaged("it is not as the export wrote it")
    return found


def write_manifest(manifest: Manifest) -> bytes:
    """Write the manifest."""
    document = {"format": FORMAT, "version": VERSION} | dataclasses.asdict(manifest)
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def read_manifest(data: bytes) -> Manifest | None:
    """Read the manifest; None if *data* is something else's. Raises ``Damaged``."""
    try:
        document = rows.document(data)
    except Damaged:
        if f'"{FORMAT}"'.encode() in data:
            raise
        return None
    if document.get("format") != FORMAT:
        return None
    version = document.get("version")
    if isinstance(version, int) and version > VERSION:
        raise Damaged(
            f"a newer version of this program wrote it (format {version}, known is {VERSION}); "
            "upgrade, then import once more"
        )
    settings = rows.value(dict, "settings", document.get("settings"))
    parts = tuple(_parts(rows.value(list, "parts", document.get("parts"))))
    return Manifest({name: str(value) for name, value in settings.items()}, parts)


def _parts(documents: list[Any]) -> Iterator[Part]:
    for document in documents:
        try:
            part = Part(**document)
        except TypeError:
            raise Damaged("“parts” does not list files of rows") from None
        if not isinstance(part.path, str) or not _PART.fullmatch(part.path):
            raise Damaged(f"“{part.path}” is no file of rows")
        if part.kind not in rows.KINDS:
            raise Damaged(f"rows of the kind “{part.kind}” are not known here")
        yield part
