"""Posts: finding them, and moving them between draft, scheduled and published."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from . import (
    comparing,
    images,
    markdown,
    models,
    permalinks,
    revisions,
    search,
    shelves,
    tags,
    tallies,  # noqa: F401 - it follows what is done to posts
    texts,
    trash,
)
from .errors import Conflict, Missing
from .extensions import db
from .models import MAX_ID, Post, utcnow
from .prepared import Prepared, moment
from .texts import Text

EXCERPT_LENGTH = 200  # characters

Moment = datetime | sa.BindParameter[datetime]  # aware, or a place for one in a statement


def published(now: Moment | None = None, *, by_date: bool = True) -> sa.Select[Post]:
    """Select the posts that readers find, newest first.

    Every list, feed, sitemap, count and search starts from this query. *now* is aware, UTC.
    Unless it is to be walked *by_date*, the database begins from a table that is joined.
    """
    newest_first = (Post.published_at.desc(), Post.id.desc())
    found = is_published(now, by_date=by_date)
    return sa.select(Post).where(found).order_by(*newest_first)


def readable(now: datetime | None = None) -> sa.Select[Post]:
    """Select the posts that readers may see who know the address: unlisted ones, too."""
    newest_first = (Post.published_at.desc(), Post.id.desc())
    return sa.select(Post).where(is_readable(now)).order_by(*newest_first)


def is_published(now: Moment | None = None, *, by_date: bool = True) -> sa.ColumnElement[bool]:
    """Tell in SQL whether readers find a post.

    With ``is_readable`` and ``states`` it is the only place that decides what "published" means.
    """
    # No index serves an expression, so that none of posts is begun from.
    shelf = Post.shelf if by_date else sa.func.coalesce(Post.shelf, "")
    return (shelf == "listed") & (Post.published_at <= _moment(now))


def is_planned(
    now: Moment | None = None, *, before: Moment | None = None
) -> sa.ColumnElement[bool]:
    """Tell in SQL whether readers will find a post whose moment is still to come, *before* one."""
    planned = (Post.shelf == "listed") & (Post.published_at > _moment(now))
    return planned if before is None else planned & (Post.published_at < before)


def is_readable(now: Moment | None = None) -> sa.ColumnElement[bool]:
    """Tell in SQL whether readers may see a post who know its address."""
    return ~trash.is_in() & (Post.published_at <= _moment(now))


def states(now: datetime | None = None) -> dict[str, sa.ColumnElement[bool]]:
    """Tell in SQL, as an index serves it, which posts ``Post.state`` says what of."""
    moment, kept = now or utcnow(), Post.shelf.in_(["listed", "unlisted"])
    return {
        "draft": kept & Post.published_at.is_(None),
        "scheduled": kept & (Post.published_at > moment),
        "published": kept & (Post.published_at <= moment),
        "trash": trash.is_in() & ~trash.is_over(moment),
    }


def publications() -> tuple[datetime | None, datetime | None]:
    """Find when readers saw the newest post for the first time, and when they see the next one."""
    [(last, following)] = _PUBLICATIONS.all(now=utcnow())
    return last, following


def ids(articles: sa.Select[Post]) -> sa.Select[int]:
    """Narrow a selection to its ids, to be used inside another."""
    return articles.with_only_columns(Post.id).order_by(None)


def summaries(articles: sa.Select[Post], *, plain: bool = False) -> sa.Select[Post]:
    """Leave out what a list does not show: the texts, save the *plain* one if it is wanted."""
    long = [Post.headings, Post.body, Post.body_html, *([] if plain else [Post.plain])]
    return articles.options(*(defer(text) for text in long))


def count(articles: sa.Select[Post]) -> int:
    """Count a selection."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(ids(articles).subquery())) or 0


def visible(slug: str) -> Post | None:
    """Find the article that readers may see under *slug*."""
    return db.session.scalar(readable().where(Post.slug == slug))


def moved(slug: str) -> Post | None:
    """Find the article that was published under *slug* once."""
    target = sa.select(models.Redirect.post_id).where(models.Redirect.slug == slug)
    return db.session.scalar(readable().where(Post.id.in_(target)))


def get(post_id: int) -> Post:
    """Find a post for its author; raises ``Missing``, too, when its days in the trash are over."""
    post = db.session.get(Post, post_id) if 0 < post_id <= MAX_ID else None
    if post is None:
        raise Missing("There is no such post. All that there are: /admin/")
    trash.expect_kept(post)
    return post


def hold(post_id: int) -> Post:
    """Find a post, as it is now, to change it: others who ask for that wait for the commit.

    Raises ``Missing`` as ``get`` does.
    """
    get(post_id)
    # SQLite's turn to write is taken by a write, PostgreSQL's lock of the row, too.
    itself = sa.update(Post).where(Post.id == post_id).values(version=Post.version)
    db.session.execute(itself, execution_options={"synchronize_session": False})
    post = db.session.get(Post, post_id, populate_existing=True)
    if post is None:
        raise Missing("This post has just been deleted. All that there are: /admin/")
    trash.expect_kept(post)
    return post


def says(post: Post, text: Text) -> bool:
    """Whether *post* already says just this: a form that was sent twice is no conflict."""
    slug = text.slug.strip() or post.slug
    return texts.of(post) == stored(text, slug)


