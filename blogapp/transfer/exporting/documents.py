"""Documents: a post as one Markdown file, which Jekyll, Hugo and their like can read."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from . import filenames
from .rows import Damaged, PostRow

_BEGIN = b"---\n"
_END = b"\n---\n\n"  # of YAML no line is "---": each value stands on its key's line, or indented


class _Dumper(yaml.SafeDumper):
    """Writes moments the way that all readers of YAML take: RFC 3339."""


_Dumper.add_representer(
    datetime,
    lambda dumper, moment: dumper.represent_scalar(
        "tag:yaml.org,2002:timestamp", moment.isoformat()
    ),
)


def place(
    slug: str, uid: str, published_at: datetime | None, zone: ZoneInfo, *, trashed: bool = False
) -> str:
    """Name the file of a post, dated as its readers see it."""
    name = filenames.make(slug, uid)
    if trashed:
        return f"trash/{name}.md"
    if published_at is None:
        return f"drafts/{name}.md"
    return f"posts/{_local(published_at, zone).date().isoformat()}-{name}.md"


def write(row: PostRow, body: str, zone: ZoneInfo) -> bytes:
    """Write the file of a post; the body is in it as it is, to the byte."""
    front = yaml.dump(
        _front(row, zone), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=sys.maxsize
    )
    return _BEGIN + front.encode().removesuffix(b"\n") + _END + body.encode()


def body_of(data: bytes) -> str:
    """Read the body out of what ``write`` wrote; raises ``Damaged``."""
    front, end, body = data.partition(_END)
    if not end or not front.startswith(_BEGIN):
        raise Damaged("its front matter has no end")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Damaged("it is not UTF-8") from None


def _front(row: PostRow, zone: ZoneInfo) -> dict[str, Any]:
    old = [f"/blog/{slug}" for slug in row.redirects if slug != row.slug]
    values = {
        "title": row.title,
        "slug": row.slug,
        "date": row.published_at and _local(row.published_at, zone),
        "lastmod": _local(row.updated_at, zone),
        "description": row.description,
        "tags": list(row.tags),
        "series": row.series,
        "language": row.language,
        "readTime": row.minutes_by_author,
        "draft": row.published_at is None or row.shelf == "trash",
        "unlisted": row.shelf == "unlisted",
        "aliases": [*old, *row.old_addresses],
        "id": row.uid,
    }
    return {name: value for name, value in values.items() if value}


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    """Tell *moment* as the clocks of *zone* do, where they have a year for it."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment
