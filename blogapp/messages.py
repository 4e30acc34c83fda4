"""Messages: contact requests, stored first, found again by who sent them."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from . import posts
from .errors import Missing
from .extensions import db
from .models import MAX_ID, Message, Post, utcnow

PAGE_SIZE = 50


class Folder(StrEnum):
    """Where the author finds messages."""

    INBOX = "inbox"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a visitor wrote, and the article (its slug) that it was written under."""

    name: str
    email: str
    body: str
    post: str = ""


def receive(request: Request) -> tuple[Message, str]:
    """Store a message; returns it and the token of its status page, told only here."""
    token = secrets.token_urlsafe(24)
    post = posts.visible(request.post) or posts.moved(request.post)
    message = Message(
        token_hash=_hash(token),
        name=request.name,
        email=request.email,
        body=request.body,
        post_id=post.id if post else None,
    )
    db.session.add(message)
    db.session.flush()
    return message, token


def by_token(token: str) -> Message:
    """Find the message of a status page; raises ``Missing``."""
    message = db.session.scalar(sa.select(Message).where(Message.token_hash == _hash(token)))
    if message is None:
        raise Missing("There is no message at this address. Did the whole link arrive?")
    return message


def get(message_id: int) -> Message:
    """Find a message for the author; raises ``Missing``."""
    message = db.session.get(Message, message_id) if 0 < message_id <= MAX_ID else None
    if message is None:
        raise Missing("There is no such message.")
    return message


def listed(folder: Folder, *, before: int = MAX_ID) -> tuple[list[Message], int | None]:
    """List a page of a folder, newest first, from the one *before* an id on.

    Returns it with the id to go on from, if there are more.
    """
    archived = Message.archived_at.is_not(None)
    query = (
        sa.select(Message)
        .where(archived if folder is Folder.ARCHIVE else ~archived, Message.id < before)
        .order_by(Message.id.desc())
        .options(joinedload(Message.post).load_only(Post.slug, Post.title).lazyload(Post.tags))
        .limit(PAGE_SIZE + 1)
    )
    found = list(db.session.scalars(query))
    page = found[:PAGE_SIZE]
    return page, page[-1].id if len(found) > PAGE_SIZE else None


def unread() -> int:
    """Count what the author has not read yet."""
    query = sa.select(sa.func.count(Message.id))
    waiting = query.where(Message.read_at.is_(None), Message.archived_at.is_(None))
    return db.session.scalar(waiting) or 0


def mark_read(message: Message, *, read: bool = True) -> None:
    """Mark *message* as read, or as unread again; the first time stays."""
    message.read_at = (message.read_at or utcnow()) if read else None
    db.session.flush()


def archive(message: Message, *, archived: bool = True) -> None:
    """Put *message* into the archive, or back into the inbox."""
    message.archived_at = utcnow() if archived else None
    db.session.flush()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
