"""The archive: how an export is laid out, and how its rows are written and read.

    README.txt                what is what, for people
    posts/2026-03-14-slug.md  posts that are published or scheduled, drafts/slug.md the others
    media/name                images, as they are served
    data/posts-0001.jsonl     what Markdown cannot say: a row, as JSON, on each line; also
                              tags-, images- and messages-
    blog.json                 the manifest: format, version, settings, every file of rows

Rows stand in files of about a megabyte, so that neither side ever has more in memory. The
manifest is written last: without it an export is incomplete, and told to be.

What the blog learns later has its place: a fact about a post is a field of its row, with a
default for rows that do not have it yet; a thing of its own is another kind of rows. Either
raises ``VERSION``, because a program that does not know it would lose it silently.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar, get_type_hints

from ...models import MAX_ID

FORMAT = "blogapp-export"
VERSION = 1
MANIFEST = "blog.json"
README = "README.txt"
PART_SIZE = 1_000_000  # bytes after which the next file of rows begins

_PART = re.compile(r"data/[a-z]+-[0-9]{4,}\.jsonl")
_HALF = re.compile("[\ud800-\udfff]")  # no character, and nothing that UTF-8 could write


class Damaged(Exception):
    """What is no row or manifest of ours; the text says what is wrong."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PostRow:
    """A post without its body, which is in *file*; *sha256* sums up all of that file.

    What rendering makes again (HTML, headings, excerpt, reading time, search index) is not here,
    but whether the text was too much for the renderer and is shown *as_code*.
    """

    id: int
    uid: str
    file: str
    sha256: str
    slug: str
    title: str
    description: str
    tags: tuple[str, ...]
    language: str | None
    series: str | None
    minutes_by_author: int | None
    version: int
    as_code: bool
    created_at: datetime
    published_at: datetime | None
    updated_at: datetime
    redirects: tuple[str, ...]
    old_addresses: tuple[str, ...]
    source: str | None
    source_digest: str | None
    linked_digest: str | None
    imported_digest: str | None
    imported_tags: tuple[str, ...] | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TagRow:
    """A tag, and the names that lead to it."""

    name: str
    description: str
    former_names: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ImageRow:
    """An image, whose file is ``media/name`` unless it was *missing* at the export."""

    name: str
    digest: str
    original_digest: str
    type: str
    width: int
    height: int
    size: int
    created_at: datetime
    missing: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A contact request; *post* is the uid of the one that it was written under."""

    id: int
    token_hash: str
    name: str
    email: str
    body: str
    post: str | None
    received_at: datetime
    read_at: datetime | None
    archived_at: datetime | None


Row = PostRow | TagRow | ImageRow | MessageRow
R = TypeVar("R", bound=Row)
KINDS: dict[str, type[Row]] = {  # in the order in which they have to come back
    "tags": TagRow,
    "images": ImageRow,
    "posts": PostRow,
    "messages": MessageRow,
}


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
        line = encode(row)
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


def encode(row: Row) -> bytes:
    """Write a row as a line."""
    values = {name: getattr(row, name) for name in _FIELDS[type(row)]}
    text = json.dumps(values, ensure_ascii=False, default=datetime.isoformat)
    return f"{text}\n".encode()


def decode(kind: type[R], line: bytes) -> R:
    """Read a row; raises ``Damaged``."""
    document = _document(line)
    fields = _FIELDS[kind]
    if unknown := document.keys() - fields.keys():
        raise Damaged(f"“{min(unknown)}” is no field of this row")
    values = {}
    for name, (type_, required) in fields.items():
        if name in document:
            values[name] = _value(type_, name, document[name])
        elif required:
            raise Damaged(f"“{name}” is missing")
    return kind(**values)


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
        document = _document(data)
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
    settings = _value(dict, "settings", document.get("settings"))
    parts = tuple(_parts(_value(list, "parts", document.get("parts"))))
    return Manifest({name: str(value) for name, value in settings.items()}, parts)


def _document(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Damaged(f"not JSON: {error}") from None
    return dict(_value(dict, "row", document))


def _parts(documents: list[Any]) -> Iterator[Part]:
    for document in documents:
        try:
            part = Part(**document)
        except TypeError:
            raise Damaged("“parts” does not list files of rows") from None
        if not isinstance(part.path, str) or not _PART.fullmatch(part.path):
            raise Damaged(f"“{part.path}” is no file of rows")
        if part.kind not in KINDS:
            raise Damaged(f"rows of the kind “{part.kind}” are not known here")
        yield part


def _value(type_: Any, name: str, value: Any) -> Any:
    """Read the value of a field, as its annotation says."""
    kinds = getattr(type_, "__args__", ()) if type(None) in getattr(type_, "__args__", ()) else ()
    if kinds:
        return None if value is None else _value(kinds[0], name, value)
    if getattr(type_, "__origin__", None) is tuple:
        return tuple(_value(str, name, each) for each in _value(list, name, value))
    if type_ is datetime:
        return _moment(name, _value(str, name, value))
    if type(value) is not type_:
        raise Damaged(f"“{name}” is {json.dumps(value, default=str)[:60]}")
    if type_ is str and (found := _HALF.search(value)):
        raise Damaged(f"“{name}” holds the character U+{ord(found[0]):04X}")
    if type_ is int and not 0 <= value <= MAX_ID:
        raise Damaged(f"“{name}” is {value}, more than can be stored")
    return value


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Damaged(f"“{name}” is “{text[:60]}”, no moment with its zone")
    return moment


def _fields(kind: type[Row]) -> dict[str, tuple[Any, bool]]:
    """Name the fields of a kind of rows: what each takes, and whether it must be there."""
    types = get_type_hints(kind)
    return {
        field.name: (types[field.name], field.default is dataclasses.MISSING)
        for field in dataclasses.fields(kind)
    }


_FIELDS: dict[Any, dict[str, tuple[Any, bool]]] = {kind: _fields(kind) for kind in KINDS.values()}
