"""Rows: what an export says of each thing, as JSON on a line.

What the blog learns later has its place: a fact about a post is a field of its row, with a
default for rows that do not have it yet; a thing of its own is another kind of rows. Either
raises ``archive.VERSION``, because a program that does not know it would lose it silently.
"""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import datetime
from typing import Any, TypeVar, get_type_hints

from ...models import MAX_ID

_FORMER = {"former": True}  # a field that is read, and not written any more
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
    shelf: str = "listed"
    trashed_from: str | None = None
    trashed_at: datetime | None = None
    planned_at: datetime | None = None


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
    alt: str = ""
    called: str = ""
    missing: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A contact request; *post* is the uid of the one that it was written under.

    Before version 3 *archived_at* told its folder, and *read_at* whether it was unread.
    """

    id: int
    token_hash: str
    name: str
    email: str
    body: str
    post: str | None
    received_at: datetime
    read_at: datetime | None
    reference: str = ""
    once: str | None = None
    folder: str = ""
    unread: bool | None = None
    spam_reasons: tuple[str, ...] = ()
    answered_at: datetime | None = None
    withdrawn_at: datetime | None = None
    archived_at: datetime | None = dataclasses.field(default=None, metadata=_FORMER)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AdditionRow:
    """A line that was added later to the *message* whose token has this hash."""

    message: str
    once: str | None
    added_at: datetime
    body: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WordRow:
    """A word, or some, that the author has seen in spam."""

    word: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RevisionRow:
    """A text of the post with the uid *post*: saved as a *version*, or kept without one."""

    post: str
    version: int | None
    begun_from: int | None
    kind: str
    sitting: str | None
    author: str | None
    saved_at: datetime
    added: int
    removed: int
    title: str
    slug: str
    description: str
    tags: tuple[str, ...]
    minutes: int | None
    language: str | None
    series: str | None
    body: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """A secret address of the post with the uid *post*; the hash of its token is no secret."""

    post: str
    token_hash: str
    created_at: datetime
    expires_at: datetime


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class GoneRow:
    """A path at which readers found a post that was deleted for good."""

    path: str
    gone_at: datetime


Row = (
    PostRow
    | TagRow
    | ImageRow
    | RevisionRow
    | PreviewRow
    | GoneRow
    | MessageRow
    | AdditionRow
    | WordRow
)
R = TypeVar("R", bound=Row)
KINDS: dict[str, type[Row]] = {  # in the order in which they have to come back
    "tags": TagRow,
    "images": ImageRow,
    "posts": PostRow,
    "revisions": RevisionRow,
    "previews": PreviewRow,
    "gone": GoneRow,
    "messages": MessageRow,
    "additions": AdditionRow,
    "words": WordRow,
}


def encode(row: Row) -> bytes:
    """Write a row as a line."""
    values = {name: getattr(row, name) for name in _WRITTEN[type(row)]}
    text = json.dumps(values, ensure_ascii=False, default=datetime.isoformat)
    return f"{text}\n".encode()


def decode(kind: type[R], line: bytes) -> R:
    """Read a row; raises ``Damaged``."""
    said = document(line)
    fields = _FIELDS[kind]
    if unknown := said.keys() - fields.keys():
        raise Damaged(f"“{min(unknown)}” is no field of this row")
    values = {}
    for name, (type_, required) in fields.items():
        if name in said:
            values[name] = value(type_, name, said[name])
        elif required:
            raise Damaged(f"“{name}” is missing")
    return kind(**values)


def document(data: bytes) -> dict[str, Any]:
    """Read a JSON object; raises ``Damaged``."""
    try:
        read = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Damaged(f"not JSON: {error}") from None
    return dict(value(dict, "row", read))


def value(type_: Any, name: str, given: Any) -> Any:
    """Read the given of a field, as its annotation says."""
    kinds = getattr(type_, "__args__", ()) if type(None) in getattr(type_, "__args__", ()) else ()
    if kinds:
        return None if given is None else value(kinds[0], name, given)
    if getattr(type_, "__origin__", None) is tuple:
        return tuple(value(str, name, each) for each in value(list, name, given))
    if type_ is datetime:
        return _moment(name, value(str, name, given))
    if type(given) is not type_:
        raise Damaged(f"“{name}” is {json.dumps(given, default=str)[:60]}")
    if type_ is str and (found := _HALF.search(given)):
        raise Damaged(f"“{name}” holds the character U+{ord(found[0]):04X}")
    if type_ is int and not 0 <= given <= MAX_ID:
        raise Damaged(f"“{name}” is {given}, more than can be stored")
    return given


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
_WRITTEN: dict[Any, list[str]] = {
    kind: [field.name for field in dataclasses.fields(kind) if field.metadata != _FORMER]
    for kind in KINDS.values()
}
