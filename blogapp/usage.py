"""Usage: what tags are used for, in the numbers that authors see."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from . import posts, tags, trash
from .extensions import db
from .models import Post, Tag, TagRedirect, post_tags


@dataclass(frozen=True, slots=True)
class Usage:
    """A tag as authors see it: its old names, and its posts by who finds them.

    A post in the trash keeps its tags, for it may be restored: they are counted apart.
    """

    tag: Tag
    former: list[str]
    articles: int
    unlisted: int
    unpublished: int
    trashed: int

    @property
    def posts(self) -> int:
        """How many posts have it."""
        return self.articles + self.unlisted + self.unpublished + self.trashed


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger:
    """What becomes of *tag* and *into* when they are one, in numbers of articles."""

    tag: Tag
    into: Tag
    articles: int
    articles_of_into: int
    both: int
    unpublished: int  # drafts, and scheduled ones

    @property
    def articles_after(self) -> int:
        """How many articles the merged tag will have."""
        return self.articles + self.articles_of_into - self.both


def of_all(articles: sa.Select[int]) -> list[Usage]:
    """List all tags, by name; *articles* is the selection of ids that readers find."""
    rows = db.session.execute(
        sa.select(Tag, *_numbers(post_tags.c.post_id, articles))
        .outerjoin(post_tags, post_tags.c.tag_id == Tag.id)
        .group_by(Tag.id)
        .order_by(Tag.name)
    )
    former = defaultdict(list)
    for redirect in db.session.scalars(sa.select(TagRedirect).order_by(TagRedirect.name)):
        former[redirect.tag_id].append(redirect.name)
    return [Usage(tag, former[tag.id], *numbers) for tag, *numbers in rows]


def of(tag: Tag, articles: sa.Select[int]) -> Usage:
    """Tell of one tag what ``of_all`` tells of all."""
    numbers = _counted(tags.having(tag), articles)
    return Usage(tag, tags.former_names(tag), *numbers)


def after_merging(tag: Tag, into: Tag, articles: sa.Select[int]) -> Merger:
    """Count what ``tags.merge`` would do; *articles* is the selection of ids that readers find."""
    both = tags.having(tag).where(post_tags.c.post_id.in_(tags.having(into)))
    _, _, unpublished, _ = _counted(tags.having(tag, into), articles)
    return Merger(
        tag=tag,
        into=into,
        articles=_count(tags.having(tag), articles),
        articles_of_into=_count(tags.having(into), articles),
        both=_count(both, articles),
        unpublished=unpublished,
    )


def _numbers(
    post_id: sa.ColumnElement[int] | sa.orm.InstrumentedAttribute[int], articles: sa.Select[int]
) -> list[sa.ColumnElement[int]]:
    """Count posts: articles, unlisted ones, drafts and scheduled ones, those in the trash.

    The ids of each come from an index, once: no row of a post is read.
    """
    unlisted = sa.select(Post.id).where(Post.shelf == "unlisted", posts.is_readable())
    trashed = sa.select(Post.id).where(trash.is_in())
    found, quiet, buried = (
        sa.func.count(sa.case((post_id.in_(ids), 1))) for ids in (articles, unlisted, trashed)
    )
    return [found, quiet, sa.func.count(post_id) - found - quiet - buried, buried]


def _counted(chosen: sa.Select[int], articles: sa.Select[int]) -> list[int]:
    """Count *chosen* posts (a selection of ids) as ``_numbers`` does."""
    query = sa.select(*_numbers(Post.id, articles)).where(Post.id.in_(chosen))
    return list(db.session.execute(query).one())


def _count(chosen: sa.Select[int], among: sa.Select[int]) -> int:
    """Count those *chosen* (a selection of ids) that are *among* others."""
    both = chosen.where(post_tags.c.post_id.in_(among)).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(both)) or 0
