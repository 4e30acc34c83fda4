"""Receipts: what became of a message, for who sent it; a line more, or the message taken back."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from .. import htmx, messages, security, steps
from ..errors import Missing
from ..extensions import db
from ..models import Message
from . import visitors
from .forms import ContactForm, LineForm, WithdrawalForm
from .views import SENT, let_forget, show

DELETED = (
    "There is no message at this address: it has been deleted here, or the link did not arrive "
    "whole. What you wrote is still here: send it as a new message."
)


def sent(token: str) -> ResponseReturnValue:
    """What became of a message."""
    message = messages.by_token(token)
    return _show(message, token, LineForm.empty(), news=visitors.news(message))


@security.keeps_text
def add_line(token: str) -> ResponseReturnValue:
    """Add a line; whatever fails, it comes back."""
    form = LineForm()
    try:
        return _add(token, form)
    except Missing:
        return _begin_anew(form)


def confirm_withdrawal(token: str) -> ResponseReturnValue:
    """Ask whether to take a message back."""
    return _ask(token, WithdrawalForm(formdata=None))


@security.keeps_text
def withdraw(token: str) -> ResponseReturnValue:
    """Take a message back."""
    message = messages.by_token(token)
    form = WithdrawalForm()
    if not form.validate():
        return _ask(token, form, 422)

    messages.withdraw(message)
    db.session.commit()
    return redirect(url_for(".sent", token=token), 303)


def _add(token: str, form: LineForm) -> ResponseReturnValue:
    message = messages.by_token(token)
    if not form.validate():
        return _show(message, token, form, 422)

    words, network = form.body.data or "", request.remote_addr or ""
    try:
        line = messages.add_line(message, words, key=form.sent_key, network=network)
        db.session.commit()
    except Exception as error:  # of any kind: no word may get lost
        failure = form.give_back(error)
        message = messages.by_token(token)
        return _show(message, token, form, failure.status, failure.headers)
    let_forget(form.copy.data or "")
    visitors.tell(message, line.added_at, line=True)
    return redirect(url_for(".sent", token=token), 303)


def _begin_anew(form: LineForm) -> ResponseReturnValue:
    """Offer what was written to a message that is not there as a new message.

    With htmx the form that it stands in is still open, and stays.
    """
    if htmx.wants_partial():
        raise Missing(DELETED)
    anew = ContactForm.empty("")
    anew.body.data, anew.problem = form.body.data, DELETED
    return show(anew, Missing.status)


def _show(
    message: Message,
    token: str,
    form: LineForm,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    *,
    news: visitors.News | None = None,
) -> Response:
    response = htmx.render_page(
        "contact/sent.html",
        "contact/_contact_sent.html",
        status,
        message=message,
        token=token,
        steps=steps.of(message),
        form=form,
        news=news,
        copy=session.get(SENT, ""),
    )
    response.headers.update(headers or {})
    return response


def _ask(token: str, form: WithdrawalForm, status: int = 200) -> ResponseReturnValue:
    message = messages.by_token(token)
    page = render_template("contact/withdraw.html", message=message, token=token, form=form)
    return page, status
