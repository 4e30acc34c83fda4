"""Page or partial: the whole HTMX policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, render_template, request

from . import frames, markdown

# All that ``is_partial`` looks at: a cache of others' must not take one answer for the other.
_VARY = "HX-Request, HX-Boosted, HX-History-Restore-Request"


def wants_partial() -> bool:
    """Tell whether htmx asked for a part: not for a boosted page, nor for its history."""
    return is_partial(request.environ)


def is_partial(environ: Mapping[str, Any]) -> bool:
    """Tell the same of a WSGI environment."""
    return (
        environ.get("HTTP_HX_REQUEST") == "true"
        and environ.get("HTTP_HX_BOOSTED") != "true"
        and environ.get("HTTP_HX_HISTORY_RESTORE_REQUEST") != "true"
    )


def render_page(page: str, partial: str, status: int = 200, /, **context: Any) -> Response:
    """Answer with *partial* if htmx asked for it, else with the *page* that includes it."""
    template = partial if wants_partial() else page
    response: Response = make_response(render_template(template, **context), status)
    response.headers["Vary"] = _VARY
    return response


def render_framed(
    page: str, partial: str, ready: Mapping[str, bytes], /, **context: Any
) -> Response:
    """Answer likewise, where *page* is one that ``frames`` can render of what is *ready*."""
    if wants_partial():
        texts = {name: markdown.trusted(html.decode()) for name, html in ready.items()}
        return render_page(page, partial, **texts, **context)
    response = frames.render(page, ready, **context)
    response.headers["Vary"] = _VARY
    return response
