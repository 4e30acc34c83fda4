"""What a client would rather have of what there is at one address."""

from __future__ import annotations

from functools import lru_cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header


@lru_cache(256)
def prefers_markdown(accept: str) -> bool:
    """Whether an ``Accept`` header names Markdown before HTML (RFC 9110, 12.5.1)."""
    accepted = parse_accept_header(accept, MIMEAccept)
    return bool(accepted["text/markdown"] > accepted["text/html"])
