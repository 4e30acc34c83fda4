"""Visitors: what the cookie knows of who writes: their key, and what they are told."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypedDict

from flask import session

from ..models import Message, utcnow

_DAY, _HOUR = 24 * 3600, 3600  # seconds
# What arrived a moment ago is what was sent now: by a double click, or a retry.
_MOMENT = 10  # seconds
_FORMS, _NEWS, _RECEIPT = "forms", "contact_news", "receipt"  # in the session


class _Forms(TypedDict):
    """The *key*, and when it was made, something *arrived*, the *first* form was given out."""

    key: str
    since: float
    arrived: float | None
    first: float


@dataclass(frozen=True, slots=True)
class News:
    """What has become of a form: a message, or a *line*, arrived; *since*, if it is a repeat."""

    line: bool
    since: datetime | None


def key() -> str:
    """Return the random key of this visitor's forms: for a day, or an hour after an arrival.

    It is the visitor's, not the form's: who goes Back without scripts gets a new form, and what
    is sent again from there is the same message all the same. The same words another day, or
    later that day, are meant as another.
    """
    forms, now = _forms(), time.time()
    if not forms or not _is_good(forms, now):
        first = forms["first"] if forms else now
        made = secrets.token_urlsafe(18)
        session[_FORMS] = forms = _Forms(key=made, since=now, arrived=None, first=first)
    return forms["key"]


def seconds() -> float:
    """Tell how long ago this visitor was given the first form; 0 if nothing says so.

    Who goes Back gets a form with a new stamp, and has read the old one.
    """
    forms = _forms()
    return max(0.0, time.time() - forms["first"]) if forms else 0.0


def tell(message: Message, arrived: datetime, *, line: bool = False) -> None:
    """Keep for the next page that something has *arrived* at that time, or had before."""
    repeated = (utcnow() - arrived).total_seconds() > _MOMENT
    session[_NEWS] = [message.reference, line, arrived.timestamp() if repeated else None]
    if not repeated and (forms := _forms()):
        session[_FORMS] = _Forms(**forms | {"arrived": time.time()})


def remember(token: str) -> None:
    """Keep the way to the page of a message: it was shown in a place that a reload empties."""
    session[_RECEIPT] = [token, time.time()]


def receipt() -> str | None:
    """Return the token of what was sent in the last hour; longer might be somebody else's."""
    token, since = session.get(_RECEIPT, ("", 0.0))
    return token if token and 0 <= time.time() - since < _HOUR else None


def news(message: Message) -> News | None:
    """Return what there is to be told about *message*, once."""
    reference, line, since = session.pop(_NEWS, None) or ("", False, None)
    if reference != message.reference:
        return None
    return News(line, datetime.fromtimestamp(since, UTC) if since else None)


def _forms() -> _Forms | None:
    found: _Forms | None = session.get(_FORMS)
    return found


def _is_good(forms: _Forms, now: float) -> bool:
    arrived = forms["arrived"]
    return 0 <= now - forms["since"] < _DAY and (arrived is None or now - arrived < _HOUR)
