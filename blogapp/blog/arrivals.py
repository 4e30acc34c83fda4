"""Readers who come by an address of another system: they are led to the article."""

from __future__ import annotations

from flask import redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from .. import addresses, nearby, urls
from ..errors import Gone


def lead_on() -> ResponseReturnValue | None:
    """Look among the old addresses, where no page of ours is."""
    if not isinstance(request.routing_exception, NotFound):
        return None
    if request.method not in {"GET", "HEAD"}:
        return None
    post = addresses.find(request.path)
    if post is None and addresses.gone(request.path):
        name = request.path.rstrip("/").rpartition("/")[2]
        raise Gone("The article that was here has been taken back.", nearby.nearest(name))
    return redirect(urls.article(post), 301) if post else None
