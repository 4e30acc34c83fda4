"""The forms about images."""

from __future__ import annotations

from wtforms import MultipleFileField, StringField

from ..forms import Form, strip
from ..images import TYPES


class UploadForm(Form):
    """Files to be taken in."""

    files = MultipleFileField(
        "images",
        render_kw={"accept": ", ".join(type_ for type_, _ in TYPES.values())},
    )


class ImageForm(Form):
    """What is said of an image."""

    alt = StringField("what it shows", filters=[strip], render_kw={"autocomplete": "off"})
