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
    RequestEntityTooLarge,
)

from . import config, htmx
from .extensions import db

if TYPE_CHECKING:
    from .articles import Mention

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

    def __init__(self, message: str, nearest: list[Mention] | None = None) -> None:
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


class TooManyRequests(BlogError):
    """Something is done too often; *seconds* are left to wait, then it may be tried again."""

    status = 429
    title = "Too many requests"

    def __init__(self, seconds: int, cause: str = "Too many requests.") -> None:
        super().__init__(f"{cause} Try again in {_duration(seconds)}.")
        self.seconds = seconds

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.seconds)}


class TooManyAttempts(TooManyRequests):
    """Wrong passwords cost time."""

    title = "Too many attempts"

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds, "Too many attempts.")


class TooManyFields(BlogError):
    """A form with more fields than any of ours has; to read it would cost too much."""

    status = 413
    title = "Too much at once"


class NotReady(BlogError):
    """The database or the disk cannot take anything now; *seconds* are worth waiting for."""

    status = 503
    title = "Not ready"

    def __init__(self, message: str, seconds: int | None = None) -> None:
        super().__init__(message)
        self.seconds = seconds

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.seconds)} if self.seconds else {}


class Broken(BlogError):
    """Something that nobody has thought of."""

    status = 500
    title = "Internal Server Error"


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
    *("shelf", "shelf_was", "which", "zone", "key", "stamp", "copy", "came_back", "hollow"),
    *("message", "all", "until", "folder", "state", "after"),
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
    app.register_error_handler(sa.exc.DataError, lambda _: show_http_error(BadRequest()))
    app.register_error_handler(Exception, _show_failure)


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


def explain(error: Exception) -> BlogError:
    """Tell what went wrong, and write down what is ours to mend.

    A surprise is raised again where somebody develops or tests.
    """
    if isinstance(error, BlogError):
        return error
    if isinstance(error, sa.exc.OperationalError | sa.exc.ProgrammingError):
        cause = _cause_in_database(error)
        if cause:
            log.exception("the database failed", exc_info=error)
            return NotReady(cause, seconds=5)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        log.exception("the disk is full at %s", _place(), exc_info=error)
        return NotReady(_FULL)
    if current_app.debug or current_app.testing:
        raise error
    log.exception("unexpected failure at %s", _place(), exc_info=error)
    return Broken(_MESSAGES[500])


def _place() -> str:
    """Name what was asked for by its rule: an address itself can be a secret."""
    return request.url_rule.rule if request.url_rule else "no address of ours"


def _cause_in_database(error: sa.exc.OperationalError | sa.exc.ProgrammingError) -> str:
    """Say what the database lacks; both of ours tell it by the code or the words of their own."""
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    said = f"{code} {error.orig}".lower()
    cause = next((cause for cause in _CAUSES if any(sign in said for sign in cause.signs)), None)
    if cause is not None:
        return cause.message
    surprises = isinstance(error, sa.exc.ProgrammingError)
    return "" if surprises else "The database does not answer. Try again in a moment."


def _show_failure(error: Exception) -> ResponseReturnValue:
    return show_blog_error(explain(error))


def _show(
    status: int,
    title: str,
    message: str,
    headers: Mapping[str, str],
    nearest: list[Mention] | None = None,
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
    """Say *seconds* in words, never less than they are."""
    if seconds < 90:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    minutes = -(-seconds // 60)
    return f"{minutes} minutes" if minutes < 90 else f"{-(-seconds // 3600)} hours"
