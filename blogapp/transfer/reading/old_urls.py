"""Old URLs: the addresses that a post had elsewhere, as it says itself or its system implies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from . import derived_urls, names
from .derived_urls import Facts
from .fields import Fields, one_line
from .settings import Site

_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
_FILE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif|md|pdf|zip)$", re.IGNORECASE)
_ENDING = re.compile(r"(?:/index)?(?:\.html?)?$", re.IGNORECASE)
_UNFILLED = re.compile(r"\{\{|\{%|<%|\$\{")
_SPECIAL = re.compile("[%#?]")


def of(site: Site, fields: Fields, facts: Facts) -> tuple[str, ...]:
    """List the root-relative URLs at which a post was found, its last one first.

    Only what would end a path in a URL is escaped in them, unless the author did more.
    """
    own = _own(site, fields, facts)
    earlier = (f"{site.base}{url}" for url in _earlier(site, fields, own))
    return tuple(dict.fromkeys([*filter(None, [own]), *earlier]))


def last_name(fields: Fields) -> str | None:
    """Find the name at the end of the address that a post gives itself."""
    for key in ("permalink", "url", "path"):
        address = _path(one_line(fields.values.get(key)) or "")
        if address and "/" in address and not _is_pattern(address):
            return _ENDING.sub("", address.rstrip("/")).rpartition("/")[2] or None
    return None


def written(fields: Fields) -> str:
    """Find the address that a post gives itself, if it is one and no pattern."""
    found = (_path(one_line(fields.values.get(key)) or "") for key in ("permalink", "url", "path"))
    return next((address for address in found if address and not _is_pattern(address)), "")


def _own(site: Site, fields: Fields, facts: Facts) -> str | None:
    permalink = _path_of(site, one_line(fields.values.get("permalink")) or "")
    if permalink and _is_pattern(permalink):
        filled = (
            None if _UNFILLED.search(permalink) else derived_urls.filled(site, facts, permalink)
        )
        return f"{site.base}{_rooted(filled)}" if filled else None
    if permalink and "/" in permalink:
        return f"{site.base}{_rooted(permalink)}"
    url = one_line(fields.values.get("url")) or ""
    if url.startswith("/") or (url and site.name in ("hugo", "pelican") and "://" not in url):
        return f"{site.base}{_rooted(url)}"
    path = one_line(fields.values.get("path")) or ""
    if path.startswith("/") or (path and (site.name == "zola" or fields.notation == "toml")):
        return None if _FILE.search(path) else f"{site.base}{_rooted(path)}"
    slug = fields.text("slug")
    if slug.startswith("/") and site.name != "docusaurus":
        return _rooted(slug)
    derived = derived_urls.of(site, facts)
    return _SPECIAL.sub(lambda sign: f"%{ord(sign[0]):02X}", derived) if derived else None


def _earlier(site: Site, fields: Fields, own: str | None) -> Iterator[str]:
    for name in names.EARLIER:
        for item in fields.listed(name):
            address = _path_of(site, item)
            if not address:
                continue
            if address.startswith("/") or name == "redirectfrom" or site.name == "zola":
                yield _rooted(address)
            elif site.name == "hugo" and own:
                yield f"{own.rstrip('/').rpartition('/')[0]}/{address}".removeprefix(site.base)
            elif fields.notation == "toml" and "/" in address:
                yield _rooted(address)


def _path_of(site: Site, address: str) -> str:
    """Take the path out of a URL of the old blog; empty if its host is known to be another."""
    if not site.host or not _ABSOLUTE.match(address):
        return _path(address)
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return _path(address) if host.removeprefix("www.") == site.host else ""


def _path(address: str) -> str:
    """Take the path out of a whole URL."""
    if not _ABSOLUTE.match(address):
        return address
    try:
        return urlsplit(address).path or "/"
    except ValueError:
        return ""


def _is_pattern(address: str) -> bool:
    return ":" in address or bool(_UNFILLED.search(address))


def _rooted(address: str) -> str:
    return f"/{address.lstrip('/')}"
