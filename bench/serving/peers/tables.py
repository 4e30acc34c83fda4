"""The peers' tables and lists, in plain SQLAlchemy; Django describes the same in its own way."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    defer,
    mapped_column,
    relationship,
    selectinload,
)

DATABASE = os.environ.get("BENCH_DATABASE", "peers.db")  # path
PER_PAGE = 20
CHIPS = 24


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
    published_at: Mapped[datetime] = mapped_column(index=True)  # UTC
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


def now() -> datetime:
    """Tell the time as the tables have it: UTC, naive."""
    return datetime.now(UTC).replace(tzinfo=None)
