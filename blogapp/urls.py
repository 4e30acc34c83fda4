"""Addresses of the blog, as feeds and other machines are told them."""

from __future__ import annotations

from urllib.parse import quote

from . import config
from .models import Post

# What may stand in a path as it is (RFC 3986, 3.3).
_SAFE = "-._~!$&'()*+,;=:@"


def article(post: Post) -> str:
    """The path of an article."""
    return f"/blog/{quote(post.slug, safe=_SAFE)}"


def tag(name: str) -> str:
    """The path of a tag's page."""
    return f"/tags/{quote(name, safe=_SAFE)}"


def series(address: str) -> str:
    """The path of the page of a series, by the last part of its address."""
    return f"/series/{quote(address, safe=_SAFE)}"


def absolute(path: str) -> str:
    """Put the configured public address before a path; never the Host header."""
    return f"{config.current().url}{path}"
