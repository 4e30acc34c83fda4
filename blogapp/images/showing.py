"""Showing: rendered texts told how large their images are, and which copies there are of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import sqlalchemy as sa

from .. import markdown
from ..extensions import db
from ..markdown.pictures import Candidate, Facts
from ..models import Image
from . import copies

FOLDER = "/media/"


def shown(rendered: markdown.Rendered) -> markdown.Rendered:
    """Let the images of ours in *rendered* take their place before they are loaded, and no
    more bytes than they need."""
    if FOLDER not in rendered.html:  # most texts: nothing need be read of them
        return rendered
    names = [
        url.removeprefix(FOLDER)
        for url in markdown.shown_pictures(rendered.html)
        if url.startswith(FOLDER)
    ]
    if not names:
        return rendered
    return replace(rendered, html=markdown.dress(rendered.html, _facts(names)))


def _facts(names: Iterable[str]) -> dict[str, Facts]:
    """Look up what is known of these images, by the addresses that a text shows them at."""
    found = db.session.scalars(sa.select(Image).where(Image.name.in_(set(names))))
    return {f"{FOLDER}{image.name}": _of(image) for image in found}


def _of(image: Image) -> Facts:
    """Tell of an image what a page says of it; itself it is offered if no copy is large enough."""
    offered = [
        Candidate(f"{FOLDER}{copies.name(image.name, width)}", width)
        for width in sorted(image.widths)
    ]
    if offered and offered[-1].width < max(copies.WIDTHS):
        offered.append(Candidate(f"{FOLDER}{image.name}", image.width))
    return Facts(image.width, image.height, tuple(offered))
