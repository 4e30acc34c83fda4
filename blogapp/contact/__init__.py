"""Contact requests: the form, at the end of an article or on its own page; what became of one."""

from __future__ import annotations

from flask import Blueprint, Response, request

from .. import rules, security

RULES: rules.Table = {
    "views": {
        "GET /contact": "ask",
        "POST /contact": "send",
    },
    "receipts": {
        "GET /r/<token>": "sent",
        "POST /r/<token>": "add_line",
        "GET /r/<token>/withdraw": "confirm_withdrawal",
        "POST /r/<token>/withdraw": "withdraw",
    },
}

bp = Blueprint("contact", __name__)
rules.add(bp, __name__, RULES)


@bp.after_request
def keep_private(response: Response) -> Response:
    """Let nobody keep these pages, nor find any but the bare form.

    The address of a message is told to no other site, but to our own: with ``no-referrer``
    browsers would not even tell us that a form comes from a page of ours.
    """
    security.private(response)
    if request.endpoint == "contact.ask" and not request.args:
        del response.headers["X-Robots-Tag"]
    return response
