"""Pasting: the front matter of a pasted file fills the fields of the editor."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from ...errors import Invalid
from ...security import keeps_text
from .. import filling
from ..forms import PostForm
from . import editor


@keeps_text
def paste() -> ResponseReturnValue:
    """Give the editor back with its fields filled and the front matter gone; nothing is saved."""
    form, post = PostForm(), editor.post_of_form()
    form.validate()
    if form.notice:
        return editor.show(post, form, 422)
    form.clear_errors()
    found = filling.of(form)
    if found is None or found.broken:
        form.refuse(_refusal(found))
        return editor.show(post, form, 422)
    filling.fill(form, found)
    return editor.show(post, form, filled=found)


def _refusal(found: filling.Filling | None) -> Invalid:
    if found and found.broken:
        cause = f"The front matter cannot be read. Line {found.broken.line}: {found.broken.text}."
        return Invalid("body", cause)
    return Invalid("body", "This text does not begin with front matter, so nothing is filled.")
