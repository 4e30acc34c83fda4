"""Copies: an image in the widths that pages show, so that nobody loads more than they see.

They are WebP whatever the image is: half the bytes of a JPEG that looks alike, and a PNG made
smaller is often no smaller a file. The image itself stays as it came, for who asks for it.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import PIL.Image
from PIL import ImageCms, ImageOps

from .accepting import Picture

WIDTHS = (1600, 960, 480)  # pixels; a column of text on a screen, a telephone, and a list
TYPE = "image/webp"
_WORTH = 0.9  # of the bytes of the next larger one; what saves less is not kept
_FLAT = 0.5  # bytes for a pixel, without loss: a photograph needs more, a drawing fewer
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
    try:
        return _made(picture, wanted)
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


def _made(picture: Picture, wanted: list[int]) -> list[Copy]:
    made: list[Copy] = []
    most = len(picture.data) * _WORTH
    for image in _resized(picture, wanted):
        data = _encoded(image, drawn=_is_drawn(picture))
        if len(data) <= most:
            made.append(Copy(image.width, data))
            most = len(data) * _WORTH
    return made[::-1]


def _is_drawn(picture: Picture) -> bool:
    """Whether *picture* is a drawing or a screenshot, whose edges must stay sharp."""
    pixels = picture.width * picture.height
    return picture.kind in {"PNG", "GIF"} and len(picture.data) < pixels * _FLAT


def _resized(picture: Picture, widths: list[int]) -> Iterator[PIL.Image.Image]:
    """Yield the picture in these widths, each made of the one before."""
    with PIL.Image.open(io.BytesIO(picture.data), formats=[picture.kind]) as opened:
        opened.draft(None, (widths[0], widths[0]))  # a JPEG is unpacked in half or a quarter
        ImageOps.exif_transpose(opened, in_place=True)
        image = _in_colours(opened)
        if image is None:
            return
        if image is not opened:
            opened.close()  # its pixels would take as much memory again
    for width in widths:
        height = max(1, round(picture.height * width / picture.width))
        profile = image.info.get("icc_profile")
        image = image.resize((width, height), PIL.Image.Resampling.LANCZOS, reducing_gap=3)
        image.info["icc_profile"] = profile
        yield image


def _in_colours(image: PIL.Image.Image) -> PIL.Image.Image | None:
    """Bring *image* into red, green and blue; None if that would change how it looks."""
    profile = image.info.get("icc_profile")
    if image.mode == "CMYK":
        image, profile = _from_ink(image, profile), None
    elif image.mode in {"P", "PA", "RGBA", "LA"} or "transparency" in image.info:
        profile = None if image.mode == "LA" else profile
        image = _converted(image, "RGBA")
    elif image.mode in {"L", "1", "RGB"}:
        profile = profile if image.mode == "RGB" else None  # it is one of greys
        image = _converted(image, "RGB")
    else:
        return None
    image.info["icc_profile"] = profile
    return image


def _converted(image: PIL.Image.Image, mode: str) -> PIL.Image.Image:
    return image if image.mode == mode else image.convert(mode)


def _from_ink(image: PIL.Image.Image, profile: bytes | None) -> PIL.Image.Image:
    """Turn the colours of a printer into those of a screen."""
    if profile:
        with contextlib.suppress(ImageCms.PyCMSError):
            printer = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            screen = ImageCms.createProfile("sRGB")
            shown = ImageCms.profileToProfile(image, printer, screen, outputMode="RGB")
            if shown is not None:
                return shown
    return image.convert("RGB")


def _encoded(image: PIL.Image.Image, *, drawn: bool) -> bytes:
    """Encode a copy; of what was *drawn*, sharper, and without any loss if that is smaller."""
    profile = image.info.get("icc_profile")
    found = _saved(image, profile, quality=90 if drawn else 80)
    if not drawn:
        return found
    return min(_saved(image, profile, lossless=True), found, key=len)


def _saved(image: PIL.Image.Image, profile: bytes | None, **settings: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", method=2, icc_profile=profile, **settings)
    return file.getvalue()
