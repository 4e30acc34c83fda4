"""Walks: articles with several tags, counted along the newest, or among what a search has found.

Nothing of that is stored, so there is a bound to what is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from . import posts, search
from .filters import PAGE_SIZE
from .models import Post, Tag, post_tags, utcnow
from .numbers import Known
from .prepared import Prepared, given, moment

LOOKED_AT = 150  # articles with the rarest tag: other tags are probed for each
_NOW = moment("now")
_MOST = given("most", sa.Integer)
_NUMBER = sa.func.count()
_CAME_BY, _PASSED = "", " "  # no names of tags

Id = sa.ColumnElement[int] | sa.orm.InstrumentedAttribute[int]


@dataclass(frozen=True, slots=True)
class Among:
    """How many of the articles *looked_at* have each tag; there may be more if not *is_all*."""

    by_tag: dict[str, int]
    looked_at: int
    is_all: bool = True


def walked(tags: Sequence[Known], without: Sequence[Known]) -> Among:
    """Look along the newest articles of the first of *tags* for those that have all, and none.

    It is *is_all* if the walk came to the end.
    """
    statement, _ = _walks(len(tags), len(without))
    rows = statement.all(now=utcnow(), most=LOOKED_AT + 1, **_ids(tags, without))
    by_tag = {row[0]: row[1] for row in rows}
    came_by, passed = by_tag.pop(_CAME_BY), by_tag.pop(_PASSED)
    return Among(by_tag, passed, came_by <= LOOKED_AT)


def at_least(tags: Sequence[Known], without: Sequence[Known], most: int) -> int:
    """Count as ``walked`` passes them, however far they are, but only to *most*."""
    _, statement = _walks(len(tags), len(without))
    [[number]] = statement.all(now=utcnow(), most=most, **_ids(tags, without))
    return int(number)


def among(found: search.Found) -> Among:
    """Count the tags of what a search has found; of its first page if not all is known."""
    some = found.ids if found.is_all else found.ids[:PAGE_SIZE]
    tags = found.tags_of(some)
    by_tag = Counter(name for post_id in some for name in tags[post_id])
    return Among(dict(sorted(by_tag.items())), len(some), found.is_all)


def _ids(tags: Sequence[Known], without: Sequence[Known]) -> dict[str, int]:
    return {f"tag{at}": tag.id for at, tag in enumerate(tags)} | {
        f"without{at}": tag.id for at, tag in enumerate(without)
    }


@lru_cache
def _walks(tags: int, without: int) -> tuple[Prepared, Prepared]:
    """Prepare what ``walked`` and ``at_least`` run, with so many tags."""
    newest = _newest(bool(tags))
    came_by = newest.limit(_MOST).cte("came_by")
    passed = sa.select(came_by.c.id).where(*_passes(came_by.c.id, tags, without)).cte("passed")
    numbers = _numbers(post_tags.c.post_id.in_(sa.select(passed.c.id)))
    looked: sa.CompoundSelect[Any] = sa.union_all(
        sa.select(sa.literal(_CAME_BY), _NUMBER).select_from(came_by),
        sa.select(sa.literal(_PASSED), _NUMBER).select_from(passed),
        _named(numbers),
    )
    [post_id] = newest.selected_columns
    few = newest.where(*_passes(post_id, tags, without)).limit(_MOST).subquery()
    return Prepared(looked), Prepared(sa.select(_NUMBER).select_from(few))


def _numbers(condition: sa.ColumnElement[bool]) -> sa.Subquery:
    """Count the posts of each tag."""
    counted = sa.select(post_tags.c.tag_id, _NUMBER.label("number")).where(condition)
    return counted.group_by(post_tags.c.tag_id).subquery()


def _named(numbers: sa.Subquery) -> sa.Select[Any]:
    return sa.select(Tag.name, numbers.c.number).join(numbers, numbers.c.tag_id == Tag.id)


def _newest(of_tag: bool) -> sa.Select[Any]:
    """Select the ids of all articles, or of those of the first tag, the newest first."""
    if not of_tag:
        return posts.published(_NOW).with_only_columns(Post.id.label("id"))
    of_first = post_tags.c.tag_id == given("tag0", sa.Integer)
    newest = (post_tags.c.published_at.desc(), post_tags.c.post_id.desc())
    found = sa.select(post_tags.c.post_id.label("id"))
    return found.where(of_first, post_tags.c.published_at <= _NOW).order_by(*newest)


def _passes(post_id: Id, tags: int, without: int) -> list[sa.ColumnElement[bool]]:
    """The conditions that an article has the other tags, and lacks those that it must not have."""

    def has(name: str) -> sa.ColumnElement[bool]:
        other = post_tags.alias()
        here = (other.c.post_id == post_id) & (other.c.tag_id == given(name, sa.Integer))
        return sa.select(other.c.tag_id).where(here).exists()  # the index has it: no row is read

    wanted = [has(f"tag{at}") for at in range(1, tags)]
    return [*wanted, *(~has(f"without{at}") for at in range(without))]
