"""Batches: many new posts stored at once, each as ``posts.create`` and ``publish`` would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from . import markdown, permalinks, posts, search, tags, texts
from .errors import Conflict
from .extensions import db
from .models import Post, Tag, post_tags, utcnow


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A post to be: its *text*, which has a slug, what was *rendered* of it, and its moments.

    Without *published_at* it is a draft.
    """

    text: texts.Text
    rendered: markdown.Rendered
    published_at: datetime | None = None
    updated_at: datetime | None = None
    shelf: str = "listed"


def make(news: Sequence[New]) -> list[Post]:
    """Make new posts, which ``store`` stores.

    Raises ``Invalid`` as ``posts.revise`` does, and ``Conflict`` if a slug is taken.
    """
    _expect_free(news)
    every = tags.named(name for new in news for name in new.text.tags)
    known = {tag.name: tag for tag in every}
    made = []
    for new in news:
        post = _make(new)
        names = tags.normalised(new.text.tags)
        if not known.keys() >= {*names}:  # some are names that a tag had once
            names = tags.resolved(names)
        give_tags(post, [known[name] for name in sorted({*names})])
        made.append(post)
    return made


def give_tags(post: Post, every: list[Tag]) -> None:
    """Give a new post its tags, in the order of their names; ``store`` stores them with it."""
    set_committed_value(post, "tags", every)  # nothing for the session to find out post by post


def store(made: Sequence[Post]) -> None:
    """Store what ``make`` made, or has its tags by ``give_tags``; flushes."""
    if not made:
        return
    db.session.add_all(made)
    db.session.flush()
    rows = [
        {"post_id": post.id, "tag_id": tag.id, "published_at": post.listed_at}
        for post in made
        for tag in post.tags
    ]
    if rows:
        db.session.execute(sa.insert(post_tags), rows)
    search.index(*made)


def updated(at: datetime, published_at: datetime) -> datetime:
    """Date a change *at* a moment: not before the publication, and not later for its sake."""
    return max(at, min(published_at, utcnow()))


def _expect_free(news: Sequence[New]) -> None:
    slugs = [new.text.slug for new in news]
    taken = permalinks.taken(slugs).keys() or {slug for slug in slugs if slugs.count(slug) > 1}
    if taken:
        raise Conflict(f"Another post is at “{min(taken)}” by now. Import the file once more.")


def _make(new: New) -> Post:
    now = utcnow()
    first = min(now, new.published_at or now)
    updated_at = updated(new.updated_at or first, first)
    post = Post(
        created_at=first,
        published_at=new.published_at,
        updated_at=updated_at,
        shelf=new.shelf,
    )
    posts.fill(post, new.text, slug=new.text.slug, rendered=new.rendered)
    return post
