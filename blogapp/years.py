"""Years: all articles by year and month, some at a time, and which years there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from . import config, posts
from .models import Post, utcnow
from .paging import Cursor
from .prepared import Prepared, given, moment

MOST = 400  # articles of a page


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in its month."""

    slug: str
    title: str
    language: str | None
    published_at: datetime


Month = tuple[str, list[Entry]]
Year = tuple[int, list[Month]]


@dataclass(frozen=True, slots=True)
class Page:
    """The newest years, perhaps not the whole of the last one, and the place where it goes on."""

    years: list[Year]
    next: Cursor | None


def page(after: Cursor | None = None) -> Page:
    """Fetch what is behind *after*, in the zone of the site."""
    rows = _newest(after is not None).all(most=MOST + 1, **_place(after))
    last = Cursor(rows[MOST - 1][-1], rows[MOST - 1][0]) if len(rows) > MOST else None
    return Page(list(_by_year(Entry(*row[1:]) for row in rows[:MOST])), last)


def starts() -> list[tuple[int, Cursor | None]]:
    """List the years that have articles, the newest first, and the place behind which each begins.

    The newest begins without one. It is a step along an index for each year.
    """
    found: list[tuple[int, Cursor | None]] = []
    zone, before = config.current().timezone, None
    while row := _moments(before is not None).first(most=1, **_place(before)):
        year = row[0].astimezone(zone).year
        found.append((year, before))
        before = Cursor(datetime(year, 1, 1, tzinfo=zone).astimezone(UTC), 0)
    return found


def _place(after: Cursor | None) -> dict[str, Any]:
    now = utcnow()
    return {"at": after.at, "id": after.id, "now": min(now, after.at)} if after else {"now": now}


def _by_year(entries: Iterable[Entry]) -> Iterator[Year]:
    zone = config.current().timezone

    def month(entry: Entry) -> tuple[int, str]:
        local = entry.published_at.astimezone(zone)
        return local.year, f"{local:%B}"

    months = [(when, list(group)) for when, group in groupby(entries, month)]
    for year, group in groupby(months, lambda item: item[0][0]):
        yield year, [(name, found) for (_, name), found in group]


@lru_cache
def _newest(is_behind: bool) -> Prepared:
    columns = (Post.id, Post.slug, Post.title, Post.language, Post.published_at)
    return _prepared(columns, is_behind=is_behind)


@lru_cache
def _moments(is_behind: bool) -> Prepared:
    return _prepared((Post.published_at,), is_behind=is_behind)


def _prepared(columns: tuple[Any, ...], *, is_behind: bool) -> Prepared:
    query = posts.published(moment("now")).with_only_columns(*columns)
    if is_behind:
        place = sa.tuple_(moment("at"), given("id", sa.Integer))
        query = query.where(sa.tuple_(Post.published_at, Post.id) < place)
    return Prepared(query.limit(given("most", sa.Integer)))
