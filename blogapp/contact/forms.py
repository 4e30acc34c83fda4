"""The contact form."""

from __future__ import annotations

import re

from wtforms import EmailField, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length

from .. import messages
from ..forms import Form, strip

# One @, no spaces or control characters, a dot in the domain: as much as can be said
# without sending (RFC 5321, 4.1.2 allows far more than anybody has).
# What would be two addresses, a name or an encoded word in a mail's header is none.
_WORD = r"[^@\s<>()\[\],;:\"\\\x00-\x1f\x7f]"
_LABEL = rf"(?:(?!\.){_WORD})+"
_ADDRESS = re.compile(rf"(?!.*=\?){_WORD}{{1,64}}@(?:{_LABEL}\.)+(?!\.){_WORD}{_LABEL}")


def _check_address(_form: Form, field: EmailField) -> None:
    if not _ADDRESS.fullmatch(field.data or ""):
        raise ValidationError("This is not an address yet. It looks like sam@example.org.")


def _check_line(_form: Form, field: StringField) -> None:
    if not (field.data or "").isprintable():
        raise ValidationError("A name stands on one line.")


class ContactForm(Form):
    """Name, address and message of a visitor; *post* is the article it came from.

    No ``maxlength``: with it browsers cut what is pasted, and say nothing.
    """

    post = HiddenField()
    name = StringField(
        "name",
        [
            DataRequired("What should I call you?"),
            Length(max=100, message="At most 100 characters."),
            _check_line,
        ],
        filters=[strip],
        render_kw={"autocomplete": "name", "maxlength": False},
    )
    email = EmailField(
        "e-mail",
        [
            DataRequired("Where can I answer you?"),
            Length(max=254, message="At most 254 characters."),
            _check_address,
        ],
        filters=[strip],
        render_kw={"autocomplete": "email", "maxlength": False},
    )
    body = TextAreaField(
        "what is it about?",
        [
            DataRequired("A few words help: what is it about?"),
            Length(max=20_000, message="At most 20,000 characters; write the rest by e-mail."),
        ],
        filters=[strip],
        render_kw={"rows": 6, "maxlength": False},
    )

    def request(self) -> messages.Request:
        """What the visitor wrote."""
        return messages.Request(
            name=self.name.data or "",
            email=self.email.data or "",
            body=self.body.data or "",
            post=self.post.data or "",
        )
