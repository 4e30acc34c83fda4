"""Traps: what a form says about who sends it, a person or a machine."""

from __future__ import annotations

import time

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

# A field that people neither see nor reach, and a name that no browser has anything to fill into:
# it means no part of an address in any language that browsers look for.
FIELD = "hollow"
LABEL = "Leave this empty"
ATTRIBUTES = {"autocomplete": "off", "tabindex": "-1"}
_LONGEST = 100  # characters; a stamp of ours has 40


def stamp() -> str:
    """Say, signed, that a form is given out now."""
    return _serializer().dumps(time.time_ns() // 1_000_000)


def age(stamp: str) -> float | None:
    """Tell how many seconds ago a form with this *stamp* was given out.

    None for no stamp, or one that is not ours: that says nothing, for a form may have been open
    since before an update, or in the cache of a server whose secret was another.
    """
    try:
        given = _serializer().loads(stamp[:_LONGEST])
    except BadData:
        return None
    seconds = (time.time_ns() // 1_000_000 - given) / 1000
    return seconds if seconds >= 0 else None  # else another machine's clock is ahead


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="contact form")
