"""Images, as they were stored: what is at an address never changes."""

from __future__ import annotations

from flask import Response, redirect, send_file, url_for
from flask.typing import ResponseReturnValue

from .. import images
from ..errors import Missing
from ..images import copies
from ..models import Image

# Opened on its own, an image is a document: it may run and load nothing.
_POLICY = "default-src 'none'; sandbox"
_NOTHING = "There is no image at this address."


def image(name: str) -> ResponseReturnValue:
    """An image, or one of its copies, by its name."""
    found = images.find(name)
    if found is not None:
        return _send(found, name, mimetype=found.type, etag=found.digest[:32])
    if copy := images.find_copy(name):
        found, width = copy
        return _send(found, name, mimetype=copies.TYPE, etag=f"{found.digest[:32]}-{width}")
    moved = None if copies.read_name(name) else images.renamed(name)
    if moved is None:
        raise Missing(_NOTHING)
    return redirect(url_for(".image", name=moved.name), 301)


def _send(found: Image, name: str, *, mimetype: str, etag: str) -> Response:
    file = images.path(name)
    if not file.is_file():
        raise Missing(_NOTHING)
    response: Response = send_file(
        file,
        mimetype=mimetype,
        conditional=True,
        etag=etag,
        last_modified=found.created_at,
        max_age=31536000,
    )
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = _POLICY
    return response
