"""Numbers: how many articles there are with up to two tags, by what is stored of it.

The ``tallies`` count planned articles, too: those that are still to come are counted at the end of
an index, and taken off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

import sqlalchemy as sa

from . import posts
from .models import MAX_ID, Post, Site, Tag, TagRedirect, post_tags, tag_pairs, utcnow
from .prepared import Prepared, Row, given, moment

MOST_NAMES = 6
SHOWN = 24  # tags at most whose numbers are shown: those that most articles have
_CANDIDATES = 48  # tags among which these nearly always are


@dataclass(frozen=True, slots=True)
class Known:
    """A tag, and how many articles readers find under it."""

    id: int
    name: str
    description: str
    articles: int


def of_all() -> int:
    """Count all articles."""
    return int(_first(_ALL))


def of_tags() -> list[Known]:
    """Count the articles of each tag that has any, by name."""
    return [tag for row in _EACH.all(now=utcnow()) if (tag := Known(*row)).articles]


def known(names: Sequence[str]) -> dict[str, Known]:
    """Find the tags of these names, at most ``MOST_NAMES``, that readers may know of."""
    found = [Known(*row) for row in _named(_known, names)]
    return {tag.name: tag for tag in found if tag.articles}


def renamed(names: Sequence[str]) -> dict[str, str]:
    """Tell what the tags that had these names once are called now, as far as readers may know."""
    return {row[0]: row[1] for row in _named(_renamed, names)}


def with_both(one: Known, other: Known) -> int:
    """Count the articles that have both tags."""
    return _of_each_two([one, other]).get((one.id, other.id), 0)


def most(tags: Sequence[Known], without: Sequence[Known]) -> int:
    """Tell how many articles can have all *tags* and none of *without*, by each two of these.

    There may be less, unless it is 0, or they are at most two tags. What is stored of each two is
    read at once, but beside the tags: what is published between may be left out.
    """
    if {*tags} & {*without}:
        return 0
    every = [*tags, *without]
    both = _of_each_two(every) if len(every) > 1 else {}
    together = [both.get((one.id, other.id), 0) for one, other in combinations(tags, 2)]
    if not tags:
        left = of_all() - _with_any({tag.id: tag.articles for tag in without}, both)
        return max(0, left)
    for tag in tags:
        inside = {other.id: both.get((tag.id, other.id), 0) for other in without}
        together.append(tag.articles - _with_any(inside, both))
    return max(0, min(together))


def of_most_used() -> dict[str, int]:
    """Count the articles of each of the tags that most have."""
    return _by_tag(_MOST_USED)


def beside(tag: Known) -> dict[str, int]:
    """Count the articles of *tag* that have each of the others, those that most have."""
    return _by_tag(_BESIDE, tag=tag.id)


def apart_from(tag: Known) -> dict[str, int]:
    """Count the articles without *tag* that have each of the others, those that most have."""
    return _by_tag(_APART, tag=tag.id)


def _named(statement: Callable[[int], Prepared], names: Sequence[str]) -> list[Row]:
    """Fetch the rows of at most ``MOST_NAMES`` names."""
    given_names = {f"name{at}": name for at, name in enumerate(names[:MOST_NAMES])}
    return statement(len(given_names)).all(now=utcnow(), **given_names)


def _first(statement: Prepared, **values: Any) -> Any:
    row = statement.first(now=utcnow(), **values)
    return row[0] if row else 0


def _of_each_two(tags: Sequence[Known]) -> dict[tuple[int, int], int]:
    """Count the articles that have both, for each two of these tags, in their order."""
    ids = {f"tag{at}": tag.id for at, tag in enumerate(tags)}
    rows = _each_two(len(tags)).all(now=utcnow(), **ids)
    return {(one, other): number for one, other, number in rows}


def _with_any(articles: Mapping[int, int], both: Mapping[tuple[int, int], int]) -> int:
    """Tell how many articles have any of some tags, at least: of some of them, less what two have.

    *articles* are those of each tag among those that are asked for, *both* those of two at all.
    """

    def counted(ids: Sequence[int]) -> int:
        twice = (
            min(articles[one], articles[other], both.get((one, other), 0))
            for one, other in combinations(ids, 2)
        )
        return sum(articles[each] for each in ids) - sum(twice)

    return max((counted(ids) for ids in _parts(list(articles))), default=0)


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for number in range(1, len(ids) + 1):
        yield from combinations(ids, number)


def _by_tag(statement: Prepared, **values: Any) -> dict[str, int]:
    """Read numbers by tag; rows tell what those of later rows can be at most, too.

    All tags are read if another one than the candidates could be among those that are shown.
    """
    for most in (_CANDIDATES, MAX_ID):
        rows = statement.all(now=utcnow(), most=most, **values)
        if len(rows) < most or _are_enough(rows):
            break
    return {name: number for name, number, _ in rows}


def _are_enough(rows: Sequence[Row]) -> bool:
    ordered = sorted((number for _, number, _ in rows), reverse=True)
    return len(rows) >= SHOWN and ordered[SHOWN - 1] >= min(most for _, _, most in rows)


_NOW = moment("now")
_TAG, _MOST = (given(name, sa.Integer) for name in ("tag", "most"))
_NUMBER = sa.func.count()

Id = sa.ColumnElement[int] | sa.orm.InstrumentedAttribute[int]


def _to_come(tag_id: Id) -> sa.ScalarSelect[int]:
    """Count the planned articles of a tag."""
    planned = (post_tags.c.tag_id == tag_id) & (post_tags.c.published_at > _NOW)
    return sa.select(_NUMBER).select_from(post_tags).where(planned).scalar_subquery()


def _beside_to_come(tag_id: Id) -> sa.Select[Any]:
    """Count the planned articles of a tag that have each of the tags."""
    other = post_tags.alias()
    planned = (post_tags.c.tag_id == tag_id) & (post_tags.c.published_at > _NOW)
    return (
        sa.select(other.c.tag_id.label("tag_id"), _NUMBER.label("number"))
        .join_from(post_tags, other, other.c.post_id == post_tags.c.post_id)
        .where(planned)
        .group_by(other.c.tag_id)
    )


def _all() -> sa.Select[Any]:
    planned = posts.is_planned(_NOW)
    to_come = sa.select(_NUMBER).select_from(Post).where(planned).scalar_subquery()
    return sa.select(Site.articles - to_come)


def _each() -> sa.Select[Any]:
    columns: list[Any] = [Tag.id, Tag.name, Tag.description, Tag.articles - _to_come(Tag.id)]
    return sa.select(*columns).where(Tag.articles > 0)


@lru_cache
def _known(names: int) -> Prepared:
    """Prepare to read the tags of so many names."""
    return Prepared(_each().where(Tag.name.in_(_names(names))))


@lru_cache
def _renamed(names: int) -> Prepared:
    """Prepare to read what so many names became."""
    read = (post_tags.c.tag_id == Tag.id) & (post_tags.c.published_at <= _NOW)
    is_read = sa.select(post_tags.c.tag_id).where(read).exists()
    columns: list[Any] = [TagRedirect.name, Tag.name]
    query = sa.select(*columns).join(Tag, Tag.id == TagRedirect.tag_id)
    return Prepared(query.where(TagRedirect.name.in_(_names(names)), is_read))


def _names(number: int) -> list[sa.BindParameter[str]]:
    return [given(f"name{at}", sa.String) for at in range(number)]


def _most_used() -> sa.Select[Any]:
    most = (Tag.articles.desc(), Tag.name)
    is_any_planned = sa.select(Post.id).where(posts.is_planned(_NOW)).exists()  # asked once
    to_come = sa.case((is_any_planned, _to_come(Tag.id)), else_=0)
    columns: list[Any] = [Tag.name, Tag.articles - to_come, Tag.articles]
    query = sa.select(*columns).where(Tag.articles > 0)
    return query.order_by(*most).limit(_MOST)


@lru_cache
def _each_two(tags: int) -> Prepared:
    """Prepare to read what is stored of each two of so many tags."""
    ids = [given(f"tag{at}", sa.Integer) for at in range(tags)]
    pairs = (
        (tag_pairs.c.tag_id == first) & (tag_pairs.c.other_id == second)
        for first, second in combinations(ids, 2)
    )
    one, other = post_tags.alias(), post_tags.alias()
    planned = (one.c.tag_id == tag_pairs.c.tag_id) & (one.c.published_at > _NOW)
    here = (other.c.post_id == one.c.post_id) & (other.c.tag_id == tag_pairs.c.other_id)
    # Not a join, which may begin with the other.
    has_both = sa.select(other.c.tag_id).where(here).correlate(one, tag_pairs).exists()
    to_come = sa.select(_NUMBER).select_from(one).where(planned, has_both).scalar_subquery()
    columns = (tag_pairs.c.tag_id, tag_pairs.c.other_id, tag_pairs.c.articles - to_come)
    return Prepared(sa.select(*columns).where(sa.or_(*pairs)))


def _beside() -> sa.Select[Any]:
    often = (
        sa.select(Tag.id, Tag.name, tag_pairs.c.articles)
        .join(tag_pairs, tag_pairs.c.other_id == Tag.id)
        .where(tag_pairs.c.tag_id == _TAG)
        .order_by(tag_pairs.c.articles.desc(), Tag.name)
        .limit(_MOST)
        .subquery()
    )
    to_come = _beside_to_come(_TAG).subquery()
    left = often.c.articles - sa.func.coalesce(to_come.c.number, 0)
    query = sa.select(often.c.name, left, often.c.articles)
    return query.outerjoin(to_come, to_come.c.tag_id == often.c.id)


def _apart() -> sa.Select[Any]:
    often = (
        sa.select(Tag.id, Tag.name, (Tag.articles - _to_come(Tag.id)).label("articles"))
        .where(Tag.articles > 0, Tag.id != _TAG)
        .order_by(Tag.articles.desc(), Tag.name)
        .limit(_MOST)
        .subquery()
    )
    to_come = _beside_to_come(_TAG).subquery()
    pair = (tag_pairs.c.tag_id == _TAG) & (tag_pairs.c.other_id == often.c.id)
    both = sa.func.coalesce(tag_pairs.c.articles, 0) - sa.func.coalesce(to_come.c.number, 0)
    query = sa.select(often.c.name, often.c.articles - both, often.c.articles)
    return query.outerjoin(tag_pairs, pair).outerjoin(to_come, to_come.c.tag_id == often.c.id)


_ALL = Prepared(_all)
_EACH = Prepared(lambda: _each().order_by(Tag.name))
_MOST_USED = Prepared(_most_used)
_BESIDE = Prepared(_beside)
_APART = Prepared(_apart)
