"""Where a request comes from: a page of ours, or somebody else's."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

from . import config

_PORTS = {"http": 80, "https": 443}
_HIDDEN = "null"


def is_ours() -> bool:
    """Whether the browser says that a page of ours sent this request.

    It says so by ``Sec-Fetch-Site`` (W3C Fetch Metadata, 2.3), which no page can write; without
    it by ``Origin`` (RFC 6454, 7); an old one by ``Referer``.
    """
    return _told() is True


def is_foreign() -> bool:
    """Whether the browser says that a page of another site sent this request."""
    return _told() is False


def is_hidden() -> bool:
    """Whether the browser was told not to say which page sent this request, ours or another's.

    Under ``no-referrer`` it writes ``Origin: null`` (WHATWG Fetch, 3.2), and over plain HTTP it
    has no ``Sec-Fetch-Site`` to tell more.
    """
    return not request.headers.get("Sec-Fetch-Site") and request.headers.get("Origin") == _HIDDEN


def _told() -> bool | None:
    """Tell whether the sender is ours; None for one that does not say, and for no page at all."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return None if site == "none" else site == "same-origin"
    sender = request.headers.get("Origin") or request.referrer
    if not sender or sender == _HIDDEN:
        return None
    # Behind a proxy that writes a Host of its own, only the public address is the browser's.
    ours = {_origin(request.host_url), _origin(config.current().url)}
    return _origin(sender) in ours - {None}


def _origin(url: str) -> tuple[str, str, int] | None:
    """Read scheme, host and port of *url*; None for what has none."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except (KeyError, ValueError):
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None
