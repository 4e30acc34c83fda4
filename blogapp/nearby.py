"""What is near an article: those before and after it, those with its tags, those named alike."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from . import posts, slugs
from .articles import Mention
from .extensions import UTCDateTime
from .models import Post, post_tags, utcnow
from .prepared import Prepared, given, moment
from .reading import MENTION

RELATED = 3
CANDIDATES = 50  # newest articles of each tag, of which those are chosen
NEAREST = 5
LOOKED_AT = 300  # of the newest, and as many that begin alike
COMPARED = 50
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Nearby:
    """What is near an article: the one before it and the one after it, and related ones."""

    older: Mention | None
    newer: Mention | None
    related: tuple[Mention, ...]


def of(post_id: int, published_at: datetime | None) -> Nearby:
    """Find what is near an article; a draft has no neighbours."""
    now = utcnow()
    at = published_at or now
    found: dict[str, list[Mention]] = {"older": [], "newer": [], "related": []}
    for kind, *mention in _NEARBY.all(id=post_id, at=at, now=now, until=min(now, at)):
        found[kind].append(Mention(*mention))
    related = tuple(found["related"])
    if published_at is None:
        return Nearby(None, None, related)
    older, newer = (next(iter(found[way]), None) for way in ("older", "newer"))
    return Nearby(older, newer, related)


def nearest(slug: str) -> list[Mention]:
    """Find articles whose slugs resemble *slug*: those that share a word or how one begins.

    They are looked for among those that begin alike, and the newest ones.
    """
    wish = slugs.make(slug)
    begins = {word[:3] for word in wish.split("-")[:MOST_WORDS] if len(word) > 2}
    if not begins:
        return []
    least = wish[:3]
    rows = _NAMED_ALIKE.all(now=utcnow(), least=least, most=f"{least}{_LAST}")
    known = {row[0]: Mention(*row) for row in rows}
    alike = sorted(known, key=lambda name: -sum(begin in name for begin in begins))[:COMPARED]
    candidates = [name for name in alike if any(begin in name for begin in begins)]
    best = difflib.get_close_matches(wish, candidates, n=NEAREST, cutoff=0.35)
    return [known[name] for name in best]


def _nearby() -> sa.CompoundSelect[Any]:
    place = sa.tuple_(Post.published_at, Post.id)
    here = sa.tuple_(moment("at"), given("id", sa.Integer))
    first = (Post.published_at, Post.id)
    last = (Post.published_at.desc(), Post.id.desc())
    until, found = posts.is_published(moment("until")), posts.is_published(moment("now"))
    akin = _akin()
    related = (
        sa.select(Post).join(akin, akin.c.post_id == Post.id).order_by(akin.c.number.desc(), *last)
    )
    parts = {
        "older": sa.select(Post).where(until, place < here).order_by(*last).limit(1),
        "newer": sa.select(Post).where(found, place > here).order_by(*first).limit(1),
        "related": related,
    }
    return sa.union_all(*(_named(kind, query) for kind, query in parts.items()))


def _akin() -> sa.Subquery:
    """Select, of the newest articles of each tag, those that share most tags; newer ones first."""
    own, other, any_of = post_tags.alias(), post_tags.alias(), post_tags.alias()
    at, now = other.c.published_at, moment("now")
    first = (
        sa.select(any_of.c.published_at)
        .where(any_of.c.tag_id == own.c.tag_id, any_of.c.published_at <= now)
        .order_by(any_of.c.published_at.desc())
        .offset(CANDIDATES - 1)
        .limit(1)
        .scalar_subquery()
    )
    itself, number = given("id", sa.Integer), sa.func.count().label("number")
    return (
        sa.select(other.c.post_id, number)
        .join(own, own.c.tag_id == other.c.tag_id)
        .where(own.c.post_id == itself, other.c.post_id != itself)
        .where(at >= sa.func.coalesce(first, sa.literal(_LONG_AGO, UTCDateTime)), at <= now)
        .group_by(at, other.c.post_id)  # a post has one moment, whatever its tags
        .order_by(number.desc(), at.desc(), other.c.post_id.desc())
        .limit(RELATED)
        .subquery()
    )


def _named(kind: str, query: sa.Select[Post]) -> sa.Select[Any]:
    found = query.with_only_columns(*MENTION).subquery()
    return sa.select(sa.literal(kind), *found.c)


def _named_alike() -> sa.CompoundSelect[Any]:
    out = posts.published(moment("now")).limit(LOOKED_AT)
    begin = Post.slug >= given("least", sa.String), Post.slug < given("most", sa.String)
    alike = sa.select(Post).where(posts.is_published(moment("now"), by_date=False), *begin)
    alike = alike.order_by(Post.slug).limit(LOOKED_AT)
    parts = (query.with_only_columns(*MENTION).subquery() for query in (out, alike))
    return sa.union_all(*(sa.select(*part.c) for part in parts))


_LAST = "\U0010ffff"
_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)
_NEARBY = Prepared(_nearby)
_NAMED_ALIKE = Prepared(_named_alike)
