"""Who is signed in on this request; and signing in in the middle of another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from . import authors, errors, htmx, origins
from .errors import Invalid, SignedOut, TooManyAttempts
from .extensions import db

if TYPE_CHECKING:
    from werkzeug.exceptions import BadRequest

    from .models import Author

# The fields of a sign-in that travels with another form; no form has fields of these names.
NAME, PASSWORD = "sign_in_name", "sign_in_password"

ENDED = (
    "Your session has ended. Nothing is lost: give your name and password here, "
    "then send the form once more."
)
AWAY = "Your session has ended. Sign in at /admin/login, in another tab, then try again."
_KEY = "token"
# What goes on after a sign-in in the middle: only what has a text to lose, of an editor or a list
# of words. What it does is said before; everything else is begun again by who is signed in.
_CARRIED = {
    "admin.create_post": "",
    "admin.save_post": "",
    "admin.autosave": "Keeping “{title}”, unsaved",
    "admin.preview": "Showing a preview of “{title}”",
    "admin.paste": "Filling the editor from the front matter of “{title}”",
    "admin.compare_copy": "Comparing two texts",
    "admin.save_spam_filter": "Saving the words of the filter",
}
_PRESSED = {
    "publish": "Publishing “{title}”",
    "now": "Publishing “{title}” now",
    "unpublish": "Saving “{title}” and taking it back from readers",
}


def init_app(app: Flask) -> None:
    """Let templates of the author's side ask who is signed in."""
    app.jinja_env.globals["current_author"] = author


def author() -> Author | None:
    """Return the author who is signed in, looked up once a request."""
    if "author" not in g:
        token = session.get(_KEY)
        g.author = authors.of_session(token) if isinstance(token, str) else None
    found: Author | None = g.author
    return found


def sign_in(name: str, password: str, address: str) -> None:
    """Begin a session; the attempt is counted, durably, before the password is looked at.

    Commits. Raises ``Invalid`` for a wrong name or password, and ``TooManyAttempts``.
    """
    try:
        authors.admit(name, address)
    except TooManyAttempts:
        db.session.rollback()
        raise
    db.session.commit()
    token = authors.sign_in(name, password, address)
    end()
    _begin(token)
    db.session.commit()


def end() -> None:
    """End the session: its row first, then the cookie."""
    token = session.get(_KEY)
    if isinstance(token, str):
        authors.sign_out(token)
    session.clear()
    g.pop("author", None)


def require() -> ResponseReturnValue | None:
    """Let nobody pass who is not signed in.

    Who asks is led to the sign-in. Who sends a text from a form of ours gets it back with a
    sign-in in it; sent again with name and password, it is taken.
    """
    if author() is not None:
        return None
    if _is_carried():
        return _sign_in_by_the_way()
    return turn_away()


def refuse(error: BadRequest) -> ResponseReturnValue:
    """Ask for a sign-in where the token went with the session; else refuse the form."""
    if author() is not None:
        return errors.show_http_error(error)
    return _ask(ENDED) if _is_carried() else turn_away()


def turn_away() -> ResponseReturnValue:
    """Lead to the sign-in; nothing of what was sent goes along, but the page it is about."""
    if htmx.wants_partial() or request.accept_mimetypes.best == "application/json":
        return errors.show_blog_error(SignedOut(AWAY))
    return redirect(url_for("auth.login", next=_page() or None), 303)


def _page() -> str:
    """The page that was asked for, or the one of ours on which a form was sent."""
    if request.method in {"GET", "HEAD"}:
        return request.full_path.rstrip("?")
    before = urlsplit(request.referrer or "" if origins.is_ours() else "")
    return before._replace(scheme="", netloc="", fragment="").geturl()


def _is_carried() -> bool:
    """Whether this request goes on after a sign-in: a text that was typed, sent by a page of ours.

    What another site lets a browser send comes without the author's cookie (SameSite=Lax): it
    would look like a session that has ended, and be taken for the password typed below it.
    """
    return request.method == "POST" and request.endpoint in _CARRIED and origins.is_ours()


def _doing() -> str:
    """Say what this request will do."""
    sent = request.form
    said = _CARRIED[request.endpoint or ""] or _PRESSED.get(
        sent.get("action", ""), "Saving “{title}”"
    )
    at = sent.get("publish_at", "").strip() if sent.get("action") == "publish" else ""
    title = " ".join(sent.get("title", "").split()) or "a post without a title"
    return said.format(title=title) + (f" at {at} ({sent.get('zone', '')})" if at else "")


def _sign_in_by_the_way() -> ResponseReturnValue | None:
    """Sign in with the name and password that came with the form, if its token is good."""
    name, password = request.form.get(NAME, ""), request.form.get(PASSWORD, "")
    if not (name and password and g.get("csrf_valid")):
        return _ask(ENDED)
    try:
        sign_in(name, password, request.remote_addr or "")
    except Invalid as error:
        return _ask(error.message)
    except TooManyAttempts as error:
        return _ask(error.message, error.status, error.headers)
    return None


def _begin(token: str) -> None:
    """Carry a new session's token in the cookie; whatever was in it before goes."""
    session.clear()
    session[_KEY] = token
    session.permanent = True


def _ask(
    message: str, status: int = SignedOut.status, headers: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """Give the form back with a sign-in in it, with all that was sent but the password."""
    texts = errors.texts_of_form()
    response = htmx.render_page(
        "auth/signed_out.html",
        "admin/_sign_in.html",
        status,
        message=message,
        doing=_doing(),
        name=request.form.get(NAME, ""),
        address=request.full_path.rstrip("?"),
        texts=texts,
        others=[pair for pair in request.form.items(multi=True) if _goes_along(pair, texts)],
        with_file=any(file.filename for file in request.files.values()),
    )
    response.headers.update(headers or {})
    return response


def _goes_along(pair: tuple[str, str], texts: list[errors.Typed]) -> bool:
    return pair not in [(typed.name, typed.text) for typed in texts] and pair[0] not in {
        "csrf_token",
        NAME,
        PASSWORD,
    }
