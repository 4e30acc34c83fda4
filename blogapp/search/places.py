"""Places: where a post stands in the order of publication, as one number.

The index is kept in this order, so that whoever looks for the newest reads only those. A place
is the second of publication above 31 bits of the id. What readers find in no list – drafts, what
is unlisted or in the trash – stands before all others.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

_ID_BITS = 31  # ids are smaller: ``models.MAX_ID``
ID = (1 << _ID_BITS) - 1  # the bits of a place that are the id
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_NEVER = -(1 << 32)
_EARLIEST, _LATEST = _NEVER + 1, (1 << 32) - 1  # in 1833 and 2106: beyond, the id decides

NOWHERE = _NEVER << _ID_BITS  # the first place of all
FIRST = _EARLIEST << _ID_BITS  # the first one of those that readers find
END = 1 << 63


def of(post_id: int, at: datetime | None) -> int:
    """Place a post that readers find *at* a moment (aware), or never."""
    return _second(at) << _ID_BITS | post_id


def last(now: datetime) -> int:
    """The last place that readers find *now* (aware)."""
    return of(ID, now)


def ids_of(found: Iterable[int]) -> list[int]:
    """List the ids of the posts at these places."""
    return [place & ID for place in found]


def _second(at: datetime | None) -> int:
    if at is None:
        return _NEVER
    return min(max((at - _ZERO) // _SECOND, _EARLIEST), _LATEST)
