"""Restoring: the rows of an export made tags and images again; how rows find what is here.

What is here already stays: each function tells what became of a row, and overwrites nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from ... import images, tags
from ...errors import BlogError
from ...extensions import db
from ...models import Image, Tag, TagRedirect
from ..storing.storing import Outcome
from .rows import ImageRow, TagRow

_IMAGE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

Said = tuple[Outcome, str]  # what became of a row, and what there is to say of it


class Unfit(BlogError):
    """A row that cannot come in: the cause, and what to do."""


def tags_of(rows: Sequence[TagRow]) -> list[Said]:
    """Bring tags in, or what they lack here."""
    return [_tag(row) for row in rows]


def image(row: ImageRow, data: bytes, *, rehearsal: bool) -> Outcome:
    """Bring an image in under its name; *data* is what its digest says. Raises ``Unfit``.

    In a *rehearsal* no file is written.
    """
    here = images.find(row.name)
    if here is not None:
        if here.digest != row.digest:
            raise Unfit(f"another image is at /media/{row.name} here, and stays")
        if images.path(row.name).is_file():
            return Outcome.UNCHANGED
        if not rehearsal:
            images.keep(row.name, data)
            here.widths = list(images.copy_of(here, data))
        return Outcome.UPDATED
    twin = db.session.scalar(sa.select(Image.name).where(Image.digest == row.digest))
    if twin is not None:
        raise Unfit(
            f"this image is at /media/{twin} here already; where posts of the export show it, "
            "write this address"
        )
    columns = {column.name for column in Image.__table__.columns} - {"widths"}
    restored = Image(**values_of(row, columns), widths=[])
    if not rehearsal:
        images.keep(row.name, data)
        restored.widths = list(images.copy_of(restored, data))
    db.session.add(restored)
    db.session.flush()
    return Outcome.ADDED


def expect_image(row: ImageRow) -> None:
    """Raise ``Unfit`` if *row* is no image that we would serve."""
    endings = [ending for type_, ending in images.TYPES.values() if type_ == row.type]
    if not _IMAGE_NAME.fullmatch(row.name) or not row.name.endswith(tuple(endings)):
        raise Unfit(f"“{row.name}” is no name of an image of the type {row.type}")


def ids_of(column: Any, values: Iterable[Any]) -> dict[Any, int]:
    """Find the rows that have one of *values*: their ids by these."""
    table = column.class_
    query = sa.select(column, table.id).where(column.in_(list(values)))
    return dict(db.session.execute(query).all())


def count_on(table: str) -> None:
    """Let PostgreSQL give the next ids behind those that came along."""
    if db.engine.dialect.name == "postgresql":
        sequence = sa.func.pg_get_serial_sequence(table, "id")
        last: sa.Select[int] = sa.select(sa.func.max(sa.column("id"))).select_from(sa.table(table))
        db.session.execute(sa.select(sa.func.setval(sequence, last.scalar_subquery())))


def values_of(row: Any, names: Iterable[str]) -> dict[str, Any]:
    """Take those fields of *row* that are called like one of *names*."""
    return {name: getattr(row, name) for name in names if hasattr(row, name)}


def _tag(row: TagRow) -> Said:
    here = tags.by_name(row.name)
    if here is None:
        here = Tag(name=row.name, description=row.description)
        db.session.add(here)
        db.session.flush()
        outcome, said = Outcome.ADDED, ""
    elif here.name != row.name:
        return Outcome.KEPT, f"the tag “{row.name}” is called “{here.name}” here"
    else:
        outcome, said = _described(here, row)
    led, elsewhere = _lead_names(here, row)
    if led and outcome is Outcome.UNCHANGED:
        outcome = Outcome.UPDATED
    return outcome, "; ".join([said, *elsewhere] if said else elsewhere)


def _lead_names(here: Tag, row: TagRow) -> tuple[bool, list[str]]:
    """Let former names lead to a tag; tells whether any does anew, and which do not."""
    led, said = False, []
    for name in row.former_names:
        other = tags.by_name(name)
        if other is None:
            db.session.add(TagRedirect(name=name, tag_id=here.id))
            led = True
        elif other.id != here.id:
            said.append(
                f"“{name}” led to the tag “{row.name}”, and means “{other.name}” here; if the "
                f"two are one, merge them: /admin/tags/{other.id}/merge"
            )
    db.session.flush()
    return led, said


def _described(here: Tag, row: TagRow) -> Said:
    if here.description == row.description or not row.description:
        return Outcome.UNCHANGED, ""
    if here.description:
        return Outcome.KEPT, f"the tag “{row.name}” is described otherwise here, and stays so"
    here.description = row.description
    return Outcome.UPDATED, ""
