"""Tables: contact requests, and the ways in which the author hears of them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import LaterModel
from .base import NEVER_AGAIN, utcnow
from .posts import Post


class Message(LaterModel):
    """A contact request.

    *once* tells it from every other: the same form with the same words is the same message.
    One that was taken back keeps its reference and its times, and no word.
    """

    __tablename__ = "messages"
    __table_args__ = (
        sa.Index("ix_messages_folder", "folder", "unread", "id"),
        sa.Index("ix_messages_post_id", "post_id", "folder", "unread", "id"),
        sa.Index(
            "ix_messages_open",
            *("folder", "unread", "id"),
            sqlite_where=sa.text("answered_at IS NULL AND withdrawn_at IS NULL"),
        ),
        sa.Index(
            "ix_messages_answered",
            *("folder", "id"),
            sqlite_where=sa.text("answered_at IS NOT NULL"),
        ),
        sa.Index(
            "ix_messages_withdrawn",
            *("folder", "id"),
            sqlite_where=sa.text("withdrawn_at IS NOT NULL"),
        ),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(sa.String(12), unique=True, doc="to say on the phone")
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    once: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("posts.id", ondelete="SET NULL"))
    folder: Mapped[str] = mapped_column(sa.String(10), default="inbox", doc="messages.Folder")
    unread: Mapped[bool] = mapped_column(default=True, doc="as the author marks it")
    spam_reasons: Mapped[list[str]] = mapped_column(sa.JSON, default=list, doc="in words")
    address: Mapped[str] = mapped_column(sa.String(254), index=True, doc="e-mail, casefolded")
    digest: Mapped[str] = mapped_column(sa.String(64), index=True, doc="of the words, folded")
    received_at: Mapped[datetime] = mapped_column(default=utcnow)
    read_at: Mapped[datetime | None] = mapped_column(doc="for the first time")
    answered_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None] = mapped_column(doc="by who sent it")
    name: Mapped[str] = mapped_column(sa.Text)
    email: Mapped[str] = mapped_column(sa.Text)
    body: Mapped[str] = mapped_column(sa.Text)
    folded: Mapped[str] = mapped_column(sa.Text, doc="all words, casefolded, to be found by")

    post: Mapped[Post | None] = relationship(Post, lazy="joined")
    additions: Mapped[list[Addition]] = relationship(
        order_by="Addition.id", passive_deletes=True, back_populates="message"
    )
    deliveries: Mapped[list[Delivery]] = relationship(
        order_by="Delivery.id", passive_deletes=True, back_populates="message"
    )


class Addition(LaterModel):
    """A line that a visitor added to a message later."""

    __tablename__ = "additions"
    __table_args__ = (NEVER_AGAIN,)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(
        sa.ForeignKey("messages.id", ondelete="CASCADE"), index=True
    )
    once: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    added_at: Mapped[datetime] = mapped_column(default=utcnow)
    body: Mapped[str] = mapped_column(sa.Text)

    message: Mapped[Message] = relationship(back_populates="additions")


class Delivery(LaterModel):
    """A notification that has to be delivered on a *channel*, for some *occasion*: the outbox.

    Due while *due_at* is set; done with *delivered_at*, given up with neither. Who holds the
    *claim* works on it until *claimed_until*; with a claim and neither, it is forgotten as soon as
    that work ends.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.UniqueConstraint(
            "message_id", "channel", "occasion", name="uq_deliveries_message_id_channel_occasion"
        ),
        sa.Index(
            "ix_deliveries_undelivered",
            *("due_at", "message_id"),
            sqlite_where=sa.text("delivered_at IS NULL"),
        ),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("messages.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(sa.String(20), doc="mail, webhook, confirmation")
    occasion: Mapped[str] = mapped_column(sa.String(40), doc="received, or added-<id>")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    due_at: Mapped[datetime | None] = mapped_column(default=utcnow)
    failures: Mapped[int] = mapped_column(default=0, doc="attempts that count, one after another")
    delivered_at: Mapped[datetime | None]
    claim: Mapped[str | None] = mapped_column(sa.String(32))
    claimed_until: Mapped[datetime | None]

    message: Mapped[Message] = relationship(back_populates="deliveries")
    attempts: Mapped[list[DeliveryAttempt]] = relationship(
        order_by="DeliveryAttempt.id", passive_deletes=True
    )


class DeliveryAttempt(LaterModel):
    """One attempt at a delivery, and what was answered."""

    __tablename__ = "delivery_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(
        sa.ForeignKey("deliveries.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(default=utcnow)
    delivered: Mapped[bool]
    answer: Mapped[str] = mapped_column(sa.Text)


class SpamWord(LaterModel):
    """A word, or some, that the author has seen in spam."""

    __tablename__ = "spam_words"

    word: Mapped[str] = mapped_column(sa.String(100), primary_key=True, doc="casefolded")
