"""Pictures of ours in rendered HTML: their size, and the copies that a browser may choose from.

It works on the sanitiser's output, where every ``<`` starts a tag: what is known of a picture
comes from a database, which the process that renders does not have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import urljoin

from . import tags

_IMAGE = re.compile(r"<img(?=[ >])[^>]*>")
_PIXELS = re.compile(r"([1-9][0-9]{0,4})(?:px)?")
_COLUMN = 672  # pixels: --measure of the pages
_SIZES = "(min-width: 45rem) 42rem, 100vw"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that shows a picture, *width* pixels wide."""

    url: str
    width: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a picture: its pixels, and the *candidates* to choose from, if any."""

    width: int
    height: int
    candidates: tuple[Candidate, ...] = ()


def find(html: str) -> list[str]:
    """List the addresses of the pictures in *html*."""
    found = (tags.attributes(tag).get("src", "") for tag in _IMAGE.findall(html))
    return [unescape(url) for url in found if url]


def dress(html: str, facts: Mapping[str, Facts]) -> str:
    """Write *facts*, by address, into the pictures that they are about.

    A width or height that an author gave stays, and the other follows it.
    """

    def dressed(tag: re.Match[str]) -> str:
        has = tags.attributes(tag[0])
        known = facts.get(unescape(has.get("src", "")))
        return tags.write("img", has | _said(has, known)) if known else tag[0]

    return _IMAGE.sub(dressed, html)


def resolve(srcset: str, base: str) -> str:
    """Resolve the addresses of a ``srcset`` that ``dress`` wrote against *base*."""
    pairs = (candidate.split(" ", 1) for candidate in srcset.split(", "))
    return ", ".join(" ".join([urljoin(base, url), *width]) for url, *width in pairs)


def _said(has: Mapping[str, str], known: Facts) -> dict[str, str]:
    width, height = _shape(has, known)
    said = {"width": width, "height": height} if width and height else {}
    if known.candidates:
        chosen = ", ".join(f"{each.url} {each.width}w" for each in known.candidates)
        pixels = _PIXELS.fullmatch(width)
        said |= {"srcset": escape(chosen), "sizes": _sizes(int(pixels[1]) if pixels else 0)}
    return said


def _shape(has: Mapping[str, str], known: Facts) -> tuple[str, str]:
    """Tell width and height as they are to be written; empty for what cannot be told."""
    width, height = has.get("width", ""), has.get("height", "")
    if width and height:
        return width, height
    if not width and not height:
        return str(known.width), str(known.height)
    given = _PIXELS.fullmatch(width or height)
    if given is None:
        return width, height
    pixels = int(given[1])
    if width:
        return width, str(max(1, round(pixels * known.height / known.width)))
    return str(max(1, round(pixels * known.width / known.height))), height


def _sizes(width: int) -> str:
    """Say how wide a picture is shown that would be *width* pixels wide; 0 is unknown."""
    if not 0 < width < _COLUMN:
        return _SIZES
    return f"(min-width: {width + 32}px) {width}px, 100vw"
