"""The contact form."""

from __future__ import annotations

import re
from typing import Self
from unicodedata import category

from wtforms import EmailField, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length

from .. import messages
from ..forms import Form, strip
from . import sending, traps, visitors
from .sending import VisitorForm

LONGEST_ADDRESS = 254  # characters (RFC 5321, 4.5.3.1.3, with the brackets of a path)
# One @, no spaces or control characters, a dot in the domain: as much as can be said
# without sending (RFC 5321, 4.1.2 allows far more than anybody has).
# What would be two addresses, a name or an encoded word in a mail's header is none.
_WORD = r"[^@\s<>()\[\],;:\"\\\x00-\x1f\x7f]"
_LABEL = rf"(?:(?!\.){_WORD})+"
# Categories (Unicode, 4.5): what is nothing alone, though it joins letters; what breaks lines.
_UNSEEN = {"Cf", "Zs"}
_BREAKING = {"Cc", "Cs", "Zl", "Zp"}
_ADDRESS = re.compile(rf"(?!.*=\?){_WORD}{{1,64}}@(?:{_LABEL}\.)+(?!\.){_WORD}{_LABEL}")


def _check_address(_form: Form, field: EmailField) -> None:
    address = field.data or ""
    if len(address) <= LONGEST_ADDRESS and not _ADDRESS.fullmatch(address):  # else that is said
        raise ValidationError("This is not an address yet. It looks like sam@example.org.")


# Marks that turn the direction of all that follows in a list or a mail; contacts that are copied
# out of telephones have them around names.
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def _name(text: str | None) -> str | None:
    """Write a name as it is read: with plain spaces, and nothing where there is nothing to see."""
    if not text:
        return text
    turned = text.translate(_TURNS)
    plain = "".join(" " if category(letter) == "Zs" else letter for letter in turned).strip()
    return plain if any(category(letter) not in _UNSEEN for letter in plain) else ""


def _check_line(_form: Form, field: StringField) -> None:
    if any(category(letter) in _BREAKING for letter in field.data or ""):
        raise ValidationError("A name stands on one line.")


class ContactForm(VisitorForm):
    """Name, address and message of a visitor; *post* is the article it came from.

    *stamp* and *hollow* are traps for machines; *copy* names what the browser has kept of the
    text, and can forget when it has arrived. No ``maxlength``: with it browsers cut what is
    pasted, and say nothing.
    """

    post = HiddenField(filters=[strip])
    stamp = HiddenField()
    copy = HiddenField()
    hollow = StringField(traps.LABEL, render_kw=traps.ATTRIBUTES)
    name = StringField(
        "name",
        [
            DataRequired("What should I call you?"),
            Length(max=100, message="At most 100 characters."),
            _check_line,
        ],
        filters=[strip, _name],
        render_kw={"autocomplete": "name", "maxlength": False},
    )
    email = EmailField(
        "e-mail",
        [
            DataRequired("Where can I answer you?"),
            Length(max=LONGEST_ADDRESS, message=f"At most {LONGEST_ADDRESS} characters."),
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

    @classmethod
    def empty(cls, post: str) -> Self:
        """A form to be given out, under the article with this slug."""
        return cls(formdata=None, post=post, key=visitors.key(), stamp=traps.stamp())

    def request(self, network: str) -> messages.Request:
        """What the visitor wrote, from the address *network*."""
        age = traps.age(self.stamp.data or "")
        return messages.Request(
            name=self.name.data or "",
            email=self.email.data or "",
            body=self.body.data or "",
            post=self.post.data or "",
            key=self.sent_key,
            network=network,
            seconds=None if age is None else max(age, visitors.seconds()),
            trap=self[traps.FIELD].data or "",
        )


class LineForm(VisitorForm):
    """A line that is added to a message; *copy* as in `ContactForm`."""

    copy = HiddenField()
    body = TextAreaField(
        "what else?",
        [
            DataRequired("What would you like to add?"),
            Length(max=5_000, message="At most 5,000 characters; send the rest as a message."),
        ],
        filters=[strip],
        render_kw={"rows": 3, "maxlength": False},
    )

    @classmethod
    def empty(cls) -> Self:
        """A form to be given out."""
        return cls(formdata=None, key=visitors.key())


class WithdrawalForm(VisitorForm):
    """A question that takes one click."""

    unsure = f"{sending.LOST} Nothing is deleted yet: press the button once more."
