"""What can go wrong, by the blog's own names, and how each failure looks over HTTP."""

from __future__ import annotations

import errno
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import sqlalchemy as sa
from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    InternalServerError,
    RequestEntityTooLarge,
)

from . import config, htmx
from .extensions import db

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


class Gone(Missing):
    """There was such a thing, and its author has taken it back."""

    status = 410
    title = "Gone"


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


class _Cause(NamedTuple):
    """Why the database failed: told by one of these *signs* in what it says."""

    signs: tuple[str, ...]
    message: str


_FULL = "The disk is full, so nothing was saved. If the blog is yours, make room, then try again."
# sqlite.org/rescode.html; PostgreSQL, appendix A: Error Codes.
_CAUSES = (
    _Cause(("sqlite_full", "disk is full", "53100"), _FULL),
    _Cause(
        ("sqlite_busy", "sqlite_locked", "locked", "busy", "40p01", "55p03", "40001"),
        "Too much is being written just now. Try again in a moment.",
    ),
    _Cause(
        ("no such table", "42p01"),
        "The blog is not set up yet. If it is yours, run: blogapp init",
    ),
)
_NOT_TYPED = {
    *("csrf_token", "password", "sign_in_name", "sign_in_password", "action", "next", "again"),
    *("version", "post", "sitting", "kept", "saved_at", "seen", "unanswered", "author"),
    *("shelf", "shelf_was", "which", "zone"),
}
_LABELS = {"body": "text", "minutes": "reading time"}
_MESSAGES = {
    400: "The request could not be read. Go back and try again.",
    403: "This is not for you.",
    404: "There is no page at this address.",
    405: "This address does not take that kind of request.",
    500: "Something broke on our side; it has been written down. Try again in a moment.",
}


def init_app(app: Flask) -> None:
    """Give every failure its page."""
    app.register_error_handler(BlogError, show_blog_error)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(sa.exc.OperationalError, _show_database_error)
    app.register_error_handler(sa.exc.ProgrammingError, _show_database_error)
    app.register_error_handler(sa.exc.DataError, lambda _: show_http_error(BadRequest()))
    app.register_error_handler(Exception, _show_surprise)


def show_blog_error(error: BlogError) -> ResponseReturnValue:
    nearest = error.nearest if isinstance(error, Missing) else []
    return _show(error.status, error.title, error.message, error.headers, nearest)


class Typed(NamedTuple):
    """A field of a form with what was typed into it; *label* is what people call it."""

    name: str
    label: str
    text: str


def texts_of_form() -> list[Typed]:
    """Collect what was typed, so that a refused form loses nothing; no password, no token."""
    try:
        sent = list(request.form.items())
    except RequestEntityTooLarge:
        return []
    return [
        Typed(name, _LABELS.get(name, name.replace("_", " ")), text)
        for name, text in sent
        if name not in _NOT_TYPED and text
    ]


def show_http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error
    message = _too_large() if status == 413 else _MESSAGES.get(status, error.description or "")
    headers = {name: value for name, value in error.get_headers() if name in {"Allow"}}
    return _show(status, error.name, message, headers)


def _show_database_error(
    error: sa.exc.OperationalError | sa.exc.ProgrammingError,
) -> ResponseReturnValue:
    """Say what the database lacks; both of ours tell it by the code or the words of their own."""
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    said = f"{code} {error.orig}".lower()
    cause = next((cause for cause in _CAUSES if any(sign in said for sign in cause.signs)), None)
    if cause is None and isinstance(error, sa.exc.ProgrammingError):
        return _show_surprise(error)
    log.exception("the database failed", exc_info=error)
    message = cause.message if cause else "The database does not answer. Try again in a moment."
    return _show(503, "Not ready", message, {"Retry-After": "5"})


def _show_surprise(error: Exception) -> ResponseReturnValue:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        log.exception("the disk is full at %s", request.path, exc_info=error)
        return _show(503, "Not ready", _FULL, {})
    if current_app.debug or current_app.testing:
        raise error
    log.exception("unexpected failure at %s", request.path, exc_info=error)
    return show_http_error(InternalServerError())


def _show(
    status: int,
    title: str,
    message: str,
    headers: Mapping[str, str],
    nearest: list[Post] | None = None,
) -> ResponseReturnValue:
    db.session.rollback()  # after a write that failed, nothing else could be asked
    page = "errors/_error.html" if htmx.wants_partial() else "errors/error.html"
    # Not render_template: it would ask the database for what an edge's own pages show.
    html = current_app.jinja_env.get_template(page).render(
        site=config.current(),
        status=status,
        title=title,
        message=message,
        nearest=nearest or [],
        texts=texts_of_form() if status != 413 else [],
    )
    return html, status, {**headers, "Cache-Control": "no-store"}


def _too_large() -> str:
    limit = (request.max_content_length or 0) // 1_000_000
    if request.mimetype == "multipart/form-data":
        return (
            f"That is more than can be sent at once: at most {limit} MB. Nothing was taken: go "
            "back, and send fewer or smaller files."
        )
    return (
        f"That is more than this form takes: at most {limit} MB. Your text is still in the form: "
        "go back, shorten it or split it, and send it again."
    )


def _duration(seconds: int) -> str:
    if seconds < 90:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return f"{-(-seconds // 60)} minutes"
