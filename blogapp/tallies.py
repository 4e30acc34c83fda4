"""Tallies: how many articles there are, with each tag and with each two; stored, never counted.

They count listed posts that have a date, planned ones included: readers find that, less what is
still to come. Each post is looked at before its first change in a transaction and before the
commit, and the tallies move by the difference. They never lag behind, and cost what has changed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

import sqlalchemy as sa
from sqlalchemy.orm import Session, SessionTransaction

from .extensions import db
from .models import Post, Site, Tag, post_tags, tag_pairs

_BEFORE = "tallied"  # what the session keeps of posts that change
_AT_ONCE = 500  # posts that a statement names
_ALL = 0  # beside the ids of tags: all articles, whatever their tags

Places = frozenset[int]  # where a post counts: ``_ALL`` and its tags, or nowhere
Numbers = Mapping[int, int]  # of articles, by tag, and of ``_ALL``
Pairs = Mapping[tuple[int, int], int]


@dataclass(slots=True)
class Tallies:
    """Numbers of articles, or what they change by."""

    numbers: Counter[int] = field(default_factory=Counter)
    pairs: Counter[tuple[int, int]] = field(default_factory=Counter)

    def count(self, places: Places, step: int) -> None:
        """Count a post that counts in these places, or with a negative *step* no more."""
        for place in places:
            self.numbers[place] += step
        for pair in permutations(places - {_ALL}, 2):
            self.pairs[pair] += step


def is_counted() -> sa.ColumnElement[bool]:
    """Tell in SQL whether a post counts, now or when its moment comes."""
    return (Post.shelf == "listed") & Post.published_at.is_not(None)


def listed_at() -> sa.ColumnElement[object]:
    """Tell in SQL what ``Post.listed_at`` tells: the date that the tags of a post have."""
    return sa.case((Post.shelf == "listed", Post.published_at))


def note(ids: Iterable[int]) -> None:
    """Look at posts whose tags or dates are about to be changed by a statement of their own.

    What is changed through objects of the session is noted by itself.
    """
    before = _before(db.session())
    fresh = [post_id for post_id in ids if post_id not in before]
    before.update(_places(fresh))


def note_new(ids: Iterable[int]) -> None:
    """Let posts count that a statement of its own has just stored, with their tags or before."""
    before = _before(db.session())
    for post_id in ids:
        before.setdefault(post_id, Places())


def date(ids: Iterable[int]) -> None:
    """Let the tags of posts know since when readers find these: the order of their lists."""
    moment = sa.select(listed_at()).where(Post.id == post_tags.c.post_id).scalar_subquery()
    for some in _parted(ids):
        note(some)
        db.session.execute(
            sa.update(post_tags)
            .where(post_tags.c.post_id.in_(some))
            .where(post_tags.c.published_at.is_distinct_from(moment))
            .values(published_at=moment)
        )


def misdated(ids: Sequence[int]) -> set[int]:
    """Find those of these posts whose tags have another date than ``date`` gives them."""
    query = (
        sa.select(post_tags.c.post_id)
        .join(Post, Post.id == post_tags.c.post_id)
        .where(post_tags.c.post_id.in_(ids))
        .where(post_tags.c.published_at.is_distinct_from(listed_at()))
    )
    return set(db.session.scalars(query))


def stored() -> Tallies:
    """Read all that is stored."""
    tags = db.session.execute(sa.select(Tag.id, Tag.articles).where(Tag.articles != 0))
    pairs = db.session.execute(sa.select(tag_pairs).where(tag_pairs.c.articles != 0))
    return Tallies(
        Counter({_ALL: _stored_total()} | {row.id: row.articles for row in tags}),
        Counter({(row.tag_id, row.other_id): row.articles for row in pairs}),
    )


def counted() -> Tallies:
    """Count all posts: what should be stored. It takes a second for 100,000."""
    dated = post_tags.c.published_at.is_not(None)
    number, other = sa.func.count(), post_tags.alias()
    total = db.session.scalar(sa.select(number).select_from(Post).where(is_counted()))
    tags = sa.select(post_tags.c.tag_id, number).where(dated).group_by(post_tags.c.tag_id)
    both = (other.c.post_id == post_tags.c.post_id) & (other.c.tag_id != post_tags.c.tag_id)
    ids = (post_tags.c.tag_id, other.c.tag_id)
    pairs = sa.select(*ids, number).join(other, both).where(dated).group_by(*ids)
    return Tallies(
        Counter({_ALL: total or 0} | dict(db.session.execute(tags).all())),
        Counter({(one, two): n for one, two, n in db.session.execute(pairs)}),
    )


def mend() -> None:
    """Count everything anew; flushes."""
    db.session.flush()
    db.session.info.pop(_BEFORE, None)  # what this transaction has changed is counted, too
    # PostgreSQL: who has moved tallies commits first, and what follows sees it.
    db.session.execute(sa.select(Tag.id).order_by(Tag.id).with_for_update(key_share=True))
    db.session.execute(sa.select(Site.id).with_for_update(key_share=True))
    was, is_now = stored(), counted()
    for place, number in was.numbers.items():
        is_now.numbers[place] -= number
    for pair, number in was.pairs.items():
        is_now.pairs[pair] -= number
    _move(is_now)


@sa.event.listens_for(db.session, "before_flush")
def _note_changed(session: Session, *_: object) -> None:
    deleted = [post.id for post in session.deleted if isinstance(post, Post)]
    note([*deleted, *(post.id for post in session.dirty if _counts_otherwise(post))])


@sa.event.listens_for(db.session, "after_flush")
def _date_changed(session: Session, _context: object) -> None:
    new = [post.id for post in session.new if isinstance(post, Post)]
    note_new(new)
    date([*new, *(post.id for post in session.dirty if _counts_otherwise(post))])


@sa.event.listens_for(db.session, "before_commit")
def _tally(session: Session) -> None:
    if session.in_nested_transaction():  # what is around it may change posts further, or back
        return
    session.flush()
    before = session.info.pop(_BEFORE, {})
    after, steps = _places(before), Tallies()
    for post_id, places in before.items():
        if after[post_id] != places:
            steps.count(places, -1)
            steps.count(after[post_id], 1)
    if steps.numbers:
        _move(steps)


@sa.event.listens_for(db.session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_BEFORE, None)


def _before(session: Session) -> dict[int, Places]:
    """Where posts counted before the session changed them."""
    before: dict[int, Places] = session.info.setdefault(_BEFORE, {})
    return before


def _counts_otherwise(changed: object) -> bool:
    """Whether the session is about to change what tallies and dates of tags are made of."""
    if not isinstance(changed, Post):
        return False
    attributes = sa.inspect(changed).attrs
    return any(
        attributes[name].history.has_changes() for name in ("shelf", "published_at", "tags")
    )


def _places(ids: Iterable[int]) -> dict[int, Places]:
    """Look where these posts count; those that are gone nowhere."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    wanted = list(ids)
    for some in _parted(wanted):
        posts = sa.select(Post.id, sa.literal(_ALL)).where(Post.id.in_(some), is_counted())
        tags = sa.select(post_tags.c.post_id, post_tags.c.tag_id).where(
            post_tags.c.post_id.in_(some), post_tags.c.published_at.is_not(None)
        )
        for post_id, place in db.session.execute(posts.union_all(tags)):
            found[post_id].add(place)
    return {post_id: Places(found[post_id]) for post_id in wanted}


