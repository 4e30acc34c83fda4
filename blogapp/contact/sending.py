"""Sending: what all forms of visitors do: they come back with every word, and count once."""

from __future__ import annotations

from flask import current_app, g
from itsdangerous import BadData, URLSafeTimedSerializer
from wtforms import HiddenField

from .. import errors, origins
from ..errors import BlogError
from ..extensions import db
from ..forms import Form
from . import visitors

STILL_HERE = "Everything you wrote is still here"
# All that a missing, an old and a foreign token have in common.
LOST = "This form was open for too long, came out of a cache, or has lost its cookie."
LONGEST_KEY = 100  # characters
_PROOF_AGE = 24 * 3600  # seconds


class VisitorForm(Form):
    """A form of somebody who is not signed in.

    *key* makes what is sent twice one message. *came_back* is in a form that we have refused for
    its token once: where cookies are blocked, no token is ever right.
    """

    unsure = f"{LOST} {STILL_HERE}: send it once more."
    key = HiddenField()
    came_back = HiddenField()

    def validate(self, *args: object, **kwargs: object) -> bool:
        """Check the fields; a form without its token comes back with the proof that it did."""
        if not g.get("csrf_valid") and self._was_here():
            g.csrf_valid = True
        valid: bool = super().validate(*args, **kwargs)
        if not self.key.data:
            self.key.data = visitors.key()
        if self.csrf_token.errors:
            self.came_back.data = _proofs().dumps(self.sent_key)
        return valid

    @property
    def sent_key(self) -> str:
        """The key, as long as one of ours may be."""
        return (self.key.data or "")[:LONGEST_KEY]

    @property
    def notice(self) -> str:
        """What is wrong with the form as a whole."""
        return self.unsure if self.csrf_token.errors else self.problem

    def give_back(self, error: Exception) -> BlogError:
        """Say in the form why it could not be taken; what was written so far is taken back."""
        explained = errors.explain(error)
        db.session.rollback()
        self.problem = f"{explained.message} {STILL_HERE}."
        return explained

    def _was_here(self) -> bool:
        """Whether we gave this form back within a day, and no other site sends it, as far as told.

        Anybody can fetch a form that came back. Where the browser does not say whose page sends
        it, another site's could: what it can have sent is what its owner could send as well, for
        the answer takes no cookie from anybody and sets none (``security``).
        """
        try:
            proven = _proofs().loads(self.came_back.data or "", max_age=_PROOF_AGE)
        except BadData:
            return False
        return proven == self.sent_key and not origins.is_foreign()


def _proofs() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="form that came back")
