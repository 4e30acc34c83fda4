"""Arrivals: the posts of an export, taken in among those that are here.

A post is known by its uid. One that is here stays as it is; what differs is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ... import batches, markdown, posts, shelves, tags, trash
from ...extensions import db
from ...models import OldAddress, Post, Redirect, utcnow
from ..found import Note
from ..storing.storing import Outcome, Result
from .restoring import Unfit, count_on, ids_of, values_of
from .rows import PostRow

_SHELVES = ("listed", "unlisted")
_UID = re.compile(r"[A-Za-z0-9-]{1,36}")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A post that is not here yet; its HTML may still be in the making."""

    row: PostRow
    body: str
    rendered: Future[markdown.Rendered]


@dataclass(frozen=True, slots=True)
class Lacking:
    """A post that is here, but for some addresses that led to it."""

    row: PostRow


def expect_post(row: PostRow) -> None:
    """Raise ``Unfit`` if *row* is no post that could be found at an address."""
    if not row.title.strip() or not row.slug or "/" in row.slug or not _UID.fullmatch(row.uid):
        raise Unfit(f"“{row.title}”, “{row.slug}”, {row.uid}: no title, slug and id of a post")
    if row.shelf not in (*_SHELVES, "trash") or row.trashed_from not in (None, *_SHELVES):
        raise Unfit(f"“{row.shelf}”, before “{row.trashed_from}”: no shelf that a post can be on")
    if row.shelf == "trash" and row.trashed_at is None:
        raise Unfit("the row does not say when this post came into the trash")


def compare(row: PostRow, body: str) -> Result | Lacking | None:
    """Tell what becomes of a post that is here; None if it is not, and can come in.

    Raises ``Unfit`` if another post is at its address.
    """
    every = sa.select(Post).where(~trash.is_over())
    here = db.session.scalar(every.where(Post.uid == row.uid))
    if here is not None:
        return _merged(here, row, body)
    other = db.session.scalar(every.where(Post.slug == row.slug))
    if other is None:
        return None
    raise Unfit(
        f"/blog/{row.slug} is “{other.title}” here (/admin/posts/{other.id}). To "
        "have both, import this file alone, from the unpacked export: it gets another address"
    )


def is_same(here: Result | Lacking, row: PostRow) -> bool:
    """Tell whether a post that is here is the very version that was exported."""
    if isinstance(here, Result) and here.outcome is not Outcome.UNCHANGED:
        return False
    version = db.session.scalar(sa.select(Post.version).where(Post.uid == row.uid))
    return version == row.version


def arrive(arrivals: Sequence[Arrival]) -> list[Result]:
    """Store new posts; flushes. Each keeps the id that it had, if that is free.

    Ids order what was published in one moment, and stand in the addresses of further pages.
    """
    if not arrivals:
        return []
    shelves.purge()  # what is over in the trash may be one of them, or at the address of one
    rows = [arrival.row for arrival in arrivals]
    taken = ids_of(Post.id, [row.id for row in rows])
    named = tags.named(name for row in rows for name in row.tags)
    known = {tag.name: tag for tag in named}
    made = []
    for arrival in arrivals:
        row = arrival.row
        post = _post(arrival, id_=None if row.id in taken else row.id)
        batches.give_tags(post, [known[name] for name in sorted(tags.resolved(row.tags))])
        made.append(post)
    batches.store(made)
    count_on("posts")
    pairs = list(zip(made, rows, strict=True))
    said = _lead(pairs)
    results = []
    for arrival, post in zip(arrivals, made, strict=True):
        notes = [Note(text) for text in said.get(post.uid, [])]
        if notice := arrival.rendered.result().notice:
            notes.append(Note(notice))
        results.append(_result(Outcome.ADDED, arrival.row, post, notes=tuple(notes)))
    return results


def complete(lacking: Lacking) -> Result:
    """Let the addresses that led to a post lead to it here, too; flushes."""
    here = db.session.scalars(sa.select(Post).where(Post.uid == lacking.row.uid)).one()
    _lead([(here, lacking.row)])
    reason = "the addresses that led to it lead to it here, too"
    return _result(Outcome.UPDATED, lacking.row, here, reason=reason)


def _merged(here: Post, row: PostRow, body: str) -> Result | Lacking:
    differing = [what for what, ours, theirs in _compared(here, row, body) if ours != theirs]
    if differing:
        reason = (
            f"it differs here in {', '.join(differing)}, and stays as it is here. To take what "
            f"was exported, copy it from this file into /admin/posts/{here.id}"
        )
        return _result(Outcome.KEPT, row, here, reason=reason)
    led = _led_by(Redirect.slug, row.redirects)
    known = led.keys() | _led_by(OldAddress.path, row.old_addresses).keys()
    if known >= {*row.redirects, *row.old_addresses}:
        return _result(Outcome.UNCHANGED, row, here)
    return Lacking(row)


def _compared(here: Post, row: PostRow, body: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield what an author can change in a post: its name, ours, the export's."""
    for name in ("slug", "title", "description", "language", "series", "shelf", "published_at"):
        yield name.replace("_", " "), getattr(here, name), getattr(row, name)
    yield "text", here.body, body
    yield "reading time", here.minutes_by_author, row.minutes_by_author
    yield "tags", [tag.name for tag in here.tags], sorted(tags.resolved(row.tags))


def _post(arrival: Arrival, *, id_: int | None) -> Post:
    row = arrival.row
    columns = {column.name for column in Post.__table__.columns} - {"id"}
    post = Post(id=id_, body=arrival.body, **values_of(row, columns))
    now = utcnow()
    if row.trashed_at is not None and not now - trash.TERM < row.trashed_at <= now:
        post.trashed_at = now  # the term begins anew: who imports an old export wants its trash
    post.imported_tags = None if row.imported_tags is None else list(row.imported_tags)
    posts.render(post, arrival.rendered.result())
    return post


def _lead(pairs: Sequence[tuple[Post, PostRow]]) -> dict[str, list[str]]:
    """Let former addresses lead to posts again; returns by uid which lead elsewhere."""
    slugs = {slug: post for post, row in pairs for slug in row.redirects}
    paths = {path: post for post, row in pairs for path in row.old_addresses}
    said: dict[str, list[str]] = {}
    known = _led_by(OldAddress.path, paths)
    redirecting = _led_by(Redirect.slug, slugs)
    for slug, post in slugs.items():
        if redirecting.get(slug, post.id) != post.id:
            said.setdefault(post.uid, []).append(f"/blog/{slug} leads to another post here")
        elif slug not in redirecting:
            db.session.add(Redirect(slug=slug, post_id=post.id))
    for path, post in paths.items():
        if known.get(path, post.id) != post.id:
            said.setdefault(post.uid, []).append(f"{path} leads to another post here")
        elif path not in known:
            db.session.add(OldAddress(path=path, post_id=post.id))
    db.session.flush()
    return said


def _led_by(column: Any, values: Iterable[str]) -> dict[str, int]:
    """Find to which posts addresses lead."""
    query = sa.select(column, column.class_.post_id).where(column.in_(list(values)))
    return dict(db.session.execute(query).all())


def _result(outcome: Outcome, row: PostRow, post: Post, **rest: Any) -> Result:
    return Result(row.file, outcome, post.slug, post.state(), **rest)
