"""Contact requests: the form, and the message."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from flask import Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from .. import htmx, messages, posts, security
from ..extensions import db
from ..models import Post
from . import visitors
from .forms import ContactForm

SENT = "sent_copy"  # in the session: what this browser may forget, for it has arrived
_LONGEST_COPY = 40  # characters


def ask() -> ResponseReturnValue:
    """The empty form."""
    return show(ContactForm.empty(request.args.get("post", "")))


@security.keeps_text
def send() -> ResponseReturnValue:
    """Store the message, then say so; whatever fails, the form comes back."""
    form = ContactForm()
    if not form.validate():
        return show(form, 422)

    try:
        message = messages.receive(form.request(request.remote_addr or ""))
        db.session.commit()
    except Exception as error:  # of any kind: no word may get lost
        failure = form.give_back(error)
        return show(form, failure.status, failure.headers)
    let_forget(form.copy.data or "")
    token = messages.token(message) or ""
    visitors.tell(message, message.received_at)
    visitors.remember(token)
    return redirect(url_for(".sent", token=token), 303)


def let_forget(copy: str) -> None:
    """Tell this browser, with the page that follows, that what it calls *copy* has arrived."""
    session[SENT] = copy[:_LONGEST_COPY]


def show(
    form: ContactForm, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Show the form, on its page or in its place."""
    response = htmx.render_page(
        "contact/contact.html",
        "contact/_contact_form.html",
        status,
        form=form,
        article=_article(form.post.data or ""),
        receipt=visitors.receipt(),
    )
    response.headers.update(headers or {})
    return response


def _article(slug: str) -> Post | None:
    """Find the article that a form is under; without a database there is a form all the same."""
    try:
        return (posts.visible(slug) or posts.moved(slug)) if slug else None
    except sa.exc.SQLAlchemyError:
        db.session.rollback()
        return None
