"""Images, as they were stored: what is at an address never changes."""

from __future__ import annotations

from flask import Response, redirect, send_file, url_for
from flask.typing import ResponseReturnValue

from .. import images
from ..errors import Missing
from .views import bp

# Opened on its own, an image is a document: it may run and load nothing.
_POLICY = "default-src 'none'; sandbox"


@bp.get("/media/<name>")
def image(name: str) -> ResponseReturnValue:
    """An image, by its name."""
    found = images.find(name) or images.renamed(name)
    if found is None or not (file := images.path(found.name)).is_file():
        raise Missing("There is no image at this address.")
    if found.name != name:
        return redirect(url_for(".image", name=found.name), 301)
    response: Response = send_file(
        file,
        mimetype=found.type,
        conditional=True,
        etag=found.digest[:32],
        last_modified=found.created_at,
        max_age=31536000,
    )
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = _POLICY
    return response
