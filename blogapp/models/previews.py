"""Tables: secret links to drafts."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import LaterModel
from .base import NEVER_AGAIN, utcnow
from .posts import Post


class PreviewLink(LaterModel):
    """A secret address of a post, while it lasts; the row holds only the hash of its token."""

    __tablename__ = "preview_links"
    __table_args__ = NEVER_AGAIN

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime]

    post: Mapped[Post] = relationship(Post, lazy="joined")
