"""Full text search: keeping the index in step with the posts, and asking it.

An article ranks by the first of title, tags, description and text with which all words are
found; in texts, whole words come before those that only begin so; among equals, the newest comes
first. That depends on nothing but the article, so a page of results stays the same page when
another article is published. The first ``MOST`` are known at once, the others page by page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..models import Post
from . import engine, entries, following, words
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
    "cut",
    "everywhere",
    "following",
    "found",
    "hits",
    "index",
    "index_tags",
    "parse",
]


def index(*posts: Post, cut: Mapping[str, str] | None = None) -> None:
    """Take *posts* into the index as they are now, or anew; they must have been flushed.

    What was *cut* of long texts before is told by the text.
    """
    engine.current().store(entries.of(posts, cut))


def cut(text: str) -> str:
    """Cut a text into the tokens that the index keeps, for ``index``."""
    return words.tokens(text)


def index_tags(ids: Sequence[int]) -> None:
    """Take the tags of these posts into the index as they are called now."""

    def called(found: list[entries.Entry]) -> list[entries.Entry]:
        tags = entries.tags_of([entry.id for entry in found])
        return [replace(entry, tags=tags[entry.id]) for entry in found]

    engine.change(ids, called)
