"""Following: a post that is published, taken back or put elsewhere moves in the index, too."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ..models import Post
from . import engine, places


@sa.event.listens_for(Session, "after_flush")
def follow(session: Session, _flushed: object) -> None:
    """Move what is in the index to the place that its post has now."""
    moved = {
        post.id: places.of(post.id, post.listed_at)
        for post in session.dirty
        if isinstance(post, Post) and _has_moved(post)
    }
    if moved:
        engine.change(
            sorted(moved), lambda found: [replace(each, place=moved[each.id]) for each in found]
        )


def _has_moved(post: Post) -> bool:
    attributes = sa.inspect(post).attrs
    return any(attributes[name].history.has_changes() for name in ("published_at", "shelf"))
