"""Tables: where readers are led on, or told that there is nothing any more."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import LaterModel
from .base import utcnow


class Redirect(LaterModel):
    """A slug under which a post was published once: it leads to the post for ever."""

    __tablename__ = "redirects"

    slug: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id", ondelete="CASCADE"), index=True)


class OldAddress(LaterModel):
    """A path at which another system served a post: it leads to the post.

    *path* is written as ``addresses.normalise`` does.
    """

    __tablename__ = "old_addresses"

    path: Mapped[str] = mapped_column(sa.String(500), primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id", ondelete="CASCADE"), index=True)


class Gone(LaterModel):
    """A path at which readers found a post that has been deleted for good."""

    __tablename__ = "gone"

    path: Mapped[str] = mapped_column(sa.String(500), primary_key=True)
    gone_at: Mapped[datetime] = mapped_column(default=utcnow)


class TagRedirect(LaterModel):
    """A name that a tag had once: it leads to the tag, and whoever writes it means the tag."""

    __tablename__ = "tag_redirects"

    name: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    tag_id: Mapped[int] = mapped_column(sa.ForeignKey("tags.id", ondelete="CASCADE"), index=True)


class SeriesName(LaterModel):
    """A name that posts have, or had, as their series, and the addresses that are made of it."""

    __tablename__ = "series_names"

    name: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(200), index=True)
    marked: Mapped[str] = mapped_column(
        sa.String(200), index=True, doc="where another series has the slug"
    )
