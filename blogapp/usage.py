"""Usage: what tags are used for, in the numbers that authors see."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from . import tags
from .extensions import db
from .models import Tag, TagRedirect, post_tags


@dataclass(frozen=True, slots=True)
class Usage:
    """A tag as authors see it: its articles, its posts that readers do not find, its old names."""

    tag: Tag
    articles: int
    unpublished: int
    former: list[str]

    @property
    def posts(self) -> int:
        """How many posts have it."""
        return self.articles + self.unpublished


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger:
    """What becomes of *tag* and *into* when they are one, in numbers of articles."""

    tag: Tag
    into: Tag
    articles: int
    articles_of_into: int
    both: int
    unpublished: int  # posts that readers do not find

    @property
    def articles_after(self) -> int:
        """How many articles the merged tag will have."""
        return self.articles + self.articles_of_into - self.both


def of_all(articles: sa.Select[int]) -> list[Usage]:
    """List all tags, by name; *articles* is the selection of ids that readers find."""
    found = sa.case((post_tags.c.post_id.in_(articles), 1))
    rows = db.session.execute(
        sa.select(Tag, sa.func.count(found), sa.func.count(post_tags.c.post_id))
        .outerjoin(post_tags)
        .group_by(Tag.id)
        .order_by(Tag.name)
    )
    former = defaultdict(list)
    for redirect in db.session.scalars(sa.select(TagRedirect).order_by(TagRedirect.name)):
        former[redirect.tag_id].append(redirect.name)
    return [Usage(tag, read, posts - read, former[tag.id]) for tag, read, posts in rows]


def of(tag: Tag, articles: sa.Select[int]) -> Usage:
    """Tell of one tag what ``of_all`` tells of all."""
    read = _count(tags.having(tag), articles)
    return Usage(tag, read, _count(tags.having(tag)) - read, tags.former_names(tag))


def after_merging(tag: Tag, into: Tag, articles: sa.Select[int]) -> Merger:
    """Count what ``tags.merge`` would do; *articles* is the selection of ids that readers find."""
    both = tags.having(tag).where(post_tags.c.post_id.in_(tags.having(into)))
    either = tags.having(tag, into)
    return Merger(
        tag=tag,
        into=into,
        articles=_count(tags.having(tag), articles),
        articles_of_into=_count(tags.having(into), articles),
        both=_count(both, articles),
        unpublished=_count(either) - _count(either, articles),
    )


def _count(posts: sa.Select[int], among: sa.Select[int] | None = None) -> int:
    """Count *posts* (a selection of ids), or those of them that are *among* others."""
    if among is not None:
        posts = posts.where(post_tags.c.post_id.in_(among))
    return db.session.scalar(sa.select(sa.func.count()).select_from(posts.subquery())) or 0
