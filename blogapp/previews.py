"""Previews: secret links that show a post, as it is saved, to who is not to wait for it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from . import config
from .errors import Gone, Invalid, Missing
from .extensions import db
from .models import MAX_ID, Post, PreviewLink, utcnow

DAYS = (1, 7, 30)  # that a link may last
KEPT = timedelta(days=30)  # that one which has expired still says so


def make(post: Post, days: int) -> tuple[PreviewLink, str]:
    """Make a link to *post*; returns it and its token, told only here. Raises ``Invalid``."""
    if days not in DAYS:
        raise Invalid("days", f"A preview link lasts {DAYS[0]}, {DAYS[1]} or {DAYS[2]} days.")
    if post.state() in {"published", "trash"}:
        place = "in the trash" if post.state() == "trash" else "published: link to it"
        raise Invalid("days", f"There is nothing to preview: this post is {place}.")
    token, now = secrets.token_urlsafe(24), utcnow()
    link = PreviewLink(
        token_hash=_hash(token),
        post_id=post.id,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    db.session.add(link)
    db.session.flush()
    return link, token


def find(token: str, now: datetime | None = None) -> PreviewLink:
    """Find the link of this *token*; raises ``Missing``, or ``Gone`` when its time is over.

    That of a post which is published never is: it leads to the article.
    """
    link = db.session.scalar(sa.select(PreviewLink).where(PreviewLink.token_hash == _hash(token)))
    if link is None:
        raise Missing(
            "There is no preview at this address. Did the whole link arrive? If so, its author "
            "has taken it back."
        )
    state = link.post.state(now)
    if state == "trash":
        raise Gone("What this link showed has been taken back by its author.")
    if state != "published" and link.expires_at <= (now or utcnow()):
        day = f"{link.expires_at.astimezone(config.current().timezone):%-d %B %Y}"
        raise Gone(f"This preview expired on {day}. Its author can give you a new link.")
    return link


def of(post: Post) -> list[PreviewLink]:
    """List the links to *post* that still work, or did not long ago; the newest first."""
    query = sa.select(PreviewLink).where(PreviewLink.post_id == post.id)
    return list(db.session.scalars(query.order_by(PreviewLink.id.desc())))


def revoke(post: Post, link_id: int) -> None:
    """Take a link to *post* back; raises ``Missing``."""
    link = db.session.get(PreviewLink, link_id) if 0 < link_id <= MAX_ID else None
    if link is None or link.post_id != post.id:
        raise Missing("There is no such link; it has been taken back already.")
    db.session.delete(link)
    db.session.flush()


def purge(now: datetime | None = None) -> None:
    """Forget the links that expired long ago."""
    over = (now or utcnow()) - KEPT
    db.session.execute(sa.delete(PreviewLink).where(PreviewLink.expires_at <= over))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
