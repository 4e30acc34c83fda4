"""Old addresses: where another system served a post; whoever comes by one is led to it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

import sqlalchemy as sa

from . import posts
from .extensions import db
from .models import Gone, OldAddress, Post, Redirect

LONGEST = 500  # characters

_AT_ONCE = 500  # paths in a query

# What begins like this is ours, whether there is a page or not.
RESERVED = frozenset(
    {"admin", "contact", "healthz", "media", "p", "r", "readyz", "robots.txt", "static", "tags"}
)
# These are ours, and what is below them may be anybody's.
PAGES = frozenset(
    {
        *("/archive", "/blog", "/favicon.ico", "/feed.json", "/feed.xml", "/series"),
        *("/sitemap.xml", "/sitemap-pages.xml"),
    }
)
_ARTICLES = "/blog/"
_INDEX = re.compile(r"(?:/index\.html?|\.html?)$", re.IGNORECASE)
_DOTS = {".", ".."}
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\\ud800-\udfff]")


def find(path: str) -> Post | None:
    """Find the article that readers may see and that was at *path*, unescaped, once.

    One that is or was at ``/blog/slug`` is at ``/blog/slug.html``, too.
    """
    wanted = normalise(path)
    if wanted is None:
        return None
    if wanted.startswith(_ARTICLES):
        slug = wanted[len(_ARTICLES) :]
        if post := posts.visible(slug) or posts.moved(slug):
            return post
    target = sa.select(OldAddress.post_id).where(OldAddress.path == wanted)
    return db.session.scalar(posts.readable().where(Post.id.in_(target)))


def gone(path: str) -> bool:
    """Whether readers found an article at *path*, unescaped, once, and find none there now."""
    wanted = normalise(path)
    if wanted is None:
        return False
    was_public = Redirect.post_id == OldAddress.post_id
    ways = [
        sa.exists().where(Gone.path == wanted),
        sa.exists().where(OldAddress.path == wanted, was_public),
    ]
    if wanted.startswith(_ARTICLES):
        ways.append(sa.exists().where(Redirect.slug == wanted[len(_ARTICLES) :]))
    return bool(db.session.scalar(sa.select(sa.or_(*ways))))


def keep(old: Iterable[tuple[Post, Iterable[str]]]) -> None:
    """Let the paths of URLs lead to the post that they come with, which must have been flushed.

    What has led to a post before does so still; what leads to another post, or is where one is
    or was here, does, too.
    """
    wanted: dict[str, Post] = {}
    for post, urls in old:
        for path in _paths(urls):
            if path != f"/blog/{post.slug}":
                wanted.setdefault(path, post)
    known = _owners(list(wanted))
    new = [{"path": p, "post_id": post.id} for p, post in wanted.items() if p not in known]
    if new:
        db.session.execute(sa.insert(OldAddress), new)


def taken(urls: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Tell which paths of *urls* lead to a post, with its id and slug."""
    return _owners(_paths(urls))


def of_url(url: str) -> str | None:
    """Write the path of a root-relative URL as ``normalise`` does; None, too, with a query."""
    path, _, query = url.partition("#")[0].partition("?")
    return None if query else normalise(unquote(path))


def normalise(path: str) -> str | None:
    """Write an unescaped path as ``compose`` does; None for what can be nobody's old address."""
    composed = compose(path)
    if composed is None or composed.lower() in PAGES:
        return None
    return None if composed[1:].partition("/")[0].lower() in RESERVED else composed


def compose(path: str) -> str | None:
    """Write an unescaped path the one way; None for what cannot be the path of a page.

    Servers found a page with and without a slash at the end, ``index.html`` and ``.html``, so
    all of these are one. Case stays: it told pages apart.
    """
    path = re.sub("/{2,}", "/", unicodedata.normalize("NFC", f"/{path}"))
    path = _INDEX.sub("", path.rstrip("/")).rstrip("/")
    if not path or len(path) > LONGEST or _UNSAFE.search(path) or _DOTS & {*path.split("/")}:
        return None
    return path


def _paths(urls: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, map(of_url, urls))))


def _owners(paths: list[str]) -> dict[str, tuple[int, str]]:
    """Find the posts that *paths* lead to: id and slug."""
    below = [path[len(_ARTICLES) :] for path in paths if path.startswith(_ARTICLES)]
    owners = dict(_leading(OldAddress.path, OldAddress.post_id, paths))
    for column, post_id in ((Redirect.slug, Redirect.post_id), (Post.slug, Post.id)):
        owners |= {f"{_ARTICLES}{slug}": owner for slug, owner in _leading(column, post_id, below)}
    return owners


def _leading(
    column: sa.orm.InstrumentedAttribute[str],
    post_id: sa.orm.InstrumentedAttribute[int],
    wanted: list[str],
) -> Iterator[tuple[str, tuple[int, str]]]:
    """Read which of the *wanted* values of a column stand for a post: its id and slug."""
    if not wanted:
        return
    post = sa.orm.aliased(Post)
    query = sa.select(column, post.id, post.slug).join(post, post.id == post_id)
    for at in range(0, len(wanted), _AT_ONCE):
        some = query.where(column.in_(wanted[at : at + _AT_ONCE]))
        for value, id_, slug in db.session.execute(some):
            yield value, (id_, slug)
