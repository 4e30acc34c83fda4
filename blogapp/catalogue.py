"""Catalogue: all posts as authors list them, by state, by tag, by words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

import sqlalchemy as sa

from . import posts, revisions, search, tags
from .extensions import db
from .models import Post, Revision, Tag, post_tags, utcnow
from .paging import Cursor, Order

STATES = ("draft", "scheduled", "published", "unlisted", "trash")
PAGE_SIZE = 50
MAX_TEXT = 200  # characters
_LOOKED_AT = 5000  # posts that have the words

Conditions = Sequence[sa.ColumnElement[bool]]

_PUBLISHED = Order(Post.published_at, Post.id)
_CHANGED = Order(Post.updated_at, Post.id)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list: its posts, the ids of those with text that is not saved, what is next.

    *counts* tells by state how many posts have the tag and the text; ``""`` is everything but
    the trash.
    """

    posts: list[Post]
    unsaved: frozenset[int]
    next: Choice | None
    counts: Counter[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What of all posts is listed: in this *state* and with this *tag*, if any, having *text*.

    Without a state it is everything but the trash. The newest come first: by when they are
    published, else by when they were changed; in the trash by when they came there.
    """

    state: str = ""
    tag: str = ""
    text: str = ""
    after: Cursor | None = None

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Choice:
        """Read a query's values; what is none is left out."""
        state, [tag] = values.get("state", ""), tags.resolved([values.get("tag", "")]) or [""]
        return cls(
            state=state if state in STATES else "",
            tag=tag,
            text=" ".join(values.get("q", "").replace("\0", "").split())[:MAX_TEXT],
            after=Cursor.parse(values.get("after", "")),
        )

    @property
    def values(self) -> dict[str, str]:
        """The values of the query that asks for it."""
        after = str(self.after or "")
        every = {"state": self.state, "tag": self.tag, "q": self.text, "after": after}
        return {name: value for name, value in every.items() if value}

    @property
    def url(self) -> str:
        """The address of the list."""
        return f"/admin/?{urlencode(self.values)}" if self.values else "/admin/"

    def but(self, **changed: str) -> Choice:
        """This choice with another state, tag or text, from its first page on."""
        return replace(self, **changed, after=None)

    def page(self, now: datetime | None = None, size: int = PAGE_SIZE) -> Page:
        """Fetch the page that begins after the cursor."""
        now, conditions = now or utcnow(), self._conditions()
        first = self._first(now, conditions, size + 1)
        query = posts.summaries(sa.select(Post)).join(first, first.c.id == Post.id)
        query = query.order_by(first.c.moment.desc(), Post.id.desc())
        rows = db.session.execute(query.add_columns(first.c.moment)).all()
        found = [post for post, _ in rows[:size]]
        after = None
        if len(rows) > size:
            last, moment = rows[size - 1]
            after = replace(self, after=Cursor(moment, last.id))
        return Page(found, _unsaved(found), after, _counts(now, conditions))

    def _conditions(self) -> Conditions:
        conditions = [Post.id.in_(_having(self.text))] if self.text else []
        if self.tag:
            tagged = sa.select(post_tags.c.post_id).join(Tag).where(Tag.name == self.tag)
            conditions.append(Post.id.in_(tagged))
        return conditions

    def _first(self, now: datetime, conditions: Conditions, number: int) -> sa.Subquery:
        """Select ids and moments: of each part the first, of these the first again.

        Each part is ordered as an index has it, or is small.
        """
        parts = []
        for query, order in _parts(self.state, now):
            behind = [order.behind(self.after)] if self.after else []
            query = query.where(*conditions, *behind).order_by(None).order_by(*order.columns())
            query = query.limit(number)
            part = query.with_only_columns(
                Post.id.label("id"), order.at.label("moment")
            ).subquery()
            parts.append(sa.select(part))
        every = sa.union_all(*parts).subquery()
        newest = sa.select(every).order_by(every.c.moment.desc(), every.c.id.desc())
        return newest.limit(number).subquery()


def _parts(state: str, now: datetime) -> list[tuple[sa.Select[Post], Order]]:
    """Select what is in a state, in parts that have each an order of their own."""
    if state == "published":
        return [(posts.published(now), _PUBLISHED)]
    every, orders = sa.select(Post), {"draft": _CHANGED, "trash": Order(Post.trashed_at, Post.id)}
    if state in posts.states():
        return [(every.where(posts.states(now)[state]), orders.get(state, _PUBLISHED))]
    dated = Post.published_at.is_not(None)
    listed, unlisted = (every.where(Post.shelf == shelf) for shelf in ("listed", "unlisted"))
    quiet = [(unlisted.where(dated), _PUBLISHED), (unlisted.where(~dated), _CHANGED)]
    if state == "unlisted":
        return quiet
    return [(listed.where(dated), _PUBLISHED), (listed.where(~dated), _CHANGED), *quiet]


def _counts(now: datetime, conditions: Conditions) -> Counter[str]:
    """Count by state: each number is that of a piece of an index."""
    numbers = [
        sa.select(Post.shelf, sa.literal(state).label("state"), sa.func.count())
        .where(Post.shelf == shelf, condition, *conditions)
        .group_by(Post.shelf)
        for state, condition in posts.states(now).items()
        for shelf in (("trash",) if state == "trash" else ("listed", "unlisted"))
    ]
    counts: Counter[str] = Counter()
    for shelf, state, number in db.session.execute(sa.union_all(*numbers)):
        counts[""] += number if shelf != "trash" else 0
        for name in STATES:
            counts[name] += number if name in _lists(shelf, state) else 0
    return counts


def _lists(shelf: str, state: str) -> set[str]:
    """Name the lists that a post is in: what is unlisted and out is not among the published."""
    quiet = {"unlisted"} if shelf == "unlisted" else set()
    return quiet if quiet and state == "published" else quiet | {state}


def _having(text: str) -> list[int]:
    """Find the ids of what has these words, or this piece of a title or slug: of many the last."""
    named = Post.title.icontains(text, autoescape=True) | Post.slug.icontains(
        text, autoescape=True
    )
    query = search.parse(search.canonical(text))
    found = search.everywhere(query, _LOOKED_AT) if query else []
    if query and not query.wanted:
        return found
    last = sa.select(Post.id).where(named).order_by(Post.id.desc()).limit(_LOOKED_AT)
    return list({*found, *db.session.scalars(last)})


def _unsaved(found: list[Post]) -> frozenset[int]:
    """Tell which posts have text that is kept and not saved."""
    of_these = Revision.post_id.in_([post.id for post in found])
    query = sa.select(Revision.post_id).where(of_these, revisions.IS_KEPT)
    return frozenset(db.session.scalars(query))
