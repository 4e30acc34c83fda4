"""Contact requests: the form, the message, and what became of it."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from .. import htmx, messages, posts, security
from ..extensions import db
from .forms import ContactForm

bp = Blueprint("contact", __name__)
bp.after_request(security.private)


@bp.get("/contact")
def ask() -> ResponseReturnValue:
    """The empty form."""
    return _show(ContactForm(formdata=None, post=request.args.get("post", "")))


@bp.post("/contact")
@security.keeps_text
def send() -> ResponseReturnValue:
    """Store the message, then say so."""
    form = ContactForm()
    if not form.validate():
        return _show(form, 422)

    _, token = messages.receive(form.request())
    db.session.commit()
    return redirect(url_for(".sent", token=token), 303)


@bp.get("/r/<token>")
def sent(token: str) -> ResponseReturnValue:
    """What became of a message, for who sent it."""
    message = messages.by_token(token)
    response = htmx.render_page("contact/sent.html", "contact/_contact_sent.html", message=message)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _show(form: ContactForm, status: int = 200) -> Response:
    slug = form.post.data or ""
    article = posts.visible(slug) or posts.moved(slug)
    return htmx.render_page(
        "contact/contact.html", "contact/_contact_form.html", status, form=form, article=article
    )
