"""Permalinks: the slug that a post gets, and those that it had, which lead to it."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from . import slugs, trash
from .errors import Invalid
from .extensions import db
from .models import Post, Redirect


def choose(post: Post, wish: str, title: str) -> str:
    """Choose the slug of *post*: the author's own *wish*, or one made of the *title*.

    A wish wins over what other posts had once: their readers find this one there as soon as it
    is out. Raises ``Invalid`` if another post has it, or if it looks like what it is not.
    """
    if wish.strip() == post.slug:
        return post.slug or _free(slugs.make(title), post)
    if wish.strip():
        return _expect_own(wish, title, post)
    if post.published_at is not None:
        return post.slug
    return _free(slugs.make(title), post)


def is_made(post: Post) -> bool:
    """Whether the slug of *post* is the one made of its title, and may go with it."""
    if post.published_at is not None:
        return False
    return slugs.is_made_of(post.slug, slugs.make(post.title))


def free(wish: str, post: Post | None = None) -> str:
    """Find the slug nearest to *wish* that no post but *post* has or had."""
    return _free(slugs.make(wish), post or Post())


def taken(wishes: Iterable[str]) -> dict[str, int]:
    """Tell which of these slugs posts have or had, each with the id of the post."""
    wanted = list(wishes)
    had = sa.select(Redirect.slug, Redirect.post_id).where(Redirect.slug.in_(wanted))
    have = sa.select(Post.slug, Post.id).where(Post.slug.in_(wanted))
    return dict(db.session.execute(sa.union_all(had, have)).all())


def leave(post: Post, slug: str) -> None:
    """Prepare *post* for another *slug*: where readers may have found it, they do so still."""
    if not post.id or post.slug == slug:
        return
    back = db.session.get(Redirect, slug)
    # That of a post which was taken back is all that tells that readers found it there.
    if back is not None and back.post_id == post.id and post.state() == "published":
        db.session.delete(back)
    keep(post)


def keep(post: Post) -> None:
    """What readers have found under this slug, they find again, whatever its next one is."""
    if post.state() == "published":
        db.session.merge(Redirect(slug=post.slug, post_id=post.id))


def _expect_own(wish: str, title: str, post: Post) -> str:
    slug = slugs.make(wish)
    reason = slugs.refusal(wish) or _owner(slug, post)
    if reason is None:
        return slug
    near = slugs.latin(slugs.make(slugs.stem(wish)))
    usable = near != slugs.FALLBACK and (slugs.is_reserved(near) or not slugs.refusal(near))
    free_one = _free(near if usable else slugs.make(title), post)
    raise Invalid("slug", f"{reason} Free would be: {free_one}")


def _owner(slug: str, post: Post) -> str | None:
    """Say which other post is at *slug*, or at what looks just like it."""
    with db.session.no_autoflush:
        other = db.session.scalar(_others(post, slug, slugs.latin(slug)))
    if other is None:
        return None
    place = "A post in the trash" if other.shelf == "trash" else "Another post"
    alike = "" if other.slug == slug else f", which “{slug}” looks just like"
    return f"{place} is at “{other.slug}”{alike}."


def _free(slug: str, post: Post) -> str:
    number, candidate = 1, slug
    while _is_known(candidate, post):
        number += 1
        candidate = slugs.numbered(slug, f"-{number}")
    return candidate


def _is_known(slug: str, post: Post) -> bool:
    if slugs.is_reserved(slug):
        return True
    had = sa.select(Redirect.post_id).where(
        Redirect.slug == slug, Redirect.post_id != (post.id or 0)
    )
    with db.session.no_autoflush:
        has = db.session.scalar(_others(post, slug, slugs.latin(slug)))
        return has is not None or db.session.scalar(had) is not None


def _others(post: Post, *wanted: str) -> sa.Select[Post]:
    others = sa.select(Post).where(Post.slug.in_(wanted), Post.id != (post.id or 0))
    return others.where(~trash.is_over()).limit(1)
