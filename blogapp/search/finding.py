"""Finding: which articles a search leaves, the best first, page by page to the last one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate

import sqlalchemy as sa

from .. import posts
from ..models import Post, utcnow
from ..paging import Cursor
from ..prepared import Prepared, moment
from . import engine, places, tagging
from .entries import COLUMNS
from .query import Query, Wanted

MOST = 100  # articles that a search counts and knows at once; no page is larger

_TO_COME = Prepared(
    sa.select(Post.id).where(posts.is_planned(moment("now"), before=moment("next")))
)


@dataclass(frozen=True, slots=True)
class Found:
    """The first articles of a search: their *ids*, the *rank* of each, and the *places*.

    Rank 1 is best. A search that only excludes has the rank 0 and the order of publication.
    Without *is_all* there are more than these ``MOST``, which *rest* reads.
    """

    ids: tuple[int, ...] = ()
    ranks: tuple[int, ...] = ()
    places: tuple[int, ...] = ()
    is_all: bool = True
    rest: _Search | None = None
    _tags: dict[int, list[str]] = field(default_factory=dict, repr=False, compare=False)

    def tags_of(self, ids: Iterable[int]) -> dict[int, list[str]]:
        """List the names of the tags of each of these articles; each is read once."""
        unread = [post_id for post_id in ids if post_id not in self._tags]
        if unread:
            self._tags.update({post_id: [] for post_id in unread} | tagging.of(unread))
        return self._tags

    def behind(self, cursor: Cursor | None, size: int) -> list[tuple[int, int]]:
        """List id and rank of the *size* articles behind *cursor*, without one from the first."""
        first = self._first_behind(cursor) if cursor else 0
        here = slice(first, first + size)
        rows = list(zip(self.ids[here], self.ranks[here], strict=True))
        if len(rows) == size or self.is_all or self.rest is None:
            return rows
        rank, place = self.ranks[-1], self.places[-1]
        if cursor and not rows:
            rank, place = cursor.rank, places.of(cursor.id, cursor.at)
        further = self.rest.behind(rank, place, size - len(rows))
        return rows + [(place & places.ID, rank) for rank, place in further]

    def _first_behind(self, cursor: Cursor) -> int:
        here = cursor.rank, -places.of(cursor.id, cursor.at)
        order = zip(self.ranks, self.places, strict=True)
        return sum((rank, -place) <= here for rank, place in order)


def found(query: Query, *, tags: Iterable[str] = (), without: Iterable[str] = ()) -> Found:
    """Find the articles that readers see, with these *tags*, that have what *query* wants.

    *query* must want or exclude something.
    """
    now = utcnow()
    search = _Search(query, tuple(tags), tuple(without), now, _to_come(now))
    ranks = search.best(MOST + 1)
    shown = [*ranks][:MOST]
    return Found(
        ids=tuple(places.ids_of(shown)),
        ranks=tuple(ranks[place] for place in shown),
        places=tuple(shown),
        is_all=len(ranks) <= MOST,
        rest=search,
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


@dataclass(frozen=True, slots=True)
class _Rank:
    """A rank, and what must be found for it."""

    number: int
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class _Search:
    """What is looked for, among what readers find *now*.

    Of this second, a place does not tell which ids are still *to_come*.
    """

    query: Query
    tags: Sequence[str]
    without: Sequence[str]
    now: datetime
    to_come: frozenset[int]

    def best(self, most: int) -> dict[int, int]:
        """List the rank of the first *most* places, and perhaps of more.

        The index is asked rank by rank, until there are enough. Each answer has all of a rank, or
        its newest, beside what has a better one.
        """
        ranks: dict[int, int] = {}
        for rank in self._ranks():
            best = self._find(rank, self._all, most)
            ranks |= {place: rank.number for place in best if place not in ranks}
            if len(ranks) >= most:
                break
        return ranks

    def behind(self, number: int, place: int, most: int) -> list[tuple[int, int]]:
        """List rank and place of the first *most* that stand behind this one.

        The index is asked once for each rank, until there are enough: it leaves out what has a
        better one.
        """
        everything, ranks = self._all, self._ranks()
        older = range(everything.start, min(place, everything.stop))
        found: list[tuple[int, int]] = []
        for at, rank in enumerate(ranks):
            if rank.number < number or len(found) == most:
                continue
            within = older if rank.number == number else everything
            own = self._find(rank, within, most - len(found), better=ranks[:at])
            found += [(rank.number, each) for each in own]
        return found

    def _find(
        self, rank: _Rank, within: range, most: int, better: Iterable[_Rank] = ()
    ) -> list[int]:
        """List the first *most* places of a rank, the newest first, without a *better* one's."""
        found = engine.current().find(
            rank.wanted.query,
            columns=rank.wanted.columns,
            tags=self.tags,
            without=self.without,
            but=[other.wanted.beyond(rank.wanted) for other in better],
            within=within,
            most=most + len(self.to_come),
        )
        return [place for place in found if place & places.ID not in self.to_come][:most]

    @property
    def _all(self) -> range:
        return range(places.FIRST, places.last(self.now) + 1)

    def _ranks(self) -> list[_Rank]:
        """List the ranks: all must be found in the first columns, or in one more, or in all.

        One word is in the last of them, or has a better rank: only there it is looked for. Of
        all columns, whole words come before those that only begin so.
        """
        query = self.query
        if not query.wanted:
            return [_Rank(0, Wanted(query, COLUMNS))]
        is_one = len(query.wanted) == 1 and len(query.wanted[0].rows) == 1
        *firsts, every = (
            columns[-1:] if is_one else columns
            for columns in accumulate((name,) for name in COLUMNS)
        )
        wanted = [Wanted(query, columns) for columns in firsts]
        wanted += [Wanted(each, every) for each in dict.fromkeys((query.whole(), query))]
        return [_Rank(number, each) for number, each in enumerate(wanted, start=1)]


def _to_come(now: datetime) -> frozenset[int]:
    """Find the posts whose moment is still to come within this second."""
    following = now.replace(microsecond=0) + timedelta(seconds=1)
    return frozenset(row[0] for row in _TO_COME.all(now=now, next=following))
