"""Copies: an image in the widths that pages show, so that nobody loads more than they see.

They are WebP whatever the image is: half the bytes of a JPEG that looks alike, and a PNG made
smaller is often no smaller a file. The image itself stays as it came, for who asks for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .pictures import Picture

WIDTHS = (1600, 960, 480)  # pixels; a column of text on a screen, a telephone, and a list
TYPE = "image/webp"
_NAME = re.compile(r"(.+)-([0-9]{1,5})w\.webp")
_NAMED = re.compile(r"(.+)\.[a-z]+")


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of this *width*, in pixels."""

    width: int
    data: bytes


def make(picture: Picture) -> list[Copy]:
    """Make the copies of *picture* that save something, the smallest first.

    An animation has none: made smaller, it is often larger. Nor has one in colours that WebP
    does not know, or on which a decoder fails.
    """
    wanted = wanted_of(picture.width)
    if picture.moves or not wanted:
        return []
    from . import resizing  # Pillow: only a worker that takes images in pays for it

    try:
        return [Copy(width, data) for width, data in resizing.smaller(picture, wanted)]
    except Exception:  # Pillow raises of every kind; the image itself is served then
        return []


def wanted_of(width: int) -> list[int]:
    """List the widths of copies that an image of this *width* may have, the largest first."""
    return [each for each in WIDTHS if each < width]


def name(image: str, width: int) -> str:
    """Name the copy of the image with this name."""
    found = _NAMED.fullmatch(image)
    return f"{found[1] if found else image}-{width}w.webp"


def read_name(copy: str) -> tuple[str, int] | None:
    """Read the name of a copy: that of its image without the ending, and the width."""
    found = _NAME.fullmatch(copy)
    return (found[1], int(found[2])) if found else None
