"""Finding: which articles a search leaves, the best first, as far as anybody would page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, islice

import sqlalchemy as sa

from .. import posts
from ..extensions import db
from ..models import Post, utcnow
from ..paging import Cursor
from . import engine, places
from .entries import COLUMNS
from .query import Query

MOST = 1000  # articles that a search leaves: the best, and among equals the newest


@dataclass(frozen=True, slots=True)
class Found:
    """Articles, the best first: their *ids*, the *rank* of each, and the *places*; rank 1 is best.

    A search that only excludes has the rank 0 and the order of publication. Without *is_all*
    there are more than these ``MOST``.
    """

    ids: tuple[int, ...] = ()
    ranks: tuple[int, ...] = ()
    places: tuple[int, ...] = ()
    is_all: bool = True

    def behind(self, cursor: Cursor | None, size: int) -> list[tuple[int, int]]:
        """List id and rank of the *size* articles behind *cursor*, without one from the first."""
        first = self._first_behind(cursor) if cursor else 0
        here = slice(first, first + size)
        return list(zip(self.ids[here], self.ranks[here], strict=True))

    def _first_behind(self, cursor: Cursor) -> int:
        here = cursor.rank, -places.of(cursor.id, cursor.at)
        order = zip(self.ranks, self.places, strict=True)
        return sum((rank, -place) <= here for rank, place in order)


def found(query: Query, *, tags: Iterable[str] = (), without: Iterable[str] = ()) -> Found:
    """Find the articles that readers see, with these *tags*, that have what *query* wants.

    *query* must want or exclude something. The index is asked rank by rank, until there are
    enough. Each answer has all of a rank, or its newest, beside what has a better one.
    """
    now, find = utcnow(), engine.current().find
    within = range(places.FIRST, places.last(now) + 1)
    ranks: dict[int, int] = {}
    for rank, columns in _ranked(query):
        best = find(
            query, columns=columns, tags=tags, without=without, within=within, most=MOST + 1
        )
        ranks |= {place: rank for place in best if place not in ranks}
        if len(ranks) > MOST:
            break
    is_all = len(ranks) <= MOST
    _drop_planned(ranks, now)
    kept = [*islice(ranks, MOST)]
    return Found(
        ids=tuple(places.ids_of(kept)),
        ranks=tuple(islice(ranks.values(), MOST)),
        places=tuple(kept),
        is_all=is_all,
    )


def everywhere(query: Query, most: int) -> list[int]:
    """List the ids of all posts, drafts and the trash, too, that have what *query* wants.

    Of those that readers find, and of the others, the last *most*.
    """
    spans = range(places.NOWHERE, places.FIRST), range(places.FIRST, places.END)
    find = engine.current().find
    return [
        post_id for span in spans for post_id in places.ids_of(find(query, within=span, most=most))
    ]


def _ranked(query: Query) -> list[tuple[int, Sequence[str]]]:
    """List the ranks, and the columns in which all must be found that is wanted.

    One word is in the last of them, or has a better rank: only there it is looked for.
    """
    if not query.wanted:
        return [(0, COLUMNS)]
    firsts = accumulate((name,) for name in COLUMNS)
    is_one = len(query.wanted) == 1 and len(query.wanted[0].rows) == 1
    return [
        (rank, columns[-1:] if is_one else columns) for rank, columns in enumerate(firsts, start=1)
    ]


def _drop_planned(ranks: dict[int, int], now: datetime) -> None:
    """Drop what is still to come within this second, which a place does not tell."""
    second = places.of(0, now)
    close = [place for place in ranks if place >= second]
    if close:
        planned = Post.id.in_(places.ids_of(close)) & posts.is_planned(now)
        for post_id in db.session.scalars(sa.select(Post.id).where(planned)):
            ranks.pop(places.of(post_id, now), None)
