"""Pieces of pages that show a post, drawn when it is saved.

How they look is the application's to say, as its extension ``pieces``. The *stamp* tells which
templates and settings have drawn a piece; what has another is drawn anew for who reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Mapper, defer, undefer

from .articles import Article, Summary
from .extensions import db
from .models import Post

if TYPE_CHECKING:
    from .search import Hit

VERSION = 1  # of all that draws beside the template; goes up when pieces look otherwise
AT_ONCE = 100  # posts whose pieces are drawn before they are stored
_TEXTS = (Post.plain, Post.body, Post.body_html)  # of which pieces show nothing
_SHOWN = (
    *("slug", "title", "description", "excerpt", "minutes", "minutes_by_author", "language"),
    *("series", "shelf", "published_at", "updated_at", "headings", "tags"),
)
_COLUMNS = ("pieces_stamp", "card_html", "head_html", "intro_html", "contents_html")


@dataclass(frozen=True, slots=True)
class Pieces:
    """What pages show of an article beside its text, as HTML.

    Lists show its *card*; its own page has the *head* for machines, and the *intro* and the
    *contents* above the text.
    """

    card: str
    head: str
    intro: str
    contents: str


class Look(Protocol):
    """How pieces look, and the *stamp* of what makes them look so, of 16 characters."""

    @property
    def stamp(self) -> str:
        """Tell this look from others."""

    def draw(self, article: Article) -> Pieces:
        """Draw the pieces of *article*, which has a date."""

    def card(self, article: Summary, hit: Hit | None = None, part: int | None = None) -> str:
        """Draw the card alone: with what a search found, or as that part of a series."""

    def preview(self, article: Article) -> Pieces:
        """Draw what the preview of a draft shows: it tells machines nothing, and has no card."""


def look() -> Look:
    """Return how this application's pieces look."""
    found: Look = current_app.extensions["pieces"]
    return found


def of(post: Post) -> Pieces:
    """Draw the pieces of *post*, which has a date, as it is now."""
    return look().draw(Article.of(post))


def draw(post: Post) -> None:
    """Draw the pieces of a post that is about to be stored, if it has a date."""
    if post.published_at:
        for name, value in _columns(post).items():
            setattr(post, name, value)


def cards(ids: Sequence[int]) -> dict[int, str]:
    """Draw the cards of these posts, by id, as far as they have a date; nothing is stored."""
    return {post.id: of(post).card for post in db.session.scalars(_dated(ids))}


def redraw(ids: Sequence[int]) -> None:
    """Draw the pieces of these posts anew, those that have a date; their versions stay.

    The caller has the turn to write: what is read here must not change before it is stored.
    """
    for at in range(0, len(ids), AT_ONCE):
        some = _dated(ids[at : at + AT_ONCE]).order_by(Post.id).with_for_update(of=Post)
        fresh = {"populate_existing": True}
        found = db.session.scalars(some, execution_options=fresh)
        drawn = [{"own_id": post.id} | _columns(post) for post in found]
        if drawn:
            db.session.execute(_STORE, drawn)


def renew(ids: Sequence[int]) -> None:
    """Draw the pieces of these posts anew, or let many of them fade: to be drawn behind.

    The caller has the turn to write.
    """
    (redraw if len(ids) <= AT_ONCE else fade)(ids)


def fade(ids: Sequence[int]) -> None:
    """Let the pieces of these posts be drawn by who reads them, until they are drawn again."""
    for at in range(0, len(ids), AT_ONCE):
        some = _TABLE.c.id.in_(ids[at : at + AT_ONCE])
        db.session.execute(sa.update(_TABLE).where(some).values(pieces_stamp=None))


def faded() -> list[int]:
    """List the ids of the posts whose pieces say what is no more so."""
    none = Post.pieces_stamp.is_(None)
    query = sa.select(Post.id).where(Post.published_at.is_not(None), none)
    return list(db.session.scalars(query.order_by(Post.id)))


def undrawn(among: Sequence[int] | None = None) -> list[int]:
    """List the ids of the posts that have a date, and no pieces that look as they should.

    Only those *among* these, at most ``AT_ONCE``, if they are given.
    """
    stamp, own = look().stamp, Post.pieces_stamp
    other = sa.or_(own.is_(None), own < stamp, own > stamp)  # each a part of the index
    query = sa.select(Post.id).where(Post.published_at.is_not(None), other)
    if among is not None:
        query = query.where(Post.id.in_(among))
    return list(db.session.scalars(query.order_by(Post.id)))


def wrong(ids: Sequence[int]) -> set[int]:
    """Tell which of these posts have pieces that seem right, and say what the post does not."""
    query = _dated(ids).where(Post.pieces_stamp == look().stamp)
    query = query.options(*(undefer(getattr(Post, name)) for name in _COLUMNS))
    return {
        post.id
        for post in db.session.scalars(query)
        if _columns(post) != {name: getattr(post, name) for name in _COLUMNS}
    }


def _dated(ids: Sequence[int]) -> sa.Select[Post]:
    dated = Post.id.in_(ids) & Post.published_at.is_not(None)
    return sa.select(Post).where(dated).options(*map(defer, _TEXTS))


def _columns(post: Post) -> dict[str, Any]:
    drawn = of(post)
    values = (look().stamp, drawn.card, drawn.head, drawn.intro, drawn.contents)
    return dict(zip(_COLUMNS, values, strict=True))


_TABLE = Post.metadata.tables["posts"]
_STORE = (
    sa.update(_TABLE)
    .where(_TABLE.c.id == sa.bindparam("own_id"))
    .values({name: sa.bindparam(name) for name in _COLUMNS})
)


@sa.event.listens_for(Post, "before_insert")
@sa.event.listens_for(Post, "before_update")
def _keep_up(_mapper: Mapper[Post], _connection: sa.Connection, post: Post) -> None:
    """Draw again what shows anything that has changed."""
    if post.published_at and _shows_otherwise(post):
        draw(post)


def _shows_otherwise(post: Post) -> bool:
    state = sa.inspect(post)
    return not state.persistent or any(state.attrs[name].history.has_changes() for name in _SHOWN)
