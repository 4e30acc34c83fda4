"""A reader's filter of the articles: from a query to its one canonical URL, sentence and SQL."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import sqlalchemy as sa

from . import posts, tags
from .errors import BlogError
from .extensions import db
from .models import Post, Tag, post_tags

MAX_TAGS = 3
PAGE_SIZE = 20
MAX_CHIPS = 24  # that are offered; the page of all tags has the others
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


class TooManyTags(BlogError):
    """More tags than a filter takes."""

    title = "Too many tags"


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the list: after the article published *at* with this *id*."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // _TICK}-{self.id}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """Read what ``str`` wrote; anything else is the beginning of the list."""
        match = re.fullmatch(r"(-?[0-9]{1,17})-([0-9]{1,15})", text)
        if match is None:
            return None
        with contextlib.suppress(OverflowError):  # a time before the year 1
            return cls(_EPOCH + int(match[1]) * _TICK, int(match[2]))
        return None


@dataclass(frozen=True, slots=True)
class Chip:
    """A tag that a reader can choose or remove: how many articles it has, or would leave."""

    name: str
    articles: int
    chosen: bool
    target: Filter


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list, and the filter of the next one, if any."""

    articles: list[Post]
    next: Filter | None


@dataclass(frozen=True, slots=True)
class Filter:
    """All of these *tags* (normalised, sorted, each once), from *after* on."""

    tags: tuple[str, ...] = ()
    after: Cursor | None = None

    @classmethod
    def parse(cls, tag_names: Iterable[str], after: str = "") -> Filter:
        """Read a query's values; raises ``TooManyTags`` beyond three."""
        names = tuple(sorted(tags.normalised(tag_names)))
        if len(names) > MAX_TAGS:
            raise TooManyTags(f"A filter takes at most {MAX_TAGS} tags. Take one away.")
        return cls(names, Cursor.parse(after))

    @property
    def query(self) -> str:
        """The canonical query string, without ``?``."""
        values = [("tag", name) for name in self.tags]
        if self.after:
            values.append(("after", str(self.after)))
        return urlencode(values)

    @property
    def url(self) -> str:
        """The canonical address of the list."""
        return f"/?{self.query}" if self.query else "/"

    @property
    def first(self) -> Filter:
        """This filter from its first page on."""
        return replace(self, after=None)

    def feed_url(self, name: str) -> str:
        """The address of this filter's own feed, such as ``feed.xml``."""
        query = self.first.query
        return f"/{name}?{query}" if query else f"/{name}"

    def sentence(self, number: int) -> str:
        """Say in words what the list holds, such as ``7 articles tagged python``."""
        articles = "1 article" if number == 1 else f"{number or 'no'} articles"
        return f"{articles} tagged {_joined(self.tags)}" if self.tags else articles

    def select(self) -> sa.Select[Post]:
        """Select the articles that pass, newest first, on all pages."""
        query = posts.published()
        for name in self.tags:
            query = query.where(
                Post.id.in_(sa.select(post_tags.c.post_id).join(Tag).where(Tag.name == name))
            )
        return query

    def page(self, size: int = PAGE_SIZE) -> Page:
        """Fetch the page that begins after the cursor."""
        query = posts.summaries(self.select())
        if self.after:
            here = sa.tuple_(sa.literal(self.after.at), sa.literal(self.after.id))
            query = query.where(sa.tuple_(Post.published_at, Post.id) < here)
        found = list(db.session.scalars(query.limit(size + 1)))
        if len(found) <= size:
            return Page(found, None)
        last = found[size - 1]
        assert last.published_at is not None  # noqa: S101 - published() selects no other
        return Page(found[:size], replace(self, after=Cursor(last.published_at, last.id)))

    def chips(self) -> list[Chip]:
        """List the chosen tags, then those that would leave most of the articles."""
        left = {row.tag.name: row.articles for row in tags.counts(posts.ids(self.select()))}
        chosen = [
            Chip(name, left.get(name, 0), True, Filter(tuple(t for t in self.tags if t != name)))
            for name in self.tags
        ]
        if len(self.tags) == MAX_TAGS:
            return chosen
        others = sorted(
            (name for name in left if name not in self.tags), key=lambda name: (-left[name], name)
        )
        return chosen + [
            Chip(name, left[name], False, Filter(tuple(sorted((*self.tags, name)))))
            for name in others[:MAX_CHIPS]
        ]


def _joined(names: tuple[str, ...]) -> str:
    if len(names) < 3:
        return " and ".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
