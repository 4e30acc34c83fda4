"""Who is signed in on this request."""

from __future__ import annotations

from flask import Flask, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from . import authors, htmx
from .errors import SignedOut
from .models import Author

_KEY = "token"


def init_app(app: Flask) -> None:
    """Let templates of the author's side ask who is signed in."""
    app.jinja_env.globals["current_author"] = author


def author() -> Author | None:
    """Return the author who is signed in, looked up once a request."""
    if "author" not in g:
        token = session.get(_KEY)
        g.author = authors.of_session(token) if isinstance(token, str) else None
    found = g.author
    return found if isinstance(found, Author) else None


def begin(token: str) -> None:
    """Carry a new session's token in the cookie; whatever was in it before goes."""
    session.clear()
    session[_KEY] = token
    session.permanent = True


def end() -> None:
    """End the session: its row first, then the cookie."""
    token = session.get(_KEY)
    if isinstance(token, str):
        authors.sign_out(token)
    session.clear()


def require() -> ResponseReturnValue | None:
    """Let nobody pass who is not signed in: to the sign-in, or told so in place."""
    if author() is not None:
        return None
    if request.method not in {"GET", "HEAD"} or htmx.wants_partial():
        raise SignedOut(
            "Your session has ended, and nothing was saved. Your text is still here: sign in "
            "in another tab, then save again."
        )
    here = request.full_path.rstrip("?")
    return redirect(url_for("auth.login", next=here), 303)
