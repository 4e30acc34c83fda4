"""Tables: who may write."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import LaterModel
from .base import utcnow


class Author(LaterModel):
    """Who may write; *name* is what is typed to sign in."""

    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    password_hash: Mapped[str] = mapped_column(sa.Text)
    timezone: Mapped[str | None] = mapped_column(sa.String(64), doc="zone last used to publish")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class Session(LaterModel):
    """One sign-in of an author; the cookie holds its token, the row only the token's hash."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    author_id: Mapped[int] = mapped_column(
        sa.ForeignKey("authors.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    author: Mapped[Author] = relationship(lazy="joined")


class Attempt(LaterModel):
    """Something that may be done only so often, counted for a *subject* (hashed)."""

    __tablename__ = "attempts"
    __table_args__ = (
        sa.Index("ix_attempts_subject_at", "subject", "at"),
        sa.Index("ix_attempts_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime] = mapped_column(default=utcnow)
