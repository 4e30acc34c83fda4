"""What the forms of all edges share: their fields' ids, and the core's refusals shown in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field

from .errors import BlogError, Invalid

STALE = "This form was open for too long. Everything you wrote is still here: send it once more."


def strip(text: str | None) -> str | None:
    """Take away the spaces around what was typed, and zero bytes, which are no text."""
    return text.replace("\0", "").strip() if text else text


class Form(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A form whose fields' ids no text of ours can take: ``field-<name>``."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc] # nor has its Meta
        """Names the ids."""

        def bind_field(self, form: Any, unbound: Any, options: dict[str, Any]) -> Field:
            """Make the field, with our id."""
            named = options | {"id": f"field-{options['name']}"}
            field: Field = super().bind_field(form, unbound, named)
            return field

    problem = ""  # with the form as a whole

    def refuse(self, error: BlogError) -> None:
        """Show what the core refused: at the field that it is about, or above the form."""
        if isinstance(error, Invalid) and error.field in self:
            field = self[error.field]
            field.errors = [*field.errors, error.message]
        else:
            self.problem = error.message

    def clear_errors(self) -> None:
        """Forget what was found wrong: for a look, not for a save."""
        for field in self:
            field.errors = []

    @property
    def notice(self) -> str:
        """What is wrong with the form as a whole."""
        return STALE if self.csrf_token.errors else self.problem

    @property
    def first_error(self) -> str:
        """The name of the first field with an error: where the focus belongs."""
        fields: Sequence[Field] = list(self)
        return next((f.name for f in fields if f.errors and f.name != "csrf_token"), "")
