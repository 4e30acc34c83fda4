"""The library: all images, where each is used, what is said for who does not see it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from .. import texts, turns
from ..errors import BlogError, Conflict, Invalid, Missing
from ..extensions import db
from ..models import MAX_ID, Image, Post, Revision
from . import copies, files

PAGE_SIZE = 24
MAX_ALT = 1000  # characters
_SHOWN = re.compile(r"/media/([0-9a-f]{16})-")
_SPECIAL = re.compile(r"([\\\[\]])")


@dataclass(frozen=True, slots=True)
class Use:
    """A post whose text names an image, or, with *past*, a text of it that is kept did."""

    post_id: int
    title: str
    past: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some images, the newest first; the next ones come *before* this id, if there are more."""

    images: Sequence[Image]
    before: int | None


def listed(words: str = "", *, before: int = MAX_ID) -> Page:
    """List the images before an id that have all *words* in name, file name or description."""
    query = sa.select(Image).where(Image.id < before).order_by(Image.id.desc())
    for word in words.split():
        columns = (Image.name, Image.called, Image.alt)
        query = query.where(
            sa.or_(*(column.icontains(word, autoescape=True) for column in columns))
        )
    found = list(db.session.scalars(query.limit(PAGE_SIZE + 1)))
    more = len(found) > PAGE_SIZE
    return Page(found[:PAGE_SIZE], found[PAGE_SIZE - 1].id if more else None)


def get(image_id: int) -> Image:
    """Find an image for its author; raises ``Missing``."""
    image = db.session.get(Image, image_id) if 0 < image_id <= MAX_ID else None
    if image is None:
        raise Missing("There is no such image. All that there are: /admin/images")
    return image


def uses(images: Iterable[Image]) -> dict[int, list[Use]]:
    """Tell for each image, by its id, which posts name it; those in the trash, too."""
    wanted = {image.digest[:16]: image.id for image in images}
    found: dict[int, list[Use]] = {image_id: [] for image_id in wanted.values()}
    if not wanted:
        return found
    # One pass over the texts that show any image, for there is no index of what a text names.
    query = sa.select(Post.id, Post.title, Post.body).where(Post.body.contains("/media/"))
    for post_id, title, body in db.session.execute(
        query.order_by(Post.id).execution_options(yield_per=100)
    ):
        for start in set(_SHOWN.findall(body)) & wanted.keys():
            found[wanted[start]].append(Use(post_id, title))
    return found


def all_uses(image: Image) -> list[Use]:
    """Tell which posts name *image*, and which did in a text that can be restored."""
    now = uses([image])[image.id]
    query = (
        sa.select(Post.id, Post.title)
        .where(
            Post.id.in_(
                sa.select(Revision.post_id).where(
                    Revision.body.contains(f"/media/{image.digest[:16]}-")
                )
            )
        )
        .order_by(Post.id)
    )
    known = {use.post_id for use in now}
    return [
        *now,
        *(Use(*row, past=True) for row in db.session.execute(query) if row.id not in known),
    ]


def describe(image: Image, alt: str) -> None:
    """Keep what is said for who does not see *image*, to be offered where it is used next.

    Raises ``Invalid`` for a very long text.
    """
    said = texts.line(alt)
    if len(said) > MAX_ALT:
        raise Invalid("alt", f"At most {MAX_ALT} characters: longer ones belong into the text.")
    image.alt = said
    db.session.flush()


def remove(image: Image) -> list[str]:
    """Delete an image that nothing uses; flushes. Returns the files for ``discard``.

    Raises ``Conflict`` while a post, or a text of one that is kept, names it.
    """
    turns.take(Image, Post, Revision)  # else it could come into a text after the look at all
    used = all_uses(image)
    if used:
        titles = ", ".join(f"“{use.title}”" for use in used[:3])
        raise Conflict(f"It is still used, by {titles}. Take it out there first.")
    names = [image.name, *(copies.name(image.name, width) for width in image.widths)]
    db.session.delete(image)
    db.session.flush()
    return names


def discard(names: Iterable[str]) -> None:
    """Delete the files of an image that was removed, after the commit, unless it is back."""
    image, *_ = named = list(names)
    turns.take(Image)
    if db.session.scalar(sa.select(Image.id).where(Image.name == image)) is None:
        for name in named:
            files.path(name).unlink(missing_ok=True)
    db.session.rollback()


def markdown(image: Image, alt: str | None = None) -> str:
    """Write the line of Markdown that shows *image*."""
    said = _SPECIAL.sub(r"\\\1", image.alt if alt is None else alt)
    return f"![{said}](/media/{image.name})"


def thumbnail(image: Image) -> str:
    """Name the smallest file that shows *image*."""
    return copies.name(image.name, min(image.widths)) if image.widths else image.name


def refusal(name: str, error: BlogError) -> str:
    """Say of a file why it was not taken."""
    return f"{files.called(name) or 'This file'} was not taken: {error.message}."
