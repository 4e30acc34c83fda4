"""What is shown of a text that cannot be rendered: all of it, as plain code."""

from __future__ import annotations

import re
from html import escape

from . import reading
from .rendered import Rendered, trusted

_UNUSABLE = re.compile("[\0-\4\ud800-\udfff]")  # half characters, and marks of Python-Markdown's


def clean(source: str) -> str:
    """Replace what is no text by U+FFFD, and end lines the Unix way."""
    return _UNUSABLE.sub(
        "\N{REPLACEMENT CHARACTER}", source.replace("\r\n", "\n").replace("\r", "\n")
    )


def as_code(source: str, *, notice: str) -> Rendered:
    """Show *source* as it was written, and say in *notice* why."""
    text = clean(source)
    html = (
        '<figure class="code"><pre tabindex="0" role="group" aria-label="Code">'
        f"<code>{escape(text, quote=False)}</code></pre></figure>"
    )
    plain = " ".join(text.split())
    minutes, words = reading.minutes(plain), reading.words(plain)
    return Rendered(trusted(html), (), minutes, words, plain, plain, notice)
