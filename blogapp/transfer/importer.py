"""Import: posts from the files of another blog, each once, however often it is repeated."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from .. import posts, slugs, tags
from ..errors import BlogError
from ..extensions import db
from ..models import Post, utcnow
from . import sources


class Outcome(StrEnum):
    """What became of a file."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept"  # changed here since its import: ours stays
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Result:
    """The report of one file: its outcome, the post, and what the author should know."""

    path: str
    outcome: Outcome
    slug: str = ""
    state: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()


def bring_in(files: list[Path], root: Path, *, zone: ZoneInfo) -> Iterator[Result]:
    """Import *files* found below *root*; naive dates are in *zone*.

    Each result is yielded when its post is flushed: commit then, and what follows cannot
    undo it. A file is known again by its absolute path; moved, by what it says.
    """
    for file in files:
        found = sources.read(file, root, zone=zone)
        if isinstance(found, sources.Skipped):
            outcome = Outcome.FAILED if found.failed else Outcome.SKIPPED
            yield Result(found.path, outcome, reason=found.reason)
            continue
        try:
            yield _store(found, str(file.resolve()))
        except BlogError as error:
            db.session.rollback()
            yield Result(found.path, Outcome.FAILED, reason=error.message)


def _store(found: sources.SourcePost, source: str) -> Result:
    digest = _digest_of_source(found)
    post = _known(found, source, digest)
    if post is None:
        return _add(found, source, digest)
    if post.source_digest == digest:
        return Result(found.path, Outcome.UNCHANGED, post.slug, post.state())
    if post.imported_digest != _digest_of_post(post):
        reason = "it was changed here since its import, so the file was not taken"
        return Result(found.path, Outcome.KEPT, post.slug, post.state(), reason, found.notes)

    read_before = (post.title, post.description, post.body)
    changed_at = post.updated_at
    posts.revise(post, _text(found, _slug_for(post, found)))
    if read_before != (post.title, post.description, post.body):
        changed_at = utcnow()
    _finish(post, found, source, digest, changed_at=changed_at)
    return Result(found.path, Outcome.UPDATED, post.slug, post.state(), notes=found.notes)


def _known(found: sources.SourcePost, source: str, digest: str) -> Post | None:
    """Find the post that this file became before, though its folder may have been renamed."""
    same_file = db.session.scalar(sa.select(Post).where(Post.source == source))
    if same_file is not None:
        return same_file
    same_text = sa.select(Post).where(Post.source_digest == digest, Post.slug == _wish(found))
    return db.session.scalar(same_text)


def _add(found: sources.SourcePost, source: str, digest: str) -> Result:
    wish = _wish(found)
    slug = posts.free_slug(wish)
    post = posts.create(_text(found, slug))
    _finish(post, found, source, digest, changed_at=found.published_at)
    taken = (f"another post is at “{wish}”, so this one is at “{slug}”",) if slug != wish else ()
    return Result(found.path, Outcome.ADDED, slug, post.state(), notes=found.notes + taken)


def _slug_for(post: Post, found: sources.SourcePost) -> str:
    """The slug that the file wishes for, if it is free, else the one that the post has."""
    wish = _wish(found)
    return wish if posts.free_slug(wish, post) == wish else post.slug


def _finish(
    post: Post,
    found: sources.SourcePost,
    source: str,
    digest: str,
    *,
    changed_at: datetime | None,
) -> None:
    if found.published_at and not found.draft:
        posts.publish(post, found.published_at)
        post.created_at = min(post.created_at, found.published_at)
        changed_at = found.updated_at or changed_at or found.published_at
        post.updated_at = max(changed_at, found.published_at)
    elif post.published_at:
        posts.unpublish(post)
    post.source, post.source_digest = source, digest
    post.imported_tags = [tag.name for tag in post.tags]
    post.imported_digest = _digest_of_post(post)
    db.session.flush()


def _wish(found: sources.SourcePost) -> str:
    return slugs.make(found.slug or found.title)


def _text(found: sources.SourcePost, slug: str) -> posts.Text:
    return posts.Text(
        title=found.title,
        slug=slug,
        description=found.description,
        body=found.body,
        tags=found.tags,
        minutes=found.minutes,
    )


def _digest_of_source(found: sources.SourcePost) -> str:
    """Sum up what a file says, wherever it lies."""
    return _digest({**asdict(found), "path": None, "notes": None})


def _digest_of_post(post: Post) -> str:
    """Sum up what an author can change in a post."""
    names = ("slug", "title", "description", "body", "minutes_by_author", "published_at")
    columns = {name: getattr(post, name) for name in names}
    return _digest({**columns, "tags": _names_at_import(post)})


def _names_at_import(post: Post) -> list[str]:
    """List the tags of *post*; by the names that they came with, if only those have changed."""
    now = [tag.name for tag in post.tags]
    came = post.imported_tags or []
    return came if sorted(tags.resolved(came)) == now else now


def _digest(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest()
