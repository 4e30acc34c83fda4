"""Page or partial: the whole HTMX policy."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template
from htmx_flask import request


def wants_partial() -> bool:
    """Tell whether htmx asked for a part: not for a boosted page, nor for its history."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def render_page(page: str, partial: str, status: int = 200, /, **context: Any) -> Response:
    """Answer with *partial* if htmx asked for it, else with the *page* that includes it."""
    template = partial if wants_partial() else page
    response: Response = make_response(render_template(template, **context), status)
    response.vary.add("HX-Request")
    return response
