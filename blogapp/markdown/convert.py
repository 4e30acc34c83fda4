"""Convert Markdown to what is stored, in this process and however long it takes."""

from __future__ import annotations

import secrets

from . import allowance, boxes, dialect, fallback, outline, reading, sanitize
from .rendered import Rendered, trusted


def convert(source: str) -> Rendered:
    """Render *source*; for text from people go through ``render()``, which is bounded."""
    nonce = f"n{secrets.token_hex(8)}-"
    with allowance.shared():
        html = dialect.parse(fallback.clean(source), nonce=nonce)
    html = boxes.furnish(sanitize.authors(html, nonce=nonce))
    html, headings = outline.arrange(html)
    html = sanitize.ours(html)
    read = reading.measure(html)
    return Rendered(trusted(html), headings, read.minutes, read.lead, read.plain)
