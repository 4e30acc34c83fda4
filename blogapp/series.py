"""Series: articles that belong together, in the order in which they were published."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from . import posts
from .extensions import db
from .models import Post


def parts(post: Post) -> list[Post]:
    """Find the articles of the series of *post*, as readers see them, the first one first."""
    if post.series is None:
        return []
    query = posts.summaries(posts.published()).where(Post.series == post.series)
    query = query.order_by(None).order_by(Post.published_at, Post.id)
    return list(db.session.scalars(query.options(lazyload(Post.tags))))


def names() -> list[str]:
    """Name all series, those of drafts included, for the author who continues one."""
    named = sa.select(Post.series).where(Post.series.is_not(None)).distinct()
    return sorted(name for name in db.session.scalars(named) if name)
