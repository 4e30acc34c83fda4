"""Links between the posts of an old blog, led to where the posts are now."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import quote, unquote, urljoin

import sqlalchemy as sa

from ... import addresses, slugs
from ...extensions import db
from ...models import OldAddress, Post
from ..files.trees import Tree
from .spellings import Base, Target
from .whereabouts import Whereabouts

TEXTS = (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".rst", ".txt", ".org", ".ipynb")

_ENDINGS = ("", ".md", ".markdown", "/index.md", "/_index.md", "/README.md", "/index.markdown")
_OURS = ("/", "/archive", "/tags", "/contact", "/feed.xml", "/feed.json")  # always there
_IN_FRAGMENT = "-._~!$*+,;=:@/?"  # what RFC 3986 allows and neither Markdown nor HTML reads


@dataclass(frozen=True, slots=True)
class Lead:
    """Where a link leads now: its *url* here; without one, the *file* that it means, if any."""

    url: str = ""
    file: str = ""


class Book:
    """Where the posts of an import are: by file, by address, by the name that Jekyll gives."""

    def __init__(self) -> None:
        self._slugs: dict[str, str] = {}
        self._firsts: dict[str, str] = {}  # by the file of a copy
        self._urls: dict[str, list[str]] = {}
        self._addresses: dict[str, str] = {}
        self._own: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def add(self, path: str, slug: str, old: Sequence[str], *, copy_of: str = "") -> None:
        """Note the post of the file *path*, and its *old* addresses, the most certain first.

        The post of a copy is that of the file that it is a copy of. ``settle`` follows the last.
        """
        first = copy_of or path
        self._slugs[path], self._firsts[path] = slug, first
        self._names.setdefault(posixpath.splitext(posixpath.basename(path))[0], path)
        if old:
            self._own[path] = old[0]
        known = self._urls.setdefault(first, [])
        known += (url for url in old if url not in known)

    def settle(self) -> None:
        """Give each address to one post: to the one that is at it, then to who was there first.

        A post's own address comes before those that led to it, and of addresses that may be
        either the one that ends in the slug.
        """
        for path, first in self._firsts.items():
            if path == first:
                self._addresses[f"/blog/{self._slugs[path]}"] = path
        claims = [
            (at, path, url) for path, urls in self._urls.items() for at, url in enumerate(urls)
        ]
        for _, path, url in sorted(claims, key=self._uncertainty):
            if address := _address(url):
                self._addresses.setdefault(address, path)

    def _uncertainty(self, claim: tuple[int, str, str]) -> tuple[bool, bool]:
        at, path, url = claim
        name = posixpath.basename(_address(url) or "")
        return at > 0, slugs.make(name) != self._slugs[path]

    def urls(self, path: str) -> list[str]:
        """List the old URLs of the post of the file *path*, and of its copies."""
        return self._urls.get(path, [])

    def leads(self, url: str, path: str) -> bool:
        """Tell whether an old URL is that of the post of the file *path*, and of no other."""
        return self._addresses.get(_address(url) or "") == path

    def slug(self, path: str) -> str | None:
        """Tell the slug of the post of the file *path*."""
        return self._slugs.get(path)

    def clashes(self, path: str, old: Iterable[str]) -> dict[str, str]:
        """Tell which *old* addresses of the file *path* are another's, and which file's."""
        owners = {found: self._addresses.get(found) for found in filter(None, map(_address, old))}
        return {found: owner for found, owner in owners.items() if owner and owner != path}

    def named(self, name: str) -> str | None:
        """Find the file that ``{% post_url name %}`` means."""
        return self._names.get(posixpath.basename(name))

    def at(self, path: str, source: str) -> str | None:
        """Find the file of the post that was at *path*, seen from the page of *source*."""
        whole = self.address(path, source)
        return self._addresses.get(whole) if whole else None

    def address(self, path: str, source: str) -> str | None:
        """Resolve *path* as a browser did on the page of *source*; None if that is not known."""
        if not path.startswith("/"):
            own = self._own.get(source)
            if own is None:
                return None
            return _address(urljoin(quote(own), quote(path)))
        return addresses.compose(path)


@lru_cache(4096)  # each is asked for in several places
def _address(url: str) -> str | None:
    """Write where the old blog had a page, which may be an address that is ours here."""
    path, _, query = url.partition("#")[0].partition("?")
    return None if query else addresses.compose(unquote(path))


class Links:
    """Leads links in the texts of *tree* to the posts of *book*, or of an earlier import."""

    def __init__(self, tree: Tree, book: Book) -> None:
        self._tree = tree
        self._book = book
        self._whereabouts = Whereabouts(tree, TEXTS, _ENDINGS)
        self._of_source = cache(_slug_of_source)
        self._at_address = cache(_slug_at_address)

    def lead(self, target: Target, source: str) -> Lead:
        """Find out where *target*, in the text at *source*, leads."""
        file = self._file(target, source)
        slug = self._book.slug(file) if file else None
        slug = slug or self._stored(target, source, file)
        if slug is None:
            return Lead(file=file or "")
        fragment = f"#{quote(target.fragment, safe=_IN_FRAGMENT)}" if target.fragment else ""
        return Lead(f"/blog/{slug}{fragment}")

    def _file(self, target: Target, source: str) -> str | None:
        if target.base is Base.POST:
            return self._book.named(target.path)
        return self._book.at(target.path, source) or self._whereabouts.find(target, source)

    def _stored(self, target: Target, source: str, file: str | None) -> str | None:
        """Look among the posts that came in before."""
        if file and (slug := self._of_source(self._tree.source(file))):
            return slug
        address = self._book.address(target.path, source) if target.base is not Base.POST else None
        return self._at_address(address) if address else None


def _slug_of_source(source: str) -> str | None:
    query = sa.select(Post.slug).where(Post.source == source).order_by(Post.id)
    return db.session.scalar(query.limit(1))


def _slug_at_address(path: str) -> str | None:
    query = sa.select(Post.slug).join(OldAddress, OldAddress.post_id == Post.id)
    return db.session.scalar(query.where(OldAddress.path == path))


def is_ours(target: Target) -> bool:
    """Tell whether there is a page here at *target*, whatever comes in."""
    path = target.path.rstrip("/") or "/"
    return target.base is Base.ROOT and (path in _OURS or path.startswith("/tags/"))
