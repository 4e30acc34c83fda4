"""What is near an article: those before and after it, those with its tags, those named alike."""

from __future__ import annotations

import difflib

import sqlalchemy as sa

from . import posts, slugs
from .extensions import db
from .models import Post, post_tags, utcnow

RELATED = 3
NEAREST = 5


def neighbours(post: Post) -> tuple[Post | None, Post | None]:
    """Find the article before *post* and the one after it, in the order of publication."""
    place = sa.tuple_(Post.published_at, Post.id)
    here = sa.tuple_(sa.literal(post.published_at), sa.literal(post.id))
    until = min(utcnow(), post.published_at or utcnow())
    older = posts.summaries(posts.published(until)).where(place < here).limit(1)
    newer = (
        posts.summaries(posts.published())
        .where(place > here)
        .order_by(None)
        .order_by(Post.published_at, Post.id)
        .limit(1)
    )
    return db.session.scalar(older), db.session.scalar(newer)


def related(post: Post) -> list[Post]:
    """Find the articles that share most tags with *post*, newer ones first among equals."""
    shared = (
        sa.select(post_tags.c.post_id, sa.func.count().label("number"))
        .where(post_tags.c.tag_id.in_([tag.id for tag in post.tags]))
        .where(post_tags.c.post_id != post.id)
        .group_by(post_tags.c.post_id)
        .subquery()
    )
    query = (
        posts.summaries(posts.published(by_date=False))
        .join(shared, shared.c.post_id == Post.id)
        .order_by(None)
        .order_by(shared.c.number.desc(), Post.published_at.desc(), Post.id.desc())
    )
    return list(db.session.scalars(query.limit(RELATED)))


def nearest(slug: str) -> list[Post]:
    """Find articles whose slugs resemble *slug*: those that share a word or how one begins."""
    wish = slugs.make(slug)
    words = [word for word in wish.split("-") if len(word) > 2][:8]
    alike = [Post.slug.contains(word[:3], autoescape=True) for word in words]
    if not alike:
        return []
    rank = sum((sa.case((condition, 1), else_=0) for condition in alike), sa.literal(0))
    query = posts.summaries(posts.published()).where(sa.or_(*alike))
    query = query.order_by(None).order_by(rank.desc(), Post.published_at.desc())
    candidates = {post.slug: post for post in db.session.scalars(query.limit(50))}
    best = difflib.get_close_matches(wish, candidates, n=NEAREST, cutoff=0.35)
    return [candidates[name] for name in best]
