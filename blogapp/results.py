"""Results: articles that a search has found, as cards that show what was found in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from . import pieces, posts, search
from .articles import Summary
from .models import Post, utcnow
from .prepared import Prepared, Row, given, moment

MOST = 20  # articles that are read at once: a page
_LOOKED_AT = 100_000  # characters of a text that are looked through


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Summary):
    """An article that was found, with the words of its text."""

    plain: str


def of(found: search.Found, ids: Sequence[int]) -> list[Result]:
    """Read those of what was *found* with these *ids*, ``MOST`` at most, in their order.

    What readers do not find any more is left out.
    """
    tags = found.tags_of(ids)
    rows = {row[0]: row for row in _ARTICLES.all(now=utcnow(), **_padded(ids))}
    return [_result(rows[post_id], tags[post_id]) for post_id in ids if post_id in rows]


def cards(found: Sequence[Result], words: search.Query) -> list[str]:
    """Draw what was found, with the *words* marked."""
    hits, look = search.hits(words, found), pieces.look()
    return [look.card(each, hits.get(each.id)) for each in found]


def _result(row: Row, tags: Sequence[str]) -> Result:
    names = ("id", "slug", "title", "description", "excerpt", "language", "published_at")
    own = dict(zip((*names, "reading_minutes", "plain"), row, strict=True))
    return Result(**own, tags=tuple(tags))


def _padded(ids: Sequence[int]) -> dict[str, int]:
    """Give ``MOST`` ids: no post has the id 0."""
    return {f"id{at}": post_id for at, post_id in enumerate([*ids, *[0] * (MOST - len(ids))])}


def _articles() -> sa.Select[tuple[object, ...]]:
    minutes = sa.func.coalesce(Post.minutes_by_author, Post.minutes)
    words = sa.func.substr(Post.plain, 1, _LOOKED_AT)
    shown = (Post.title, Post.description, Post.excerpt, Post.language, Post.published_at)
    query = sa.select(Post.id, Post.slug, *shown, minutes, words)
    return query.where(posts.is_published(moment("now"), by_date=False), Post.id.in_(_IDS))


_IDS = [given(f"id{at}", sa.Integer) for at in range(MOST)]
_ARTICLES = Prepared(_articles())
