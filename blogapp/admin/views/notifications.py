"""Notifications: what is set up, what has not been delivered, and a test of both ways."""

from __future__ import annotations

import json
from dataclasses import replace

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from ... import deliveries, dispatching
from ...channels.outcomes import Outcome
from ...extensions import db
from ...models import MAX_ID

SHOWN = 20  # of what is not delivered

_TRIED = "tried"  # in the session: the way and the outcome of a test, until it is shown
_MOST = 1800  # characters of an outcome as JSON; a cookie has 4,096 bytes for all that it carries
_TRIALS = {"mail": dispatching.try_mail, "webhook": dispatching.try_webhook}


def notifications() -> ResponseReturnValue:
    """How the author hears of messages, and what is still to be told."""
    way, outcome = session.pop(_TRIED, ("", None))
    waiting = deliveries.outstanding(SHOWN)
    return render_template(
        "admin/notifications.html",
        way=way,
        tried=Outcome(*outcome) if outcome else None,
        routes=dispatching.routes(),
        waiting=[(each, deliveries.state_of(each)) for each in waiting],
        number=deliveries.number_outstanding(),
    )


def try_notification(way: str) -> ResponseReturnValue:
    """Send a test; the page then shows once what the server said. Nothing is stored."""
    outcome = _cut(_TRIALS[way]())
    session[_TRIED] = way, (outcome.delivered, outcome.answer, outcome.dialogue)
    return redirect(url_for(".notifications", _anchor="tried"), 303)


def retry_notifications() -> ResponseReturnValue:
    """Let all that is not delivered be tried at once."""
    number = deliveries.retry_all()
    db.session.commit()
    flash(f"To be tried within seconds: {number}. Load this page again to see how it went.")
    return redirect(url_for(".notifications"), 303)


def dismiss_notification(delivery_id: int) -> ResponseReturnValue:
    """Forget a notice that was given up; its message stays."""
    gone = delivery_id <= MAX_ID and deliveries.dismiss(delivery_id)
    db.session.commit()
    flash("It is forgotten; the message stays." if gone else "It is not given up any more.")
    return redirect(url_for(".notifications"), 303)


def _cut(outcome: Outcome) -> Outcome:
    """Shorten what was said so that a cookie can carry it: the end tells the cause."""
    answer, said = outcome.answer[:500], list(outcome.dialogue)
    while said and len(json.dumps([answer, *said])) > _MOST:
        said = ["…", *said[2:]] if said[1:] else []
    return replace(outcome, answer=answer, dialogue=tuple(said))
