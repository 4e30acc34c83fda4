"""The theme that a reader has chosen: a stylesheet of their own, so that no page depends on it."""

from __future__ import annotations

from flask import Flask, Response, request

# The cookie is for this address only: a page is asked for without it, and stays one for all.
ADDRESS = "/static/theme.css"
THEMES = {"light", "dark"}
YEAR = 31536000  # seconds


def init_app(app: Flask) -> None:
    """Serve the stylesheet; `static/js/theme.js` sets the cookie, and then asks for it anew."""
    app.add_url_rule(ADDRESS, "theme", stylesheet)


def stylesheet() -> Response:
    """Set the theme before the first paint, which a script could do only by delaying it."""
    chosen = request.cookies.get("theme")
    rule = f"@layer tokens{{:root{{color-scheme:{chosen}}}}}" if chosen in THEMES else ""
    response = Response(rule, mimetype="text/css")
    response.headers["Cache-Control"] = f"private, max-age={YEAR}"
    response.vary.add("Cookie")
    return response
