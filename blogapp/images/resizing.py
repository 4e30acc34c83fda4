"""Resizing: a picture made smaller, in the colours that browsers show, as WebP."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator

import PIL.Image
from PIL import ImageCms, ImageOps

from .pictures import Picture

_WORTH = 0.9  # of the bytes of the next larger one; what saves less is not kept
_FLAT = 0.5  # bytes for a pixel, without loss: a photograph needs more, a drawing fewer


def smaller(picture: Picture, wanted: list[int]) -> list[tuple[int, bytes]]:
    """Make *picture* in the *wanted* widths that save something, the smallest first.

    Raises what Pillow raises.
    """
    made: list[tuple[int, bytes]] = []
    most = len(picture.data) * _WORTH
    for image in _resized(picture, wanted):
        data = _encoded(image, drawn=_is_drawn(picture))
        if len(data) <= most:
            made.append((image.width, data))
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
