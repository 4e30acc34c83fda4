"""Listing: the articles that a filter leaves, page by page, the best or newest first.

By date each page is a walk along an index, from the cursor on; of several tags along that of the
one that fewest articles have. It ends where all are found that there can be by what is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from . import numbers, pieces, posts, results, search
from .extensions import db
from .filters import PAGE_SIZE, Filter
from .models import MAX_ID, Post, post_tags, utcnow
from .numbers import Known
from .paging import Cursor
from .prepared import Prepared, Row, Utf8, given, moment, moment_of
from .search import Found


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: its articles as cards, HTML as it is sent, and the filter of the next."""

    cards: list[bytes]
    next: Filter | None

    @property
    def html(self) -> bytes:
        """The cards, as they stand in a list."""
        return b"\n".join(self.cards)


def page(chosen: Filter, found: Found | None = None, size: int = PAGE_SIZE) -> Page:
    """Fetch the page of *chosen* that begins after its cursor.

    *found* is what its words find, if it has any.
    """
    if found is not None:
        return _page_of(found, chosen, size)
    return _page(chosen, _rows(chosen, size + 1), size)


def page_of_tag(tag: Known, chosen: Filter, size: int = PAGE_SIZE) -> Page:
    """Fetch the page of *chosen*, which asks for this *tag* alone."""
    return _page(chosen, _walk([tag], [], chosen.after, size + 1), size)


def articles(chosen: Filter, found: Found | None = None, size: int = PAGE_SIZE) -> list[Post]:
    """Fetch the first articles of *chosen* whole, texts and all."""
    rows = found.behind(None, size) if found is not None else _rows(chosen.first, size)
    return _whole([row[0] for row in rows], sa.select(Post))


def ids(chosen: Filter) -> list[int]:
    """List the ids of all articles that *chosen* leaves, however many: no page needs that."""
    found = chosen.found()
    rows = found.behind(None, MAX_ID) if found is not None else _rows(chosen.first, MAX_ID)
    return [row[0] for row in rows]


def _page_of(found: Found, chosen: Filter, size: int) -> Page:
    """Draw what a search has found, with what it found in it."""
    rows = found.behind(chosen.after, size + 1)
    shown = results.of(found, [post_id for post_id, _ in rows[:size]])
    cards = [card.encode() for card in results.cards(shown, search.parse(chosen.text))]
    if len(rows) <= size or not shown:
        return Page(cards, None)
    last, rank = shown[-1], dict(rows)[shown[-1].id]
    assert last.published_at is not None  # noqa: S101 - readers find no other
    return Page(cards, replace(chosen, after=Cursor(last.published_at, last.id, rank)))


def _whole(ids: Sequence[int], query: sa.Select[Post]) -> list[Post]:
    """Fetch posts in the order of their *ids*."""
    found = {post.id: post for post in db.session.scalars(query.where(Post.id.in_(ids)))}
    return [found[post_id] for post_id in ids if post_id in found]


def _rows(chosen: Filter, size: int) -> list[Row]:
    """Fetch id, moment and card of the articles after the cursor, by date, as they are stored."""
    names = (*chosen.tags, *chosen.without)
    known = numbers.known(names) if names else {}
    if not known.keys() >= {*chosen.tags}:
        return []
    tags = sorted((known[name] for name in chosen.tags), key=lambda tag: tag.articles)
    without = [known[name] for name in chosen.without if name in known]
    most = min(size, numbers.most(tags, without)) if names else size
    return _walk(tags, without, chosen.after, most) if most else []


def _walk(
    tags: Sequence[Known], without: Sequence[Known], after: Cursor | None, size: int
) -> list[Row]:
    now = utcnow()
    place = {"at": after.at, "id": after.id, "now": min(now, after.at)} if after else {"now": now}
    own = {f"tag{at}": tag.id for at, tag in enumerate(tags)}
    own |= {f"without{at}": tag.id for at, tag in enumerate(without)}
    statement = _by_date(len(tags), len(without), after is not None)
    return statement.raw(size=size, stamp=pieces.look().stamp, **place, **own)


def _page(chosen: Filter, rows: Sequence[Row], size: int) -> Page:
    """Show *size* rows; one more says that there is a next page."""
    place = None
    if len(rows) > size:
        post_id, at, _ = rows[size - 1]
        place = Cursor(moment_of(at), post_id)  # the others' are not even read
    return Page(_cards(rows[:size]), replace(chosen, after=place) if place else None)


def _cards(rows: Sequence[Row]) -> list[bytes]:
    """Show cards as they are stored; those that another look has drawn are drawn anew.

    What goes away in this very moment is left out.
    """
    faded = [post_id for post_id, _, card in rows if card is None]
    if not faded:
        return [card for _, _, card in rows]
    drawn = pieces.cards(faded)
    shown = ((post_id, card) for post_id, _, card in rows if card or post_id in drawn)
    return [card or drawn[post_id].encode() for post_id, card in shown]


@lru_cache
def _by_date(tags: int, without: int, is_behind: bool) -> Prepared:
    """Prepare the list of what has so many tags, and lacks so many, perhaps behind a place."""
    at: Any = Post.published_at
    post_id: Any = Post.id
    is_fresh = Post.pieces_stamp == given("stamp", sa.String)
    card: Any = sa.case((is_fresh, Utf8(Post.card_html)))
    query = sa.select(Post.id, Post.published_at, card)
    query = query.where(posts.is_published(moment("now"), by_date=not tags))
    if tags:  # the first one's index is walked
        at, post_id = post_tags.c.published_at, post_tags.c.post_id
        query = query.join(post_tags, post_id == Post.id)
        query = query.where(post_tags.c.tag_id == given("tag0", sa.Integer), at <= moment("now"))
    for number in range(1, tags):
        query = query.where(_has(post_id, f"tag{number}"))
    for number in range(without):
        query = query.where(~_has(post_id, f"without{number}"))
    if is_behind:
        place = sa.tuple_(moment("at"), given("id", sa.Integer))
        query = query.where(sa.tuple_(at, post_id) < place)
    return Prepared(query.order_by(at.desc(), post_id.desc()).limit(given("size", sa.Integer)))


def _has(post_id: Any, name: str) -> sa.ColumnElement[bool]:
    other = post_tags.alias()
    here = (other.c.post_id == post_id) & (other.c.tag_id == given(name, sa.Integer))
    return sa.select(other.c.tag_id).where(here).exists()  # the index has it: no row is read
