"""Convert Markdown to what is stored, in this process and however long it takes."""

from __future__ import annotations

import secrets

from . import allowance, boxes, dialect, fallback, outline, places, reading, sanitize
from .rendered import Rendered, trusted


def convert(source: str, *, placed: bool = False) -> Rendered:
    """Render *source*; for text from people go through ``render()``, which is bounded."""
    nonce = f"n{secrets.token_hex(8)}-"
    with allowance.shared():
        html = dialect.parse(fallback.clean(source), nonce=nonce, placed=placed)
    html = sanitize.authors(html, nonce=nonce, comments=placed)
    if placed:
        html = places.keep_ours(html, nonce)
    html, headings = outline.arrange(boxes.furnish(html))
    html = sanitize.ours(html, comments=placed)
    found: places.Places = ()
    if placed:
        html, found = places.take(html, nonce)
    read = reading.measure(html)
    return Rendered(
        trusted(html), headings, read.minutes, read.words, read.lead, read.plain, places=found
    )