def _parted(ids: Iterable[int]) -> list[list[int]]:
    every = list(ids)
    return [every[at : at + _AT_ONCE] for at in range(0, len(every), _AT_ONCE)]


def _stored_total() -> int:
    return db.session.scalar(sa.select(Site.articles)) or 0


def _move(steps: Tallies) -> None:
    """Add to what is stored.

    Everybody comes to the rows in this order, so that nobody waits for one who waits.
    """
    connection = db.session.connection()
    total = steps.numbers.pop(_ALL, 0)
    rows = [{"tag": tag_id, "step": number} for tag_id, number in sorted(steps.numbers.items())]
    if rows:
        _run(connection, _TAGS, rows)
    _move_pairs(steps.pairs)
    if total:
        connection.execute(sa.update(Site).values(articles=Site.articles + total))


def _move_pairs(steps: Mapping[tuple[int, int], int]) -> None:
    more = [_step(pair, number) for pair, number in sorted(steps.items()) if number > 0]
    less = [_step(pair, number) for pair, number in sorted(steps.items()) if number < 0]
    connection = db.session.connection()
    if less:  # a tag that has been removed has taken its pairs with it: they are not made again
        connection.execute(_LESS, less)
        touched = tag_pairs.c.tag_id.in_({row["one"] for row in less})
        connection.execute(sa.delete(tag_pairs).where(touched, tag_pairs.c.articles < 1))
    if more:
        _run(connection, _MORE, more)


def _run(connection: sa.Connection, statement: sa.TextClause, rows: list[dict[str, int]]) -> None:
    """Run *statement* for each of many rows, which SQLAlchemy would look through one by one."""
    compiled = statement.compile(dialect=connection.dialect)
    names = getattr(compiled, "positiontup", None)
    connection.exec_driver_sql(
        compiled.string, [tuple(map(row.__getitem__, names)) for row in rows] if names else rows
    )


def _step(pair: tuple[int, int], number: int) -> dict[str, int]:
    return {"one": pair[0], "other": pair[1], "step": number}


_TAGS = sa.text("UPDATE tags SET articles = articles + :step WHERE id = :tag")
_LESS = sa.text(
    "UPDATE tag_pairs SET articles = articles + :step WHERE tag_id = :one AND other_id = :other"
)
_MORE = sa.text(
    "INSERT INTO tag_pairs (tag_id, other_id, articles) VALUES (:one, :other, :step)"
    " ON CONFLICT (tag_id, other_id) DO UPDATE SET articles = tag_pairs.articles + :step"
)
