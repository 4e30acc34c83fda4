"""Full text search: keeping the index in step with the posts, and asking it.

An article ranks by the first of title, tags, description and text with which all words are
found, the newest first among equals. That depends on nothing but the article, so a page of
results stays the same page when another article is published – as long as no more than ``MOST``
have the words in a place: of those, the last that came are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import sqlalchemy as sa

from ..models import Post
from . import engine, entries
from .entries import COLUMNS
from .query import Query, canonical, parse
from .snippets import Hit, hits
from .spelling import as_written, corrections

__all__ = [
    "MOST",
    "Hit",
    "Query",
    "as_written",
    "canonical",
    "corrections",
    "hits",
    "index",
    "index_tags",
    "parse",
    "ranked",
    "refused",
]

MOST = 5000  # articles of each rank that a search looks at; the last that came win


def index(*posts: Post) -> None:
    """Take *posts* into the index as they are now, or anew; they must have been flushed."""
    engine.current().store(entries.of(posts))


def index_tags(ids: Sequence[int]) -> None:
    """Take the tags of these posts into the index as they are called now."""
    tags = entries.tags_of(ids)
    known = [entry for entry in map(engine.current().entry, ids) if entry]
    engine.current().store([replace(entry, tags=tags[entry.id]) for entry in known])


def ranked(query: Query, *, tags: Iterable[str] = (), without: Iterable[str] = ()) -> sa.Subquery:
    """Select the ``id`` of all posts that have what is wanted and these tags, with their ``rank``.

    Rank 1 is best. Of each rank at most ``MOST`` are taken, so that what is made of the result
    has a bound. *query* must want something.
    """
    found = []
    for rank in range(1, len(COLUMNS) + 1):
        ids = engine.current().matching(
            query, columns=COLUMNS[:rank], tags=tags, without=without, most=MOST
        )
        part = ids.subquery()
        found.append(sa.select(part.c[0].label("id"), sa.literal(rank).label("rank")))
    every = sa.union_all(*found).subquery()
    best = sa.select(every.c.id, sa.func.min(every.c.rank).label("rank")).group_by(every.c.id)
    return best.subquery("found")


def refused(query: Query) -> sa.Select[int]:
    """Select the ids of the posts that have what *query* excludes."""
    return engine.current().having(query.unwanted)
