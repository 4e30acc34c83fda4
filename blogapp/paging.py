"""Paging: places in a list of articles that stay places, whatever is published meanwhile."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place: behind the article of this *rank*, published *at*, with this *id*.

    A list in the order of publication has no ranks: there it is 0.
    """

    at: datetime
    id: int
    rank: int = 0

    def __str__(self) -> str:
        place = f"{(self.at - _EPOCH) // _TICK}-{self.id}"
        return f"{self.rank}-{place}" if self.rank else place

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """Read what ``str`` wrote; anything else is no place."""
        match = re.fullmatch(r"(?:([1-9])-)?(-?[0-9]{1,17})-([0-9]{1,15})", text)
        if match is None:
            return None
        with contextlib.suppress(OverflowError):  # a time before the year 1
            return cls(_EPOCH + int(match[2]) * _TICK, int(match[3]), int(match[1] or 0))
        return None


@dataclass(frozen=True, slots=True)
class Order:
    """The columns that a list is ordered by: *rank*, if it has ranks, then time and id."""

    at: sa.SQLColumnExpression[Any]
    id: sa.SQLColumnExpression[Any]
    rank: sa.SQLColumnExpression[int] | None = None

    def columns(self) -> list[sa.SQLColumnExpression[Any]]:
        """What to order by: the best first, the newest of them first."""
        best = [] if self.rank is None else [self.rank]
        return [*best, self.at.desc(), self.id.desc()]

    def behind(self, cursor: Cursor) -> sa.ColumnElement[bool]:
        """The condition that an article stands behind *cursor*."""
        here = sa.tuple_(sa.literal(cursor.at), sa.literal(cursor.id))
        older = sa.tuple_(self.at, self.id) < here
        if self.rank is None:
            return older
        return sa.or_(self.rank > cursor.rank, sa.and_(self.rank == cursor.rank, older))
