"""Tables: the texts that a post had."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import LaterModel
from .authors import Author
from .base import NEVER_AGAIN, utcnow

KEPT = sa.text("version IS NULL AND kind <> 'adopted'")


class Revision(LaterModel):
    """A text of a post: saved as a *version* of it, or without one kept by a *sitting*."""

    __tablename__ = "revisions"
    __table_args__ = (
        sa.Index("ix_revisions_post_id_version", "post_id", "version", unique=True),
        sa.Index("ix_revisions_sitting", "sitting"),
        sa.Index(
            "ix_revisions_kept",
            *("post_id", "sitting"),
            unique=True,
            sqlite_where=KEPT,
        ),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id", ondelete="CASCADE"))
    version: Mapped[int | None] = mapped_column(doc="of the post; none: not saved")
    begun_from: Mapped[int | None] = mapped_column(doc="version of the post; of what is kept")
    kind: Mapped[str] = mapped_column(sa.String(10), doc="how it came to be")
    sitting: Mapped[str | None] = mapped_column(sa.String(43), doc="the editor that sent it")
    author_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("authors.id", ondelete="SET NULL"), index=True
    )
    saved_at: Mapped[datetime] = mapped_column(default=utcnow)
    added: Mapped[int] = mapped_column(default=0, doc="words")
    removed: Mapped[int] = mapped_column(default=0, doc="words")
    title: Mapped[str] = mapped_column(sa.Text)
    slug: Mapped[str] = mapped_column(sa.String(200))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    tags: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    minutes: Mapped[int | None]
    language: Mapped[str | None] = mapped_column(sa.String(35))
    series: Mapped[str | None] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text, default="")

    author: Mapped[Author | None] = relationship(lazy="joined")
