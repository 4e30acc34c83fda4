"""The trash: how long a post stays in it; after that it is as good as deleted, purged or not."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from .errors import Missing
from .models import Post, utcnow

TERM = timedelta(days=30)  # that a post stays in the trash


def is_in() -> sa.ColumnElement[bool]:
    """Tell in SQL whether a post is in the trash."""
    return Post.shelf == "trash"


def is_over(now: datetime | None = None) -> sa.ColumnElement[bool]:
    """Tell in SQL whether a post has been in the trash for its ``TERM``."""
    return is_in() & (Post.trashed_at <= (now or utcnow()) - TERM)


def deleted_at(post: Post) -> datetime:
    """Tell when *post*, which is in the trash, is deleted for good."""
    return (post.trashed_at or utcnow()) + TERM


def expect_kept(post: Post, now: datetime | None = None) -> None:
    """Raise ``Missing`` if *post* has been in the trash for its ``TERM``."""
    if post.shelf == "trash" and deleted_at(post) <= (now or utcnow()):
        days = TERM.days
        raise Missing(
            f"This post was in the trash for {days} days, and has been deleted for good."
        )
