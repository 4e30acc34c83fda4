"""Sitemaps: every page that is worth finding (sitemaps.org/protocol.html).

A blog that one file of ``SIZE`` articles holds has one. Another has an index: of the pages beside
the articles, and of pieces by ranges of ids, so that an article stays in the same piece. Of more
pages beside the articles than a file can have, the last are left out: tags come before series.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape

import sqlalchemy as sa

from . import numbers, posts, series, urls
from .models import MAX_ID, Post, utcnow
from .prepared import Prepared, given, moment

SIZE = 1000  # articles of a file
_MOST = 50_000  # addresses in a file, by the protocol
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True, slots=True)
class _Article:
    slug: str
    published_at: datetime
    updated_at: datetime


def main() -> bytes:
    """Write the sitemap of all pages, or the index of those that there are."""
    if numbers.of_all() <= SIZE:
        return _pages([*_beside(), *_articles(_NEWEST.all(now=utcnow(), most=SIZE))])
    return _document("sitemapindex", "sitemap", map(_location, ["/sitemap-pages.xml", *_pieces()]))


def beside() -> bytes:
    """Write the sitemap of all pages but the articles."""
    return _pages(_beside())


def piece(number: int) -> bytes | None:
    """Write the sitemap of the articles of this range of ids, from 1; None if there are none."""
    last = number * SIZE
    if not 0 < last <= MAX_ID:
        return None
    rows = _RANGE.all(now=utcnow(), first=last - SIZE + 1, last=last)
    return _pages(_articles(rows)) if rows else None


def _beside() -> Iterator[str]:
    for path in ("/", "/tags/", "/archive/", "/contact"):
        yield _location(path)
    for tag in numbers.of_tags():
        yield _location(urls.tag(tag.name))
    for address in series.addresses().values():
        yield _location(urls.series(address))


def _articles(rows: Iterable[Any]) -> Iterator[str]:
    """Write addresses, with the day of the last change."""
    for article in (_Article(*row) for row in rows):
        changed = max(article.published_at, article.updated_at)
        yield f"{_location(urls.article(article))}<lastmod>{changed:%Y-%m-%d}</lastmod>"


def _pieces() -> Iterator[str]:
    """Name the pieces that have articles."""
    for row in _RANGES.all(now=utcnow(), size=SIZE):
        if row[0] is not None:
            yield f"/sitemap-{(row[0] - 1) // SIZE + 1}.xml"


def _pages(entries: Iterable[str]) -> bytes:
    return _document("urlset", "url", islice(entries, _MOST))


def _location(path: str) -> str:
    return f"<loc>{escape(urls.absolute(path))}</loc>"


def _document(root: str, element: str, entries: Iterable[str]) -> bytes:
    lines = "\n".join(f"<{element}>{entry}</{element}>" for entry in entries)
    text = f'<?xml version="1.0" encoding="utf-8"?>\n<{root} xmlns="{_SPACE}">\n{lines}\n</{root}>'
    return text.encode()


def _ranges() -> sa.Select[Any]:
    """Select the first article of each range that has one: a step for each, whatever is in it."""
    public = posts.is_published(moment("now"), by_date=False)
    first = sa.select(sa.func.min(Post.id).label("id")).where(public).cte("ranges", recursive=True)
    size = given("size", sa.Integer)
    end = first.c.id - (first.c.id - 1) % size + size - 1
    later = sa.select(sa.func.min(Post.id)).where(public, Post.id > end).scalar_subquery()
    return sa.select(first.union_all(sa.select(later).where(first.c.id.is_not(None))).c.id)


_COLUMNS: tuple[Any, ...] = (Post.slug, Post.published_at, Post.updated_at)
_NEWEST = Prepared(
    posts.published(moment("now")).with_only_columns(*_COLUMNS).limit(given("most", sa.Integer))
)
_RANGE = Prepared(
    sa.select(*_COLUMNS)
    .where(posts.is_published(moment("now"), by_date=False))
    .where(Post.id.between(given("first", sa.Integer), given("last", sa.Integer)))
    .order_by(Post.id)
)
_RANGES = Prepared(_ranges())
