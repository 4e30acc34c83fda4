"""Pictures: what kinds of images are taken, and one that was."""

from __future__ import annotations

from dataclasses import dataclass

MOST_BYTES = 20_000_000
MOST_PIXELS = 40_000_000
TYPES = {  # as Pillow calls them: as browsers do, and how files of them end
    "JPEG": ("image/jpeg", ".jpg"),
    "PNG": ("image/png", ".png"),
    "GIF": ("image/gif", ".gif"),
    "WEBP": ("image/webp", ".webp"),
    "AVIF": ("image/avif", ".avif"),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """What is served of an image: the bytes of the file, its kind (of ``TYPES``), its pixels.

    *width* and *height* are those that browsers show; *moves* says that it is an animation.
    """

    data: bytes
    kind: str
    width: int
    height: int
    moves: bool = False
