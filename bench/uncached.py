"""The application without the cache before it: each page is made as for its first reader."""

from __future__ import annotations

from flask import Flask

from blogapp import config, create_app
from blogapp.cli import turns


def application(settings: config.Settings | None = None) -> Flask:
    """Make the application, without *settings* as the environment says."""
    app = create_app(settings)
    app.wsgi_app = app.extensions["pagecache"].app  # type: ignore[method-assign] # as Flask says
    app.before_request(app.extensions["eras"].forget_answers)  # numbers that other pages asked for
    return app


def served() -> Flask:
    """Make the application in a worker that works as those of ``blogapp serve``."""
    turns.take_whole()
    return application()
