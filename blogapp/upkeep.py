"""Upkeep: what is made of the posts, put in step with them again."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from . import markdown, pieces, posts, search, tallies
from .extensions import db
from .models import Post
from .search import engine

AT_ONCE = 50  # posts to index before a commit: writers wait so long


def every() -> list[int]:
    """List the ids of all posts."""
    return list(db.session.scalars(sa.select(Post.id).order_by(Post.id)))


def unrendered() -> list[int]:
    """List the ids of posts that another version of the renderer has rendered."""
    query = sa.select(Post.id).where(Post.renderer_version != markdown.VERSION)
    return list(db.session.scalars(query.order_by(Post.id)))


def unindexed() -> list[int]:
    """List the ids of posts that the index does not have."""
    return list(db.session.scalars(sa.except_(sa.select(Post.id), engine.current().ids())))


def gone() -> list[int]:
    """List the ids of posts that only the index has."""
    return list(db.session.scalars(sa.except_(engine.current().ids(), sa.select(Post.id))))


def render(post_id: int) -> str | None:
    """Render a post again, and index it; its version stays, for its author changed nothing.

    A text that could only be shown as plain code stays as it was rendered before, but can be
    found, and is still one of the ``unrendered``. Returns a notice for the author then.
    """
    post = db.session.get_one(Post, post_id)
    db.session.expunge(post)  # the version counter would count the session's own UPDATE
    notice = posts.render(post)
    made = {name: getattr(post, name) for name in (["plain"] if notice else _changed(post))}
    as_it_was = (Post.id == post_id, Post.version == post.version)
    stored = sa.update(Post).where(*as_it_was).values(made).returning(Post.id)
    if db.session.scalar(stored):  # else it was saved meanwhile: rendered and indexed
        search.index(db.session.get_one(Post, post_id))
        pieces.redraw([post_id])
    if not notice:
        return None
    reason = notice.removeprefix("Shown as plain code: ")
    return f"{post.slug} stays as it was rendered before: {reason}"


def index(ids: Sequence[int]) -> None:
    """Take these posts into the index anew, let their tags know their dates, draw their pieces.

    Writers wait until the commit: give it ``AT_ONCE`` of them.
    """
    engine.current().take_turn()
    query = posts.summaries(sa.select(Post), plain=True).where(Post.id.in_(ids))
    search.index(*db.session.scalars(query.order_by(Post.id).with_for_update()))
    tallies.date(ids)
    pieces.redraw(ids)


def drop_gone() -> None:
    """Take out of the index what it has of posts that are gone."""
    engine.current().take_turn()
    engine.current().remove(gone())


def _changed(post: Post) -> set[str]:
    """Name the columns that have been given a value since *post* was read."""
    state = sa.inspect(post)
    return set(state.mapper.column_attrs.keys()) - state.unmodified
