"""Accepting: what a file is, by what is in it; made fit to be shown to anybody."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from collections.abc import Iterator
from typing import Any

import PIL.Image
from PIL import ImageOps, JpegImagePlugin

from .. import metadata
from ..errors import Invalid
from .pictures import MOST_BYTES, MOST_PIXELS, TYPES, Picture

MOST_MOVING_PIXELS = 400_000_000  # in all pictures of an animation: browsers unpack each
_XML = re.compile(rb"\s*<(?:svg\b|\?xml\b|!--|!doctype\s+svg\b)", re.IGNORECASE)
_LFS = b"version https://git-lfs.github.com/spec/"
_TAKEN = "JPEG, PNG, GIF, WebP or AVIF"

PIL.Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def accept(data: bytes) -> Picture:
    """Make of a file what readers may get: upright, without place, time and camera.

    The bytes stay as they are where that is possible, whatever the file is called. Raises
    ``Invalid`` with the reason for what is no image, is broken or too large.
    """
    if len(data) > MOST_BYTES:
        raise _refused(f"larger than {MOST_BYTES // 1_000_000} MB; make it smaller")
    start = data[:5000].removeprefix(b"\xef\xbb\xbf")
    if _XML.match(start) and b"<svg" in start.lower():
        raise _refused("an SVG, which is not taken yet; save it as PNG")
    if data.startswith(_LFS):
        raise _refused("a pointer of Git LFS and not the image; run git lfs pull first")
    with _decoding(), PIL.Image.open(io.BytesIO(data), formats=list(TYPES)) as image:
        kind = "JPEG" if image.format == "MPO" else str(image.format)
        # Behind a JPEG there may be others, for depth or brightness: no frames, and left out.
        frames = 1 if kind == "JPEG" else getattr(image, "n_frames", 1)
        _expect_bounded(image, frames)
        image.load()
        if frames == 1 and (turned := _turned(image, kind)):
            return turned
        exif = image.info.get("exif", b"")
        stripped = metadata.strip(data, kind, exif=exif, xmp=image.info.get("xmp", b""))
        lies = kind == "AVIF" and _orientation(exif) >= 5  # which browsers see to by themselves
        width, height = reversed(image.size) if lies else image.size
        return Picture(stripped, kind, width, height, moves=frames > 1)


def is_moving(data: bytes, kind: str) -> bool:
    """Whether a picture that was accepted is an animation."""
    with PIL.Image.open(io.BytesIO(data), formats=[kind]) as opened:
        return kind != "JPEG" and getattr(opened, "n_frames", 1) > 1


@contextlib.contextmanager
def _decoding() -> Iterator[None]:
    """Take whatever goes wrong in a decoder, warnings included, as a reason to refuse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield
    except Invalid:
        raise
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning):
        most = f"more than {MOST_PIXELS // 1_000_000} megapixels"
        raise _refused(f"{most}; make it smaller") from None
    except PIL.UnidentifiedImageError:
        raise _refused(f"no image that browsers show: neither {_TAKEN}") from None
    except Exception as error:  # Pillow raises of every kind for broken files
        raise _refused(f"a broken image ({error}); save it again") from None


def _refused(reason: str) -> Invalid:
    return Invalid("image", reason)


def _expect_bounded(image: PIL.Image.Image, frames: int) -> None:
    """Refuse an animation that would cost readers more than any picture may."""
    if frames > 1 and frames * image.width * image.height > MOST_MOVING_PIXELS:
        most = f"more than {MOST_MOVING_PIXELS // 1_000_000} megapixels in its {frames} frames"
        raise _refused(f"{most}; make it smaller or shorter")


def _orientation(exif: bytes) -> int:
    try:
        return metadata.orientation(exif)
    except Exception:  # damaged Exif tells nothing, and goes
        return 1


def _turned(image: PIL.Image.Image, kind: str) -> Picture | None:
    """Turn a still picture upright, if it is not; encoded as well as it was."""
    orientation = _orientation(image.info.get("exif", b""))
    if kind not in {"JPEG", "PNG", "WEBP"} or orientation == 1:
        return None
    upright = ImageOps.exif_transpose(image)
    saved = io.BytesIO()
    upright.info = {}
    settings = _settings(image, kind, lies=orientation >= 5)
    upright.save(saved, kind, icc_profile=image.info.get("icc_profile"), **settings)
    return Picture(saved.getvalue(), kind, *upright.size)


def _settings(image: PIL.Image.Image, kind: str, *, lies: bool) -> dict[str, Any]:
    """Choose how to encode *image*, which *lies* on its side, so that nobody sees the loss."""
    if kind == "WEBP":
        return {"quality": 95, "method": 4, "exact": True}
    if not isinstance(image, JpegImagePlugin.JpegImageFile):
        return {"optimize": True}
    tables = list(image.quantization.values())
    halved = JpegImagePlugin.get_sampling(image) == 2  # both ways, so turning it changes nothing
    return {
        "qtables": list(map(_transposed, tables)) if lies else tables,
        "subsampling": 2 if halved else 0,
        "progressive": bool(image.info.get("progressive")),
        "optimize": True,
    }


def _transposed(table: list[int]) -> list[int]:
    """Quantise a picture that lies on its side as it was: waves across are waves down then."""
    return [table[at % 8 * 8 + at // 8] for at in range(64)]
