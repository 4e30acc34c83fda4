"""Tables: posts and their tags, which is what readers see."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model, UTCDateTime
from .base import NEVER_AGAIN, utcnow

# The moment of publication is that of a listed post, kept here too (none for a draft, one that is
# unlisted or in the trash): the articles of a tag are then a piece of its index, and nothing but.
post_tags = sa.Table(
    "post_tags",
    Model.metadata,
    sa.Column("post_id", sa.ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("tag_id", sa.ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("published_at", UTCDateTime, nullable=True),
    sa.Index("ix_post_tags_order", "tag_id", "published_at", "post_id"),
)

# How many articles have both tags, planned ones included, from the side of each of the two.
tag_pairs = sa.Table(
    "tag_pairs",
    Model.metadata,
    sa.Column("tag_id", sa.ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True),
    sa.Column(
        *("other_id", sa.ForeignKey("tags.id", ondelete="CASCADE")), primary_key=True, index=True
    ),
    sa.Column("articles", sa.Integer, nullable=False),
    sa.Index("ix_tag_pairs_order", "tag_id", "articles", "other_id"),
)

DATED = sa.text("published_at IS NOT NULL")


class Tag(Model):
    """A word that posts are found by; *name* is normalised and stands in URLs."""

    __tablename__ = "tags"
    __table_args__ = (sa.Index("ix_tags_order", "articles", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    description: Mapped[str] = mapped_column(sa.Text, default="")
    articles: Mapped[int] = mapped_column(
        default=0,
        server_default="0",
        doc="listed posts with a date, planned ones included; tallies.py keeps it",
    )


class Post(Model):
    """An article: draft without *published_at*, scheduled with one in the future.

    The long texts are the last columns: SQLite reads a row from its beginning, and would go
    through all of a text to reach what stands behind it.
    """

    __tablename__ = "posts"
    __table_args__ = (
        sa.Index("ix_posts_shelf", "shelf", "published_at", "id"),
        sa.Index("ix_posts_series", "series", "shelf", "published_at", "id"),
        sa.Index(
            "ix_posts_pieces_stamp",
            "pieces_stamp",
            sqlite_where=DATED,
        ),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(
        sa.String(36),
        unique=True,
        default=lambda: str(uuid.uuid4()),
        insert_sentinel=True,
        doc="feed id, for ever; by it many are inserted at once, on SQLite, too",
    )
    slug: Mapped[str] = mapped_column(sa.String(200), unique=True)
    title: Mapped[str] = mapped_column(sa.Text)
    description: Mapped[str] = mapped_column(sa.Text, default="")
    excerpt: Mapped[str] = mapped_column(sa.Text, default="", doc="first words, without markup")
    version: Mapped[int] = mapped_column(doc="goes up with every change")
    renderer_version: Mapped[int] = mapped_column(default=0)
    minutes: Mapped[int] = mapped_column(default=1, doc="reading time, from the body")
    minutes_by_author: Mapped[int | None]
    language: Mapped[str | None] = mapped_column(sa.String(35), doc="BCP 47; else the site's")
    series: Mapped[str | None] = mapped_column(sa.String(200), doc="name, as it is shown")
    shelf: Mapped[str] = mapped_column(
        sa.String(10), default="listed", doc="listed, unlisted (by address only) or trash"
    )
    trashed_from: Mapped[str | None] = mapped_column(sa.String(10), doc="the shelf before")
    trashed_at: Mapped[datetime | None]
    planned_at: Mapped[datetime | None] = mapped_column(doc="when a draft is to be published")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(
        default=utcnow, doc="when title, description or body last changed"
    )
    source: Mapped[str | None] = mapped_column(sa.Text, index=True, doc="file it came from")
    source_digest: Mapped[str | None] = mapped_column(
        sa.String(64), index=True, doc="of what it said"
    )
    linked_digest: Mapped[str | None] = mapped_column(
        sa.String(64), doc="of where its addresses, links and images led"
    )
    imported_digest: Mapped[str | None] = mapped_column(sa.String(64), doc="of what it became")
    imported_tags: Mapped[list[str] | None] = mapped_column(
        sa.JSON(none_as_null=True), doc="their names when it came"
    )
    pieces_stamp: Mapped[str | None] = mapped_column(
        sa.String(16), deferred=True, doc="of the templates and settings that drew the pieces"
    )
    card_html: Mapped[str | None] = mapped_column(
        sa.Text, deferred=True, doc="how lists show it, once it has a date"
    )
    head_html: Mapped[str | None] = mapped_column(
        sa.Text, deferred=True, doc="what its page tells machines"
    )
    intro_html: Mapped[str | None] = mapped_column(
        sa.Text, deferred=True, doc="what stands above its text"
    )
    contents_html: Mapped[str | None] = mapped_column(
        sa.Text, deferred=True, doc="its table of contents"
    )
    headings: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    plain: Mapped[str] = mapped_column(sa.Text, default="", doc="all words, without markup")
    body: Mapped[str] = mapped_column(sa.Text, default="")
    body_html: Mapped[str] = mapped_column(sa.Text, default="")

    tags: Mapped[list[Tag]] = relationship(secondary=post_tags, order_by=Tag.name, lazy="selectin")

    # An UPDATE that began from an older version fails (SQLAlchemy's version counter).
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def reading_minutes(self) -> int:
        """Minutes that reading takes; the author's own figure wins."""
        return self.minutes_by_author or self.minutes

    @property
    def listed_at(self) -> datetime | None:
        """Since when readers find it: never, unless it is listed and has a date."""
        return self.published_at if self.shelf == "listed" else None

    def state(self, now: datetime | None = None) -> str:
        """Tell ``trash``, ``draft``, ``scheduled`` or ``published`` at *now* (aware)."""
        if self.shelf == "trash":
            return "trash"
        if self.published_at is None:
            return "draft"
        return "scheduled" if self.published_at > (now or utcnow()) else "published"

    @property
    def changed_after_publication(self) -> bool:
        """Whether readers see another text than on the day it was published."""
        return self.published_at is not None and self.updated_at > self.published_at
