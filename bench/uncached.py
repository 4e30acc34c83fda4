"""The application without the cache before it: each page is made as for its first reader."""

from __future__ import annotations

from flask import Flask

from blogapp import config, create_app


def application(settings: config.Settings | None = None) -> Flask:
    """Make the application; without *settings* as the environment says, which servers want."""
    app = create_app(settings)
    app.wsgi_app = app.extensions["pagecache"].app  # type: ignore[method-assign] # as Flask says
    app.before_request(app.extensions["eras"].forget_answers)  # numbers that other pages asked for
    return app
