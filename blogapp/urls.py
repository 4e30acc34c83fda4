"""Addresses of the blog, as feeds and other machines are told them."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol
from urllib.parse import quote

from . import config

# What may stand in a path as it is (RFC 3986, 3.3).
_SAFE = "-._~!$&'()*+,;=:@"


class Named(Protocol):
    """An article, however much of it is known."""

    @property
    def slug(self) -> str:
        """The last part of its address."""


def article(post: Named) -> str:
    """The path of an article."""
    return f"/blog/{_quoted(post.slug)}"


def contact(slug: str) -> str:
    """The path of the contact form that an article leads to."""
    return f"/contact?post={_quoted(slug)}"


def tag(name: str) -> str:
    """The path of a tag's page."""
    return f"/tags/{_quoted(name)}"


def series(address: str) -> str:
    """The path of the page of a series, by the last part of its address."""
    return f"/series/{_quoted(address)}"


def absolute(path: str) -> str:
    """Put the configured public address before a path; never the Host header."""
    return f"{config.current().url}{path}"


@lru_cache(4096)
def _quoted(part: str) -> str:
    return quote(part, safe=_SAFE)
