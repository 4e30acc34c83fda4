"""Sign in and out."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from .. import authors, identity, security
from ..errors import Invalid, TooManyAttempts
from ..extensions import db
from .forms import LoginForm


def login() -> ResponseReturnValue:
    """The sign-in form."""
    if identity.author() is not None:
        return redirect(_next(request.args.get("next", "")), 303)
    return _show(LoginForm(formdata=None, next=request.args.get("next", "")))


@security.keeps_text
def sign_in() -> ResponseReturnValue:
    """Check the password, and begin a session."""
    form = LoginForm()
    if not form.validate():
        return _show(form, 422)
    try:
        name, password = form.name.data or "", form.password.data or ""
        identity.sign_in(name, password, request.remote_addr or "")
    except Invalid as error:
        form.refuse(error)
        return _show(form, error.status)
    except TooManyAttempts as error:
        form.refuse(Invalid("password", error.message))
        return _show(form, error.status, dict(error.headers))
    return redirect(_next(form.next.data or ""), 303)


def logout() -> ResponseReturnValue:
    """End this session, or with ``everywhere`` all sessions of the author."""
    author = identity.author()
    if author is not None and request.form.get("everywhere"):
        authors.sign_out_everywhere(author)
    identity.end()
    db.session.commit()
    return redirect(url_for("blog.index"), 303)


def _next(target: str) -> str:
    return security.own_path(target, url_for("admin.posts"))


def _show(
    form: LoginForm, status: int = 200, headers: dict[str, str] | None = None
) -> ResponseReturnValue:
    response = make_response(render_template("auth/login.html", form=form), status)
    response.headers.update(headers or {})
    return response
