"""Spellings: how blog systems write where a link or an image leads, read as a path."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import unquote, urlsplit

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
# {{ "/x.png" | relative_url }} of Jekyll, {{ '/x.png' | url }} of Eleventy
_FILTERED = re.compile(r"\{\{-?\s*(['\"])([^'\"{}|]*)\1\s*\|[^{}]*\}\}")
# {{ site.baseurl }} of Jekyll, {{< baseurl >}}, {{% param "baseurl" %}} and the like of Hugo
_BASE = re.compile(
    r"\{\{[<%]?-?\s*(?:site\.)?(?:github\.)?(?:base_?url|url|\.?Site\.BaseURL|base_path|root)"
    r"\s*+(?:\|[^{}]*+|-?[>%]?)\}\}",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\{\{[<%]-?\s*(?:rel)?ref\s+(?:path=)?[\"'“”`]?"
    r"((?:(?![>%]\}\})[^\"'“”`{}\s])++)[^{}]*+(?<=[>%])\}\}"
)
_POST = re.compile(r"\{%-?\s*post_url\s+[\"']?([^\s\"'{}]+)[\"']?\s*-?%\}")
_LINKED = re.compile(r"\{%-?\s*link\s+[\"']?([^\"'{}]+?)[\"']?(?:(?<!\s)\s++)?+-?%\}")
_PELICAN = re.compile(r"(?:\{(?:filename|static|attach)\}|\|(?:filename|static|attach)\|)")
_ALIAS = re.compile(r"(?:@|~|~~|\$lib|#)/")
_TEMPLATE = re.compile(r"\{\{|\{%")


class Base(Enum):
    """What a path starts from."""

    HERE = auto()  # the file that it stands in
    ROOT = auto()  # the top of the site, or of its texts
    POST = auto()  # Jekyll's posts, by their names


@dataclass(frozen=True, slots=True)
class Target:
    """A place in the old blog: a *path* without escapes, a *fragment* without ``#``."""

    path: str
    base: Base
    fragment: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """Where the old blog was: ``https://example.org/notes`` has the *prefix* ``/notes``."""

    host: str
    prefix: str = ""

    @classmethod
    def at(cls, url: str) -> Home | None:
        """Read an address; None for what is none."""
        try:
            parts = urlsplit(url if "//" in url else f"//{url}")
            host = (parts.hostname or "").removeprefix("www.")
        except ValueError:
            return None
        return cls(host, parts.path.rstrip("/")) if "." in host or host == "localhost" else None


def read(url: str, homes: Sequence[Home] = ()) -> Target | None:
    """Read where *url* leads in the old blog, which was at *homes*.

    None for what leads elsewhere, or within the page, or cannot be understood.
    """
    url = _FILTERED.sub(r"\2", url.strip())
    if post := _POST.search(url):
        return Target(post[1], Base.POST, url[post.end() :].partition("#")[2])
    for pattern in (_REFERENCE, _LINKED):
        if written := pattern.search(url):
            path, _, fragment = f"{written[1]}{url[written.end() :]}".partition("#")
            return Target(unquote(path), Base.ROOT, unquote(fragment)) if path else None
    based = _BASE.match(url)
    url = _BASE.sub("", url)
    if _TEMPLATE.search(url) or not url:
        return None
    return _plain(f"/{url.lstrip('/')}" if based else url, homes)


def _plain(url: str, homes: Sequence[Home]) -> Target | None:
    base = Base.HERE
    if pelican := _PELICAN.match(url):
        url = url[pelican.end() :]
    elif alias := _ALIAS.match(url):
        url, base = url[alias.end() :], Base.ROOT
    elif _SCHEME.match(url) or url.startswith("//"):
        return _on_homes(url, homes)
    path, _, fragment = url.partition("#")
    path = unquote(path.partition("?")[0])
    if not path or "\0" in path:
        return None
    if path.startswith("/"):
        base, path = Base.ROOT, _below(path, homes)
    return Target(path, base, unquote(fragment))


def _on_homes(url: str, homes: Sequence[Home]) -> Target | None:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if parts.scheme not in {"http", "https", ""}:
        return None
    path = unquote(parts.path) or "/"
    for home in homes:
        if home.host == host and f"{path}/".startswith(f"{home.prefix}/"):
            return Target(path[len(home.prefix) :] or "/", Base.ROOT, unquote(parts.fragment))
    return None


def _below(path: str, homes: Sequence[Home]) -> str:
    """Leave out the prefix of a blog: ``/notes/a`` is ``/a`` where the blog is at ``/notes``."""
    for home in homes:
        if home.prefix and path.startswith(f"{home.prefix}/"):
            return path[len(home.prefix) :]
    return path
