"""The peers' tables and lists, in plain SQLAlchemy; Django describes the same in its own way."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import DATETIME
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    defer,
    load_only,
    mapped_column,
    relationship,
    selectinload,
)

DATABASE = os.environ.get("BENCH_DATABASE", "peers.db")  # path
PER_PAGE = 20
CHIPS = 24
RELATED = 3


# As text without microseconds, as Django writes and compares it.
_Moment = DATETIME(truncate_microseconds=True)  # type: ignore[no-untyped-call] # it has no types


class Model(DeclarativeBase):
    """The base of the tables."""


post_tags = sa.Table(
    "post_tags",
    Model.metadata,
    sa.Column("post_id", sa.ForeignKey("posts.id"), primary_key=True),
    sa.Column("tag_id", sa.ForeignKey("tags.id"), primary_key=True, index=True),
)


class Tag(Model):
    """A word that posts are found by."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    posts: Mapped[list[Post]] = relationship(secondary=post_tags, back_populates="tags")


class Post(Model):
    """An article, with its HTML."""

    __tablename__ = "posts"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    description: Mapped[str]
    minutes: Mapped[int]
    published_at: Mapped[datetime] = mapped_column(_Moment, index=True)  # UTC
    headings: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)
    body_html: Mapped[str]
    tags: Mapped[list[Tag]] = relationship(
        secondary=post_tags, back_populates="posts", order_by=Tag.name
    )


def listed() -> sa.Select[Post]:
    """Select the posts that readers find, newest first, with their tags, without their texts."""
    return (
        sa.select(Post)
        .where(Post.published_at <= now())
        .order_by(Post.published_at.desc(), Post.id.desc())
        .options(defer(Post.body_html), defer(Post.headings), selectinload(Post.tags))
    )


def older(post: Post) -> sa.Select[Post]:
    """Select the post before *post*."""
    place = sa.tuple_(Post.published_at, Post.id)
    return _mentioned().where(place < (post.published_at, post.id)).limit(1)


def newer(post: Post) -> sa.Select[Post]:
    """Select the post after *post*."""
    place = sa.tuple_(Post.published_at, Post.id)
    query = _mentioned().where(place > (post.published_at, post.id))
    return query.order_by(None).order_by(Post.published_at, Post.id).limit(1)


def related(post: Post) -> sa.Select[Post]:
    """Select the posts that share most tags with *post*, the newest of them first."""
    shared = _mentioned().join(post_tags).where(Post.id != post.id)
    shared = shared.where(post_tags.c.tag_id.in_([tag.id for tag in post.tags])).group_by(Post.id)
    best = (sa.func.count().desc(), Post.published_at.desc(), Post.id.desc())
    return shared.order_by(None).order_by(*best).limit(RELATED)


def _mentioned() -> sa.Select[Post]:
    """Select what others name of the posts that readers find, newest first."""
    shown = load_only(Post.slug, Post.title, Post.published_at, Post.minutes)
    newest = (Post.published_at.desc(), Post.id.desc())
    return sa.select(Post).where(Post.published_at <= now()).order_by(*newest).options(shown)


def now() -> datetime:
    """Tell the time as the tables have it: UTC, naive."""
    return datetime.now(UTC).replace(tzinfo=None)
