"""The directory: what readers will find at the addresses of this blog, asked for all at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa

from .. import addresses, posts, slugs, tags
from ..extensions import db
from ..models import Image, OldAddress, Post, Redirect, Tag, TagRedirect, post_tags

_ID = re.compile(r'(?<= id=")[^"]+')
_NOTE = re.compile(r"fn(?:ref[0-9]*)?-[0-9]+")  # the ids of footnotes and of their marks
# Where there is something always, and what is not asked for here.
_ALWAYS = frozenset(
    {"", "/archive", "/contact", "/favicon.ico", "/feed.json", "/feed.xml", "/healthz"}
    | {"/llms.txt", "/readyz", "/robots.txt", "/sitemap.xml", "/tags"}
)
_NOT_ASKED = ("/r/", "/series", "/static/")
_SUM = 16  # hexadecimal digits that the name of an image begins with
_PLAIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")  # such a slug has no other spelling
# Spelling names anew takes its time: of longer ones, and of more than so many, it is not tried.
_LONGEST = 2 * slugs.MAX_LENGTH  # characters
_MOST_SPELLED = 100
_ARTICLES = "/blog/"
_BEGINNINGS = {_ARTICLES: "post", "/tags/": "tag", "/media/": "image", "/p/": "preview"}
_NOTHING = {
    "post": "there is no article at this address. Correct it.",
    "tag": "no article has this tag. Correct the address, or give the tag to an article.",
    "image": "there is no such image. Upload it, or choose another.",
    "preview": "preview links end. Link to the article itself.",
    "admin": "readers cannot enter your side. Link to a page of theirs.",
    "address": "there is nothing at this address in this blog. Correct it.",
}
_NOT_YET = (
    "readers do not find this article when yours is published. Publish it first, or take the "
    "link out."
)

_Query = sa.Select[str, str, bool, str, str]  # kind, name, out, headings, HTML
_Found = tuple[bool, frozenset[str]]  # whether readers find it, and the ids on its page


def ids_in(html: str) -> frozenset[str]:
    """List the ids in our HTML."""
    return frozenset(_ID.findall(html))


class Directory:
    """What is at the *wanted* paths, of which anchors are known, at the moment *at* (aware).

    Articles that are out will have the tags *given*, too. It takes one query, or none.
    """

    def __init__(
        self, wanted: Iterable[tuple[str, str]], given: Iterable[str], at: datetime
    ) -> None:
        self._names: dict[str, set[str]] = {}
        self._noted: set[str] = set()  # slugs of articles whose footnotes are asked for
        self._at = at
        self._may_be_spelled = _MOST_SPELLED
        self._meant: dict[str, list[tuple[str, str]]] = {}
        for path, anchor in wanted:
            if path not in self._meant:
                self._meant[path] = [*_meant(path), *self._spelled(path)]
            for kind, name in self._meant[path]:
                self._names.setdefault(kind, set()).add(name)
                if kind == "post" and _NOTE.fullmatch(anchor):
                    self._noted.add(name)
        self._found: dict[tuple[str, str], _Found] = {
            ("tag", name): (True, frozenset()) for name in tags.normalised(given)
        }
        self._ask()

    def trouble(self, path: str, *, shows: bool) -> str:
        """Say why readers find nothing at *path*, where an image should *show*; else nothing.

        *path* is one of those wanted.
        """
        meant = self._meant[path]
        found = [self._found[each] for each in meant if each in self._found]
        if not meant or any(out for out, _ in found):
            return ""
        if found and not shows:
            return _NOT_YET
        return _NOTHING["image" if shows else meant[0][0]]

    def ids(self, path: str) -> frozenset[str] | None:
        """List the ids in the article at *path*, a wanted one; None where they are not known."""
        for each in self._meant[path]:
            if each[0] in {"post", "address"} and each in self._found:
                return self._found[each][1]
        return None

    def _spelled(self, path: str) -> Iterator[tuple[str, str]]:
        """Say which article may be meant by another spelling of its slug."""
        if not path.startswith(_ARTICLES) or not self._may_be_spelled:
            return
        name = path[len(_ARTICLES) :].removesuffix(".md")
        if len(name) <= _LONGEST and not _PLAIN.fullmatch(name):
            self._may_be_spelled -= 1
            yield "post", slugs.make(name)

    def _ask(self) -> None:
        queries = [
            query
            for kind, names in self._names.items()
            if names
            for query in self._queries(kind, sorted(names))
        ]
        if not queries:
            return
        for kind, name, out, headings, html in db.session.execute(sa.union_all(*queries)):
            ids = {heading["id"] for heading in json.loads(headings or "[]")}
            known, more = self._found.get((kind, name), (False, frozenset()))
            if out or not known:  # a post that is out wins over what was at its slug before
                self._found[kind, name] = (bool(out), more | ids | ids_in(html))

    def _queries(self, kind: str, names: Sequence[str]) -> Iterator[_Query]:
        if kind == "post":
            yield self._articles(kind, Post.slug).where(Post.slug.in_(names))
            old = self._articles(kind, Redirect.slug).join(Redirect, Redirect.post_id == Post.id)
            yield old.where(Redirect.slug.in_(names))
        elif kind == "address":
            old = self._articles(kind, OldAddress.path)
            old = old.join(OldAddress, OldAddress.post_id == Post.id)
            yield old.where(OldAddress.path.in_(names))
        elif kind == "tag":
            used = self._is_used()
            yield _row(kind, Tag.name, used).where(Tag.name.in_(names))
            old = _row(kind, TagRedirect.name, used).join(Tag, Tag.id == TagRedirect.tag_id)
            yield old.where(TagRedirect.name.in_(names))
        elif kind == "image":
            # As in images.renamed, for the index.
            same = [Image.digest.between(sum_, f"{sum_}g") for sum_ in names if len(sum_) == _SUM]
            yield _row(kind, sa.func.substr(Image.digest, 1, _SUM), sa.true()).where(
                sa.or_(sa.false(), *same)
            )

    def _articles(self, kind: str, name: sa.orm.InstrumentedAttribute[str]) -> _Query:
        out = posts.is_readable(self._at)
        html = sa.case((Post.slug.in_(sorted(self._noted)), Post.body_html), else_="")
        headings = sa.cast(Post.headings, sa.Text)
        return sa.select(sa.literal(kind), name, out, headings, html).select_from(Post)

    def _is_used(self) -> sa.ColumnElement[bool]:
        """Tell in SQL whether an article has the tag; most of a tag's posts are out."""
        having = sa.select(post_tags.c.post_id).join(Post, Post.id == post_tags.c.post_id)
        out = having.where(post_tags.c.tag_id == Tag.id, posts.is_published(self._at))
        return out.correlate(Tag).exists()


def _row(
    kind: str,
    name: sa.ColumnElement[str] | sa.orm.InstrumentedAttribute[str],
    out: sa.ColumnElement[bool],
) -> _Query:
    nothing = sa.literal("")
    return sa.select(sa.literal(kind), name, out, nothing, nothing)


def _meant(path: str) -> Iterator[tuple[str, str]]:
    """Say what may be at *path*, unescaped: kinds and names, none for what is always there."""
    if path in _ALWAYS or path.startswith(_NOT_ASKED):
        return
    for beginning, kind in _BEGINNINGS.items():
        if path.startswith(beginning):
            yield kind, _name(kind, path[len(beginning) :])
            break
    else:
        if path == "/admin" or path.startswith("/admin/"):
            yield "admin", path
            return
    old = addresses.normalise(path)
    if old is not None:
        yield "address", old
    elif not path.startswith(tuple(_BEGINNINGS)):
        yield "address", path


def _name(kind: str, name: str) -> str:
    if kind == "post":
        return name.removesuffix(".md")
    if kind == "image":
        return name[:_SUM]  # smaller copies, and what was named otherwise once, begin so, too
    if kind != "tag" or len(name) > _LONGEST:
        return name
    return tags.normalise(name.removesuffix("/feed.xml"))
