"""Posts: finding them, and moving them between draft, scheduled and published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from . import languages, markdown, search, slugs, tags
from .errors import Conflict, Invalid, Missing
from .extensions import db
from .models import MAX_ID, Post, Redirect, post_tags, utcnow

MAX_MINUTES = 1000  # of reading
MAX_SERIES = 200  # characters
EXCERPT_LENGTH = 200  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What an author writes of a post; without a *slug* it is made of the title."""

    title: str
    slug: str = ""
    description: str = ""
    body: str = ""
    tags: Sequence[str] = ()
    minutes: int | None = None
    language: str | None = None  # BCP 47; else the site's
    series: str | None = None


def published(now: datetime | None = None) -> sa.Select[Post]:
    """Select the posts readers may see, newest first.

    Every public page, feed, sitemap, count and search starts from this query; it is
    the only place that decides what "published" means. *now* is aware, UTC.
    """
    return (
        sa.select(Post)
        .where(Post.published_at <= (now or utcnow()))
        .order_by(Post.published_at.desc(), Post.id.desc())
    )


def ids(articles: sa.Select[Post]) -> sa.Select[int]:
    """Narrow a selection to its ids, to be used inside another."""
    return articles.with_only_columns(Post.id).order_by(None)


def summaries(articles: sa.Select[Post], *, plain: bool = False) -> sa.Select[Post]:
    """Leave out what a list does not show: the texts, save the *plain* one if it is wanted."""
    texts = [Post.headings, Post.body, Post.body_html, *([] if plain else [Post.plain])]
    return articles.options(*(defer(text) for text in texts))


def count(articles: sa.Select[Post]) -> int:
    """Count a selection."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(ids(articles).subquery())) or 0


def visible(slug: str) -> Post | None:
    """Find the article that readers may see under *slug*."""
    return db.session.scalar(published().where(Post.slug == slug))


def moved(slug: str) -> Post | None:
    """Find the article that was published under *slug* once."""
    target = sa.select(Redirect.post_id).where(Redirect.slug == slug)
    return db.session.scalar(published().where(Post.id.in_(target)))


def get(post_id: int) -> Post:
    """Find a post for its author; raises ``Missing``."""
    post = db.session.get(Post, post_id) if 0 < post_id <= MAX_ID else None
    if post is None:
        raise Missing("There is no such post. All that there are: /admin/")
    return post


def expect(post: Post, version: int) -> None:
    """Raise ``Conflict`` if *post* has changed since *version*, from which a save begins."""
    if post.version != version:
        raise Conflict(
            "This post was changed since you opened it here. Your text is below and not saved. "
            "Look at the other version first; then put yours in its place, or take over what is "
            "new there."
        )


def says(post: Post, text: Text) -> bool:
    """Whether *post* already says just this: a form that was sent twice is no conflict."""
    return (
        (post.title, post.description, post.body, *_rest(post))
        == (
            _line(text.title),
            _line(text.description),
            normalise(text.body),
            text.minutes,
            _language(text.language),
            _series(text.series),
        )
        and (text.slug.strip() in {"", post.slug})
        and ([tag.name for tag in post.tags] == sorted(tags.resolved(text.tags)))
    )


def create(text: Text, *, rendered: markdown.Rendered | None = None) -> Post:
    """Write a new draft. Takes and raises what ``revise`` does."""
    now = utcnow()
    post = Post(title="", slug="", created_at=now, updated_at=now)
    revise(post, text, rendered=rendered)
    return post


def revise(post: Post, text: Text, *, rendered: markdown.Rendered | None = None) -> bool:
    """Give *post* this text; tells whether anything changed.

    *rendered* is what ``markdown.render`` made of the normalised body, by who did it ahead.
    Raises ``Invalid`` for an empty title, a slug that another post has, or what is no language
    or too long for a series; ``Conflict`` if another post took the slug in this very moment.
    """
    slug = _slug(post, text.slug, _title(text))
    before = (post.title, post.description, post.body)
    tag_names = [tag.name for tag in post.tags]
    rest = (post.slug, *_rest(post), tag_names)
    _remember(post, slug)
    fill(post, text, slug=slug, rendered=rendered)
    retitled = before != (post.title, post.description, post.body)
    if retitled:
        post.updated_at = utcnow()

    db.session.add(post)
    wanted = sorted(tags.resolved(text.tags))
    touched = retitled or wanted != tag_names or db.session.is_modified(post)
    _flush()
    if wanted != tag_names:
        post.tags = tags.named(wanted)
        flag_modified(post, "slug")  # tags are part of what a version is
        _flush()
    if touched:  # else no UPDATE has told whether *post* is still what is stored
        date_tags(post)
        search.index(post)
    return retitled or rest != (post.slug, *_rest(post), wanted)


def fill(post: Post, text: Text, *, slug: str, rendered: markdown.Rendered | None = None) -> None:
    """Give *post* all of *text* but its tags; it is not stored by that. Raises ``Invalid``."""
    post.slug, post.title, post.minutes_by_author = slug, _title(text), text.minutes
    post.description = _line(text.description)
    post.language, post.series = _language(text.language), _series(text.series)
    body = normalise(text.body)
    if post.body != body or post.renderer_version != markdown.VERSION:
        post.body = body
        render(post, rendered)


def normalise(body: str) -> str:
    """Write a text the one way it is stored: lines end in LF, zero bytes are visible."""
    return body.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def render(post: Post, rendered: markdown.Rendered | None = None) -> str | None:
    """Make of the body what pages show of it, unless it is *rendered* already.

    Returns a notice for the author, if any.
    """
    rendered = rendered or markdown.render(post.body)
    post.body_html = str(rendered.html)
    post.headings = [asdict(heading) for heading in rendered.headings]
    post.minutes = rendered.minutes
    post.excerpt = _excerpt(rendered.lead)
    post.plain = rendered.plain
    post.renderer_version = markdown.VERSION
    return rendered.notice


def publish(post: Post, at: datetime | None = None) -> None:
    """Publish *post* now, or *at* a moment (aware): in the future that schedules it."""
    _keep_address(post)
    was_readable = post.state() == "published"
    post.published_at = at or utcnow()
    if not was_readable:  # what readers see first is not a change of what they saw
        post.updated_at = min(post.updated_at, post.published_at)
    db.session.flush()
    date_tags(post)


def unpublish(post: Post) -> None:
    """Take *post* back: it is a draft again."""
    _keep_address(post)
    post.published_at = None
    db.session.flush()
    date_tags(post)


def free_slug(wish: str, post: Post | None = None) -> str:
    """Find the slug nearest to *wish* that no post but *post* has or had."""
    return _free(slugs.make(wish), post or Post())


def taken(wishes: Iterable[str]) -> dict[str, int]:
    """Tell which of these slugs posts have or had, each with the id of the post."""
    wanted = list(wishes)
    had = sa.select(Redirect.slug, Redirect.post_id).where(Redirect.slug.in_(wanted))
    have = sa.select(Post.slug, Post.id).where(Post.slug.in_(wanted))
    return dict(db.session.execute(sa.union_all(had, have)).all())


def _line(text: str) -> str:
    """Write a title or description the one way: a line, with zero bytes visible."""
    return " ".join(normalise(text).split())


def _title(text: Text) -> str:
    title = _line(text.title)
    if not title:
        raise Invalid("title", "A post needs a title.")
    return title


def _rest(post: Post) -> tuple[int | None, str | None, str | None]:
    """What an author says of a post beside its text, tags and slug."""
    return post.minutes_by_author, post.language, post.series


def _language(written: str | None) -> str | None:
    if not (written or "").strip():
        return None
    language = languages.normalise(written or "")
    if language is None:
        raise Invalid("language", "A language is written as en or pt-BR.")
    return language


def _series(written: str | None) -> str | None:
    series = _line(written or "")
    if len(series) > MAX_SERIES:
        raise Invalid("series", f"The name of a series has at most {MAX_SERIES} characters.")
    return series or None


def _slug(post: Post, wish: str, title: str) -> str:
    """Choose the slug: the author's own must be free, one made of the title is made so."""
    if wish.strip() == post.slug:
        return post.slug or _free(slugs.make(title), post)
    if wish.strip():
        slug = slugs.make(wish)
        if _is_taken(slug, post):
            free = _free(slug, post)
            raise Invalid("slug", f"Another post is at “{slug}”. Free would be: {free}")
        return slug
    if post.published_at is not None:
        return post.slug
    return _free(slugs.make(title), post)


