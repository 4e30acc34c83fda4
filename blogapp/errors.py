"""What can go wrong, by the blog's own names, and how each failure looks over HTTP."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import sqlalchemy as sa
from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, HTTPException, InternalServerError

from . import htmx

if TYPE_CHECKING:
    from .models import Post

log = logging.getLogger(__name__)


class BlogError(Exception):
    """A failure with a message for a person: the cause, and what to do next."""

    status: ClassVar[int] = 400
    title: ClassVar[str] = "That did not work"

    @property
    def message(self) -> str:
        return str(self)

    @property
    def headers(self) -> Mapping[str, str]:
        return {}


class Invalid(BlogError):
    """A value that is well formed but not allowed; *field* is where the form shows it."""

    status = 422

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Conflict(BlogError):
    """Somebody else was faster."""

    status = 409
    title = "Somebody else was faster"


class Missing(BlogError):
    """There is no such thing; *nearest* are articles that may have been meant."""

    status = 404
    title = "Nothing here"

    def __init__(self, message: str, nearest: list[Post] | None = None) -> None:
        super().__init__(message)
        self.nearest = nearest or []


class SignedOut(BlogError):
    """The author's session has ended in the middle of something."""

    status = 401
    title = "You are signed out"


class TooManyAttempts(BlogError):
    """Wrong passwords cost time; *seconds* are left to wait."""

    status = 429
    title = "Too many attempts"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many attempts. Try again in {_duration(seconds)}.")
        self.seconds = seconds

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.seconds)}


_MESSAGES = {
    400: "The request could not be read. Go back and try again.",
    403: "This is not for you.",
    404: "There is no page at this address.",
    405: "This address does not take that kind of request.",
    500: "Something broke on our side; it has been written down. Try again in a moment.",
}


def init_app(app: Flask) -> None:
    """Give every failure its page."""
    app.register_error_handler(BlogError, _show_blog_error)
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(sa.exc.OperationalError, _show_database_error)
    app.register_error_handler(sa.exc.DataError, lambda _: _show_http_error(BadRequest()))
    app.register_error_handler(Exception, _show_surprise)


def _show_blog_error(error: BlogError) -> ResponseReturnValue:
    nearest = error.nearest if isinstance(error, Missing) else []
    return _show(error.status, error.title, error.message, error.headers, nearest)


def _show_http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error
    message = _too_large() if status == 413 else _MESSAGES.get(status, error.description or "")
    headers = {name: value for name, value in error.get_headers() if name in {"Allow"}}
    return _show(status, error.name, message, headers)


def _show_database_error(error: sa.exc.OperationalError) -> ResponseReturnValue:
    log.exception("the database failed", exc_info=error)
    busy = "locked" in str(error.orig) or "busy" in str(error.orig)
    message = "Too much is being written just now. Try again in a moment."
    if not busy:
        message = "The blog is not set up yet. If it is yours, run: blogapp init"
    return _show(503, "Not ready", message, {"Retry-After": "5"})


def _show_surprise(error: Exception) -> ResponseReturnValue:
    if current_app.debug or current_app.testing:
        raise error
    log.exception("unexpected failure at %s", request.path, exc_info=error)
    return _show_http_error(InternalServerError())


def _show(
    status: int,
    title: str,
    message: str,
    headers: Mapping[str, str],
    nearest: list[Post] | None = None,
) -> ResponseReturnValue:
    page = "errors/_error.html" if htmx.wants_partial() else "errors/error.html"
    texts = _texts_of_form() if status != 413 else []
    html = render_template(
        page, status=status, title=title, message=message, nearest=nearest or [], texts=texts
    )
    return html, status, {**headers, "Cache-Control": "no-store"}


def _too_large() -> str:
    limit = current_app.config["MAX_CONTENT_LENGTH"] // (1024 * 1024)
    return (
        f"That is more than this form takes: at most {limit} MB. Your text is still in the form: "
        "go back, shorten it or split it, and send it again."
    )


def _texts_of_form() -> list[tuple[str, str]]:
    """Collect what was typed, so that a refused form loses nothing."""
    hidden = {"csrf_token", "password", "action", "next", "version", "post"}
    return [(name, text) for name, text in request.form.items() if name not in hidden and text]


def _duration(seconds: int) -> str:
    if seconds < 90:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return f"{-(-seconds // 60)} minutes"
