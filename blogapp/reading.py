"""What readers' pages show of articles, read by statements that name their columns."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from . import pieces, posts
from .articles import Mention
from .extensions import db
from .models import Post, utcnow
from .prepared import Prepared, Query, Utf8, given, moment

_MINUTES = sa.func.coalesce(Post.minutes_by_author, Post.minutes).label("minutes")
MENTION = (Post.slug, Post.title, Post.language, Post.published_at, _MINUTES)


class Page(NamedTuple):
    """What the page of an article shows: its pieces and its *text* are HTML, as it is sent."""

    id: int
    slug: str
    title: str
    language: str | None
    series: str | None
    shelf: str
    published_at: datetime | None
    head: bytes
    intro: bytes
    contents: bytes
    text: bytes


def article(slug: str) -> Page | None:
    """Find the article that readers may see under *slug*."""
    row = _ARTICLE.first(slug=slug, now=utcnow())
    if row is None:
        return None
    *own, stamp, head, intro, contents, text = row
    if stamp != pieces.look().stamp:
        post = db.session.get(Post, own[0])
        if post is None or post.published_at is None:  # it went away in this very moment
            return None
        drawn = pieces.of(post)
        head, intro, contents = (
            html.encode() for html in (drawn.head, drawn.intro, drawn.contents)
        )
    return Page._make([*own, head, intro, contents, text])


def parts(series: str) -> list[Mention]:
    """Find the articles of a *series*, as readers find them, the first one first."""
    return [Mention(*row) for row in _PARTS.all(series=series, now=utcnow())]


def _article() -> Query:
    columns = (
        *(Post.id, Post.slug, Post.title, Post.language, Post.series, Post.shelf),
        *(Post.published_at, Post.pieces_stamp),
        *map(Utf8, (Post.head_html, Post.intro_html, Post.contents_html, Post.body_html)),
    )
    found = posts.is_readable(moment("now")) & (Post.slug == given("slug", sa.String))
    return sa.select(*columns).where(found)


def _parts() -> Query:
    found = posts.is_published(moment("now")) & (Post.series == given("series", sa.String))
    return sa.select(*MENTION).where(found).order_by(Post.published_at, Post.id)


_ARTICLE, _PARTS = Prepared(_article()), Prepared(_parts())