def slug_is_made(post: Post) -> bool:
    """Whether the slug of *post* is the one made of its title, and may go with it."""
    if post.published_at is not None:
        return False
    return slugs.is_made_of(post.slug, slugs.make(post.title))


def _free(slug: str, post: Post) -> str:
    number, candidate = 1, slug
    while _is_taken(candidate, post):
        number += 1
        candidate = slugs.numbered(slug, f"-{number}")
    return candidate


def _is_taken(slug: str, post: Post) -> bool:
    other = sa.select(Post.id).where(Post.slug == slug, Post.id != (post.id or 0))
    redirect = sa.select(Redirect.post_id).where(
        Redirect.slug == slug, Redirect.post_id != (post.id or 0)
    )
    with db.session.no_autoflush:
        return db.session.scalar(other) is not None or db.session.scalar(redirect) is not None


def _remember(post: Post, slug: str) -> None:
    """Keep the address under which readers may have found *post*."""
    if not post.id or post.slug == slug:
        return
    back = db.session.get(Redirect, slug)
    if back is not None:
        db.session.delete(back)
    _keep_address(post)


def _keep_address(post: Post) -> None:
    """What readers have found under this slug, they find again, whatever its next one is."""
    if post.state() == "published":
        db.session.merge(Redirect(slug=post.slug, post_id=post.id))


def _excerpt(plain: str) -> str:
    if len(plain) <= EXCERPT_LENGTH:
        return plain
    cut = plain[:EXCERPT_LENGTH].rsplit(" ", 1)[0]
    return f"{cut.rstrip(' ,;:.–—-')}…"


def date_tags(*changed: Post) -> None:
    """Let the tags of posts know when these are published: that is the order of their lists."""
    moment = sa.select(Post.published_at).where(Post.id == post_tags.c.post_id).scalar_subquery()
    chosen = post_tags.c.post_id.in_([post.id for post in changed])
    db.session.execute(sa.update(post_tags).where(chosen).values(published_at=moment))


def _flush() -> None:
    try:
        db.session.flush()
    except (sa.exc.IntegrityError, StaleDataError) as error:
        raise Conflict("Another save came in the same moment. Save once more.") from error