def stored(text: Text, slug: str) -> Text:
    """Write *text*, at *slug*, as a post says it that was given it; raises ``Invalid``."""
    names = tuple(sorted(tags.resolved(text.tags)))
    return replace(texts.stored(text), slug=slug, tags=names)


def create(
    text: Text,
    *,
    rendered: markdown.Rendered | None = None,
    change: comparing.Change | None = None,
    by: revisions.Hand | None = None,
) -> Post:
    """Write a new draft. Takes and raises what ``revise`` does."""
    now = utcnow()
    post = Post(title="", slug="", created_at=now, updated_at=now, shelf="listed")
    revise(post, text, rendered=rendered, change=change, by=by)
    return post


def revise(
    post: Post,
    text: Text,
    *,
    rendered: markdown.Rendered | None = None,
    change: comparing.Change | None = None,
    by: revisions.Hand | None = None,
) -> bool:
    """Give *post* this text, which is a revision if it is another; tells whether it is.

    What its sitting has kept of *post* goes, either way. *rendered* is what ``markdown.render``
    made of the normalised body, and *change* how it differs, by who found out ahead.
    Raises ``Invalid`` for an empty title, a slug that another post has, or what is no language
    or too long for a series; ``Conflict`` if another post took the slug in this very moment.
    """
    by = by or revisions.NOBODY
    rendered = rendered or ahead(post, text)
    slug = permalinks.choose(post, text.slug, texts.title(text))
    before, after = texts.of(post), stored(text, slug)
    if before != after:
        change = change or comparing.change(before.body, after.body)
    if slug != post.slug:
        shelves.purge()  # what is over in the trash may be at this slug still
    if before != after and post.id:
        revisions.begin(post)
    permalinks.leave(post, slug)
    fill(post, text, slug=slug, rendered=rendered)
    if _read(before) != _read(after):
        post.updated_at = utcnow()

    db.session.add(post)
    touched = before != after or db.session.is_modified(post)
    _flush()
    if before.tags != after.tags:
        post.tags = tags.named(after.tags)
        flag_modified(post, "slug")  # tags are part of what a version is
        _flush()
    if touched:  # else no UPDATE has told whether *post* is still what is stored
        search.index(post)
    revisions.forget(post, by)
    if change is not None and before != after:
        revisions.record(post, change, by=by)
    return before != after


def ahead(post: Post, text: Text) -> markdown.Rendered | None:
    """Render *text*, if its body is another than that of *post*: it may take seconds."""
    body = texts.normalise(text.body)
    is_fresh = post.body == body and post.renderer_version == markdown.VERSION
    return None if is_fresh else markdown.render(body)


def fill(post: Post, text: Text, *, slug: str, rendered: markdown.Rendered | None = None) -> None:
    """Give *post* all of *text* but its tags; it is not stored by that. Raises ``Invalid``."""
    said = texts.stored(text)
    post.slug, post.title, post.description = slug, said.title, said.description
    post.minutes_by_author = said.minutes
    post.language, post.series = said.language, said.series
    if post.body != said.body or post.renderer_version != markdown.VERSION:
        post.body = said.body
        render(post, rendered)


def render(post: Post, rendered: markdown.Rendered | None = None) -> str | None:
    """Make of the body what pages show of it, unless it is *rendered* already.

    Returns a notice for the author, if any.
    """
    rendered = images.shown(rendered or markdown.render(post.body))
    post.body_html = str(rendered.html)
    post.headings = [{"level": h.level, "id": h.id, "text": h.text} for h in rendered.headings]
    post.minutes = rendered.minutes
    post.excerpt = _excerpt(rendered.lead)
    post.plain = rendered.plain
    post.renderer_version = markdown.VERSION
    return rendered.notice


def publish(post: Post, at: datetime | None = None) -> None:
    """Publish *post* now, or *at* a moment (aware): in the future that schedules it."""
    permalinks.keep(post)
    was_readable = post.state() == "published"
    post.published_at, post.planned_at = at or utcnow(), None
    if not was_readable:  # what readers see first is not a change of what they saw
        post.updated_at = min(post.updated_at, post.published_at)
    db.session.flush()


def unpublish(post: Post) -> None:
    """Take *post* back: it is a draft again."""
    permalinks.keep(post)
    post.published_at = None
    db.session.flush()


def _moment(now: Moment | None) -> Moment:
    return utcnow() if now is None else now


def _read(text: Text) -> tuple[str, str, str]:
    """What readers are told is updated when it changes."""
    return text.title, text.description, text.body


def _excerpt(plain: str) -> str:
    if len(plain) <= EXCERPT_LENGTH:
        return plain
    cut = plain[:EXCERPT_LENGTH].rsplit(" ", 1)[0]
    return f"{cut.rstrip(' ,;:.–—-')}…"


def _flush() -> None:
    try:
        db.session.flush()
    except (sa.exc.IntegrityError, StaleDataError) as error:
        raise Conflict("Another save came in the same moment. Save once more.") from error


def _publications() -> sa.Select[Any]:
    now = moment("now")
    last = sa.select(sa.func.max(Post.published_at)).where(is_readable(now))
    coming = sa.or_(Post.shelf == "listed", Post.shelf == "unlisted") & (Post.published_at > now)
    following = sa.select(sa.func.min(Post.published_at)).where(coming)
    columns: list[Any] = [last.scalar_subquery(), following.scalar_subquery()]
    return sa.select(*columns)


_PUBLICATIONS = Prepared(_publications)
