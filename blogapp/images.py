"""Images: accepted by what they are, cleaned of what they tell beside the picture, and stored."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import secrets
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import Any

import PIL.Image
import sqlalchemy as sa
from PIL import ImageOps, JpegImagePlugin

from . import config, metadata, slugs
from .errors import Invalid
from .extensions import db
from .models import Image

MOST_BYTES = 20_000_000
MOST_PIXELS = 40_000_000
TYPES = {  # as Pillow calls them: as browsers do, and how files of them end
    "JPEG": ("image/jpeg", ".jpg"),
    "PNG": ("image/png", ".png"),
    "GIF": ("image/gif", ".gif"),
    "WEBP": ("image/webp", ".webp"),
    "AVIF": ("image/avif", ".avif"),
}
_LONGEST_NAME = 60  # characters of what the author called it
_SUMMED = re.compile(r"([0-9a-f]{16})-")
_XML = re.compile(rb"\s*<(?:svg\b|\?xml\b|!--|!doctype\s+svg\b)", re.IGNORECASE)
_LFS = b"version https://git-lfs.github.com/spec/"
_TAKEN = "JPEG, PNG, GIF, WebP or AVIF"

PIL.Image.MAX_IMAGE_PIXELS = MOST_PIXELS


@dataclass(frozen=True, slots=True)
class Picture:
    """What is served of an image: the bytes of the file, its kind (of ``TYPES``), its pixels."""

    data: bytes
    kind: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class File:
    """A file in the media folder: what a row of ``Image`` says of it."""

    name: str
    digest: str
    original_digest: str
    type: str
    width: int
    height: int
    size: int


def find(name: str) -> Image | None:
    """Find an image by its name."""
    return db.session.scalar(sa.select(Image).where(Image.name == name))


def renamed(name: str) -> Image | None:
    """Find the image that a text may show as *name*: each name begins with the digest."""
    start = _SUMMED.match(name)
    if not start:
        return None
    same = Image.digest.between(start[1], f"{start[1]}g")  # LIKE would not use the index
    return db.session.scalar(sa.select(Image).where(same).order_by(Image.digest).limit(1))


def path(name: str) -> Path:
    """Return where the file of the image with this name is, if nobody has taken it away."""
    return config.current().instance / "media" / name


def digest(data: bytes) -> str:
    """Sum up the bytes of a file."""
    return hashlib.sha256(data).hexdigest()


def known(original_digest: str) -> Image | None:
    """Find the image that a file of this ``digest`` became."""
    query = sa.select(Image).where(Image.original_digest == original_digest).order_by(Image.id)
    image = db.session.scalar(query.limit(1))
    return image if image is not None and path(image.name).is_file() else None


def take(data: bytes, name: str) -> Image:
    """Take a file in, once however often it comes; *name* is what its author called it.

    Raises ``Invalid`` as ``accept`` does.
    """
    came_as = digest(data)
    if image := known(came_as):
        return image
    picture = accept(data)
    file = name_file(picture, name, original_digest=came_as)
    keep(file.name, picture.data)  # first: a row without a file would be a broken image
    return add(file)


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
        image.load()
        kind = "JPEG" if image.format == "MPO" else str(image.format)
        if turned := _turned(image, kind):
            return turned
        stripped = metadata.strip(
            data, kind, exif=image.info.get("exif", b""), xmp=image.info.get("xmp", b"")
        )
        return Picture(stripped, kind, *image.size)


def name_file(picture: Picture, name: str, *, original_digest: str) -> File:
    """Choose the file of *picture*: ``keep`` writes it, and then ``add`` makes it an image."""
    summed = digest(picture.data)
    called = db.session.scalar(sa.select(Image.name).where(Image.digest == summed))
    type_, ending = TYPES[picture.kind]
    return File(
        name=called or _name(summed, name) + ending,
        digest=summed,
        original_digest=original_digest,
        type=type_,
        width=picture.width,
        height=picture.height,
        size=len(picture.data),
    )


def keep(name: str, data: bytes) -> None:
    """Write the file of this name, which is there wholly then, and stays through a power cut."""
    file = path(name)
    if file.is_file() and file.stat().st_size == len(data):
        return
    file.parent.mkdir(mode=0o755, exist_ok=True)
    draft = file.with_name(f".{name}.{secrets.token_hex(4)}")
    try:
        with draft.open("wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(file.parent)


def add(file: File) -> Image:
    """Take *file* in, once however often it is used."""
    image = db.session.scalar(sa.select(Image).where(Image.digest == file.digest))
    if image is None:
        image = Image(**asdict(file))
        db.session.add(image)
        db.session.flush()
    return image


@contextlib.contextmanager
def _decoding() -> Iterator[None]:
    """Take whatever goes wrong in a decoder, warnings included, as a reason to refuse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning):
        most = f"more than {MOST_PIXELS // 1_000_000} megapixels"
        raise _refused(f"{most}; make it smaller") from None
    except PIL.UnidentifiedImageError:
        raise _refused(f"no image that browsers show: neither {_TAKEN}") from None
    except Exception as error:  # Pillow raises of every kind for broken files
        raise _refused(f"a broken image ({error}); save it again") from None


def _refused(reason: str) -> Invalid:
    return Invalid("image", reason)


def _turned(image: PIL.Image.Image, kind: str) -> Picture | None:
    """Turn a still picture upright, if it is not; encoded as well as it was."""
    if kind not in {"JPEG", "PNG", "WEBP"} or getattr(image, "n_frames", 1) > 1:
        return None
    try:
        orientation = metadata.orientation(image.info.get("exif", b""))
    except Exception:  # damaged Exif tells nothing, and goes
        return None
    if orientation == 1:
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


def _name(digest: str, name: str) -> str:
    """Put what an author called a file behind the beginning of its digest."""
    slug = slugs.make(PurePath(name).stem.removeprefix(f"{digest[:16]}-"))
    shown = slug if slug.isascii() and slug != slugs.FALLBACK else "image"
    return f"{digest[:16]}-{shown[:_LONGEST_NAME].strip('-')}"


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
