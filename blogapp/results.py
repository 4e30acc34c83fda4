"""Results: articles that a search has found, as cards that show what was found in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from . import pieces, posts, search
from .articles import Summary
from .models import Post, Tag, post_tags, utcnow
from .prepared import Prepared, Row, given, moment

MOST = 20  # articles that are read at once: a page
_LOOKED_AT = 100_000  # characters of a text that are looked through


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Summary):
    """An article that was found, with the words of its text."""

    plain: str


def of(ids: Sequence[int]) -> list[Result]:
    """Read the articles with these *ids*, ``MOST`` at most, in their order.

    What readers do not find any more is left out.
    """
    places = _padded(ids)
    tags = defaultdict[int, list[str]](list)
    for post_id, name in _TAGS.all(**places):
        tags[post_id].append(name)
    found = {row[0]: row for row in _ARTICLES.all(now=utcnow(), **places)}
    return [_result(found[post_id], tags[post_id]) for post_id in ids if post_id in found]


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


def _tags() -> sa.Select[tuple[int, str]]:
    query = sa.select(post_tags.c.post_id, Tag.name).join(Tag, Tag.id == post_tags.c.tag_id)
    return query.where(post_tags.c.post_id.in_(_IDS)).order_by(Tag.name)


_IDS = [given(f"id{at}", sa.Integer) for at in range(MOST)]
_ARTICLES, _TAGS = Prepared(_articles()), Prepared(_tags())
