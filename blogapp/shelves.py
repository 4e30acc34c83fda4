"""Shelves: who finds a post – everybody, only who has its address, or nobody: the trash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from . import permalinks, trash
from .errors import Conflict
from .extensions import db
from .models import Gone, OldAddress, Post, Redirect, utcnow
from .search import engine


def put(post: Post, shelf: str) -> None:
    """Put *post*, which is not in the trash, on the shelf ``listed`` or ``unlisted``."""
    post.shelf = shelf
    db.session.flush()


def to_trash(post: Post, now: datetime | None = None) -> None:
    """Move *post* to the trash, where it keeps all that it has; what was there too long goes."""
    if post.shelf == "trash":
        return
    permalinks.keep(post)
    post.trashed_from, post.shelf, post.trashed_at = post.shelf, "trash", now or utcnow()
    db.session.flush()
    purge(now)


def restore(post: Post, now: datetime | None = None) -> None:
    """Bring *post* back from the trash, as it was; raises ``Missing`` when its days are over."""
    trash.expect_kept(post, now)
    if post.shelf != "trash":
        return
    post.shelf, post.trashed_from, post.trashed_at = post.trashed_from or "listed", None, None
    db.session.flush()


def delete(post: Post) -> None:
    """Delete *post* for good, which must be in the trash; raises ``Conflict``."""
    if post.shelf != "trash":
        raise Conflict("This post was restored meanwhile, so it stays.")
    _bury([post.id])


def purge(now: datetime | None = None) -> int:
    """Delete what has been in the trash for its term; returns how many posts that were."""
    over = sa.select(Post.id).where(trash.is_over(now)).limit(1)
    if db.session.scalar(over) is None:
        return 0
    # A write, so that nobody restores one of them before the commit. What somebody else writes
    # stays for the next time: that may be one who waits for us.
    free = sa.select(Post.id).where(trash.is_over(now)).with_for_update(skip_locked=True)
    held = sa.update(Post).where(Post.id.in_(free)).values(version=Post.version)
    options = {"synchronize_session": False, "autoflush": False}
    ids = list(db.session.scalars(held.returning(Post.id), execution_options=options))
    if ids:
        _bury(ids)
    return len(ids)


def _bury(ids: Sequence[int]) -> None:
    """Delete posts with all that belongs to them; where readers found them, they are told."""
    slugs = sa.select(sa.literal("/blog/") + Redirect.slug).where(Redirect.post_id.in_(ids))
    were_public = sa.select(Redirect.post_id).where(Redirect.post_id.in_(ids))
    others = sa.select(OldAddress.path).where(OldAddress.post_id.in_(were_public))
    paths = set(db.session.scalars(sa.union(slugs, others)))
    known = set(db.session.scalars(sa.select(Gone.path).where(Gone.path.in_(paths))))
    db.session.add_all(Gone(path=path) for path in paths - known)
    engine.current().remove(ids)
    db.session.flush()
    db.session.execute(sa.delete(Post).where(Post.id.in_(ids)))
