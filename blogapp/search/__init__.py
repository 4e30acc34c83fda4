"""Full text search: keeping the index in step with the posts, and asking it.

An article ranks by the first of title, tags, description and text with which all words are
found, the newest first among equals. That depends on nothing but the article, so a page of
results stays the same page when another article is published. A search leaves the first ``MOST``
in this order, which is as far as it looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..models import Post
from . import engine, entries, following
from .finding import MOST, Found, everywhere, found
from .query import Query, canonical, parse
from .snippets import Hit, hits
from .spelling import as_written, corrections

__all__ = [
    "MOST",
    "Found",
    "Hit",
    "Query",
    "as_written",
    "canonical",
    "corrections",
    "everywhere",
    "following",
    "found",
    "hits",
    "index",
    "index_tags",
    "parse",
]


def index(*posts: Post) -> None:
    """Take *posts* into the index as they are now, or anew; they must have been flushed."""
    engine.current().store(entries.of(posts))


def index_tags(ids: Sequence[int]) -> None:
    """Take the tags of these posts into the index as they are called now."""

    def called(found: list[entries.Entry]) -> list[entries.Entry]:
        tags = entries.tags_of([entry.id for entry in found])
        return [replace(entry, tags=tags[entry.id]) for entry in found]

    engine.change(ids, called)
