"""Series: articles that belong together, in the order in which they were published.

A series is its name, as its parts have it, and there is one while a part is out. Its address is
made of the name; where two names make the same, the series that began first has it, and the other
one has its own mark behind it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, lazyload

from . import models, posts, slugs, trash
from .extensions import db
from .models import Post, utcnow
from .prepared import Prepared, given, moment

_MARK = 6  # hexadecimal digits


def parts(post: Post) -> list[Post]:
    """Find the articles of the series of *post*, as readers find them, the first one first."""
    if post.series is None:
        return []
    return list(db.session.scalars(articles(post.series).options(lazyload(Post.tags))))


def articles(name: str) -> sa.Select[Post]:
    """Select the articles of a series, without their texts, the first one first."""
    return _oldest_first(posts.summaries(_of(name)))


def newest(name: str, number: int) -> list[Post]:
    """Find the last articles of a series, the newest first."""
    return list(db.session.scalars(_of(name).limit(number)))


def find(wish: str) -> str | None:
    """Name the series that has the address *wish*, or one that is another spelling of it."""
    slug = slugs.make(wish)
    for made in (_WITH_SLUG, _WITH_MARK):
        found = _begun(made, wish=slug)
        if found:
            return wish if wish in found else found[0]
    return None


def address(name: str) -> str | None:
    """Make the last part of the address of a series; None if readers find none of its parts."""
    return _addresses(_begun(_WITH_SLUG, wish=_slug(name))).get(name)


def addresses() -> dict[str, str]:
    """Name all series that readers find, in the order in which they began, and their addresses."""
    return _addresses(_begun(_EVERY))


def unnamed() -> list[str]:
    """List the names of series whose addresses are not kept, or would be made otherwise now."""
    used = sa.select(Post.series).where(Post.series.is_not(None)).distinct()
    kept = {
        row.name: (row.slug, row.marked)
        for row in db.session.scalars(sa.select(models.SeriesName))
    }
    every = filter(None, db.session.scalars(used.order_by(Post.series)))
    return [name for name in every if kept.get(name) != (_slug(name), _marked(name))]


def keep(names: Iterable[str]) -> None:
    """Keep the addresses that are made of *names*, so that they can be looked up."""
    rows = [{"name": n, "slug": _slug(n), "marked": _marked(n)} for n in sorted({*names})]
    if rows:
        db.session.connection().execute(_KEEP, rows)


def keep_new(found: Iterable[str | None]) -> None:
    """Keep the addresses of those names that are not kept yet, for posts that have just them."""
    names = {name for name in found if name}
    if names:
        known = sa.select(models.SeriesName.name).where(models.SeriesName.name.in_(names))
        keep(names.difference(db.session.scalars(known)))


def forget_unused() -> None:
    """Delete the addresses that are kept of names that no post has any more."""
    used = sa.select(Post.series).where(Post.series == models.SeriesName.name).exists()
    db.session.execute(sa.delete(models.SeriesName).where(~used))


@sa.event.listens_for(db.session, "after_flush")
def _keep_new(session: Session, _context: object) -> None:
    new: set[str | None] = {post.series for post in session.new if isinstance(post, Post)}
    changed = (post for post in session.dirty if isinstance(post, Post))
    histories = (sa.inspect(post).attrs.series.history for post in changed)
    keep_new(new.union(*(each.added or () for each in histories)))


def _addresses(begun: Iterable[str]) -> dict[str, str]:
    """Give series their addresses, by the order in which they began.

    Of each there must be all the others whose names make the same address.
    """
    found: dict[str, str] = {}
    given: set[str] = set()
    for name in begun:
        slug = _slug(name)
        found[name] = _marked(name) if slug in given else slug
        given.add(found[name])
    return found


def known() -> dict[str, int]:
    """Name all series, those of drafts included, with how many posts each has, for authors."""
    number = sa.select(Post.series, sa.func.count()).where(Post.series.is_not(None))
    counted = number.where(~trash.is_in()).group_by(Post.series).order_by(Post.series)
    return {name: number for name, number in db.session.execute(counted) if name}


def twin(name: str, among: Iterable[str]) -> str | None:
    """Name the series *among* others that differs from *name* by its spelling alone."""
    others = (other for other in among if other != name)
    return next((other for other in others if name and _slug(other) == _slug(name)), None)


def _of(name: str) -> sa.Select[Post]:
    return posts.published().where(Post.series == name)


def _oldest_first(query: sa.Select[Post]) -> sa.Select[Post]:
    return query.order_by(None).order_by(Post.published_at, Post.id)


def _begun(names: Prepared, **values: str) -> list[str]:
    """Of these series, name those of which a part is out, by the places of their first parts."""
    rows = [(at, id_, name) for name, at, id_ in names.all(now=utcnow(), **values) if at]
    return [name for _, _, name in sorted(rows)]


def _with_beginnings(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Select the names of series, with moment and id of their first parts."""
    out = posts.published(moment("now")).where(Post.series == models.SeriesName.name)
    first = _oldest_first(out).limit(1).correlate(models.SeriesName)
    at, id_ = (first.with_only_columns(column) for column in (Post.published_at, Post.id))
    columns: list[Any] = [models.SeriesName.name, at.scalar_subquery(), id_.scalar_subquery()]
    return sa.select(*columns).where(*conditions)


def _marked(name: str) -> str:
    mark = hashlib.sha256(name.encode()).hexdigest()[:_MARK]
    return slugs.numbered(_slug(name), f"-{mark}")


@lru_cache(maxsize=4096)
def _slug(name: str) -> str:
    return slugs.make(name)


_EVERY = Prepared(_with_beginnings)
_WITH_SLUG = Prepared(lambda: _with_beginnings(models.SeriesName.slug == given("wish", sa.String)))
_WITH_MARK = Prepared(
    lambda: _with_beginnings(models.SeriesName.marked == given("wish", sa.String))
)
_KEEP = sa.text(
    "INSERT INTO series_names (name, slug, marked) VALUES (:name, :slug, :marked)"
    " ON CONFLICT (name) DO UPDATE SET slug = excluded.slug, marked = excluded.marked"
)
