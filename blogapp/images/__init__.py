"""Images: accepted by what they are, cleaned of what they tell beside the picture, and stored."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace

import sqlalchemy as sa

from .. import turns
from ..errors import BlogError, Conflict
from ..extensions import db
from ..models import Image
from . import copies, files
from .copies import Copy
from .files import File, digest, keep, path
from .pictures import MOST_BYTES, MOST_PIXELS, TYPES, Picture
from .showing import shown

__all__ = [
    "MOST_BYTES",
    "MOST_PIXELS",
    "TYPES",
    "Copy",
    "File",
    "Picture",
    "accept",
    "add",
    "copies",
    "copy",
    "copy_again",
    "copy_of",
    "digest",
    "find",
    "find_copy",
    "keep",
    "known",
    "name_file",
    "path",
    "prepare",
    "renamed",
    "shown",
    "take",
    "uncopied",
]

_SUMMED = re.compile(r"([0-9a-f]{16})-")
_decoder = threading.Semaphore(1)  # an unpacked picture takes up to 400 MB


class Busy(BlogError):
    """Another picture is being unpacked, and takes its time."""

    status = 503
    title = "One at a time"

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": "5"}


def accept(data: bytes) -> Picture:
    """Make of a file what readers may get: upright, without place, time and camera.

    Raises ``Invalid`` with the reason for what is no image, is broken or too large.
    """
    from . import accepting  # Pillow: only a worker that takes images in pays for it

    return accepting.accept(data)


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


def find_copy(name: str) -> tuple[Image, int] | None:
    """Find the image of which a copy is called *name*, and the copy's width."""
    read = copies.read_name(name)
    if read is None:
        return None
    stem, width = read
    names = [f"{stem}{ending}" for _, ending in TYPES.values()]
    found = db.session.scalars(sa.select(Image).where(Image.name.in_(names)))
    return next(((image, width) for image in found if width in image.widths), None)


def known(original_digest: str) -> Image | None:
    """Find the image that a file of this ``digest`` became."""
    query = sa.select(Image).where(Image.original_digest == original_digest).order_by(Image.id)
    image = db.session.scalar(query.limit(1))
    return image if image is not None and path(image.name).is_file() else None


def take(data: bytes, name: str) -> Image:
    """Take a file in, once however often it comes; *name* is what its author called it.

    Raises ``Invalid`` as ``accept`` does.
    """
    return add(prepare(data, name), written=True)


def prepare(data: bytes, name: str, *, patience: float | None = None) -> File:
    """Make of *data* files that ``add`` makes an image; the database is not written.

    One picture is unpacked at a time: raises ``Busy`` if its turn does not come within
    *patience* (seconds; without it, it waits). Raises ``Invalid`` as ``accept`` does.
    """
    came_as = digest(data)
    if image := known(came_as):
        return _file_of(image)
    with _turn(patience):
        picture = accept(data)
        made = copies.make(picture)
    file = name_file(picture, name, original_digest=came_as)
    keep(file.name, picture.data)  # first: a row without a file would be a broken image
    return replace(file, widths=copy(file.name, made))


def name_file(picture: Picture, name: str, *, original_digest: str) -> File:
    """Choose the file of *picture*: ``keep`` writes it, and then ``add`` makes it an image."""
    summed = digest(picture.data)
    there = db.session.scalar(sa.select(Image.name).where(Image.digest == summed))
    type_, ending = TYPES[picture.kind]
    return File(
        name=there or files.name(summed, name) + ending,
        digest=summed,
        original_digest=original_digest,
        type=type_,
        width=picture.width,
        height=picture.height,
        size=len(picture.data),
        called=files.called(name),
    )


def copy(name: str, made: list[Copy]) -> tuple[int, ...]:
    """Write the copies that were *made* of the image with this name; returns their widths."""
    for each in made:
        keep(copies.name(name, each.width), each.data)
    return tuple(each.width for each in made)


def add(file: File, *, written: bool = False) -> Image:
    """Take *file* in, once however often it is used; flushes.

    With *written*, it is in the media folder since ``prepare``; else ``keep`` writes it later.
    Raises ``Conflict`` if somebody else takes it in, or deletes it, at this very moment.
    """
    if written:
        turns.take(Image)
        if not path(file.name).is_file():
            raise Conflict("The same image was deleted in the same moment. Send it once more.")
    image = db.session.scalar(sa.select(Image).where(Image.digest == file.digest))
    if image is None:
        image = Image(**asdict(file) | {"widths": list(file.widths)})
        db.session.add(image)
    elif file.widths and not image.widths:
        image.widths = list(file.widths)
    try:
        db.session.flush()
    except sa.exc.IntegrityError as error:
        raise Conflict("The same image came in the same moment. Send it once more.") from error
    return image


def uncopied() -> list[int]:
    """List the ids of images that may lack copies: for one that is not worth it, none is made."""
    query = sa.select(Image).where(Image.width > min(copies.WIDTHS)).order_by(Image.id)
    return [image.id for image in db.session.scalars(query) if _lacks(image)]


def copy_again(image_id: int) -> None:
    """Make the copies that an image lacks; one whose file is gone or damaged stays as it is."""
    image = db.session.get_one(Image, image_id)
    with contextlib.suppress(OSError):
        image.widths = list(copy_of(image, path(image.name).read_bytes()))
    db.session.flush()


def copy_of(image: Image, data: bytes) -> tuple[int, ...]:
    """Make and write the copies of *image*, whose file is *data*; returns their widths."""
    from . import accepting  # as in accept

    kind = next(kind for kind, (type_, _) in TYPES.items() if type_ == image.type)
    try:
        moves = accepting.is_moving(data, kind)
    except Exception:  # Pillow raises of every kind for a broken file; readers see it as it is
        return ()
    return copy(image.name, copies.make(Picture(data, kind, image.width, image.height, moves)))


def _lacks(image: Image) -> bool:
    names = [copies.name(image.name, width) for width in image.widths]
    return not names or not all(path(name).is_file() for name in names)


def _file_of(image: Image) -> File:
    fields = {name: getattr(image, name) for name in File.__dataclass_fields__}
    return File(**fields | {"widths": tuple(image.widths)})


@contextlib.contextmanager
def _turn(patience: float | None) -> Iterator[None]:
    if not _decoder.acquire(timeout=patience):
        raise Busy("Other images are being prepared just now. Send this one again in a moment.")
    try:
        yield
    finally:
        _decoder.release()
