"""Series: articles that belong together, in the order in which they were published.

A series is its name, as its parts have it, and there is one while a part is out. Its address is
made of the name; where two names make the same, the series that began first has it, and the other
one has its own mark behind it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from . import posts, slugs, trash
from .extensions import db
from .models import Post

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
    for make in (_slug, _marked):
        found = _begun(_alike(name for name in _names() if make(name) == slug))
        if found:
            return wish if wish in found else found[0]
    return None


def address(name: str) -> str | None:
    """Make the last part of the address of a series; None if readers find none of its parts.

    It asks for the names of all series, and for the parts of those that make the same address.
    """
    slug = _slug(name)
    return _addresses(_alike(other for other in _names() if _slug(other) == slug)).get(name)


def addresses() -> dict[str, str]:
    """Name all series that readers find, in the order in which they began, and their addresses."""
    return _addresses(_walk())


def _addresses(names: sa.FromClause) -> dict[str, str]:
    """Give those of these series that readers find their addresses, in the order as above.

    Of a series there must be all the others whose names make the same address.
    """
    found: dict[str, str] = {}
    given: set[str] = set()
    for name in _begun(names):
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


def _names() -> list[str]:
    return [name for name in db.session.scalars(sa.select(_walk().c.name)) if name]


def _alike(names: Iterable[str]) -> sa.FromClause:
    """Select those of *names* that posts have."""
    named = sa.select(Post.series.label("name")).where(Post.series.in_(list(names)))
    return named.distinct().subquery()


def _walk() -> sa.FromClause:
    """Select the names of all series.

    It goes from name to name along their index: a step for each, however many parts it has.
    """
    names = sa.select(sa.func.min(Post.series).label("name")).cte("names", recursive=True)
    after = sa.select(sa.func.min(Post.series)).where(Post.series > names.c.name)
    return names.union_all(sa.select(after.scalar_subquery()).where(names.c.name.is_not(None)))


def _begun(names: sa.FromClause) -> list[str]:
    """Of these series, name those of which a part is out, by the places of their first parts."""
    first = _oldest_first(posts.published().where(Post.series == names.c.name)).limit(1)
    at, id_ = (first.with_only_columns(column) for column in (Post.published_at, Post.id))
    begun = sa.select(names.c.name, at.scalar_subquery(), id_.scalar_subquery())
    rows = [(moment, first, name) for name, moment, first in db.session.execute(begun) if moment]
    return [name for _, _, name in sorted(rows)]


def _marked(name: str) -> str:
    mark = hashlib.sha256(name.encode()).hexdigest()[:_MARK]
    return slugs.numbered(_slug(name), f"-{mark}")


@lru_cache(maxsize=4096)
def _slug(name: str) -> str:
    return slugs.make(name)
