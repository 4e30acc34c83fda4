"""The sign-in form."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from ..forms import Form, strip


class LoginForm(Form):
    """Name and password; *next* is where the author wanted to go."""

    next = HiddenField()
    name = StringField(
        "name",
        [InputRequired("Your name, as it was given to the blogapp command."), Length(max=100)],
        filters=[strip],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        "password",
        [InputRequired("Your password."), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )
