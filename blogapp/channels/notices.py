"""Notices: what is told of a message, whatever the channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

RECEIVED = "received"  # the occasion of a new message; others are added-<id>


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message with what is told of it; *body* is the line, if one was *occasion*.

    *article* and *article_url* are empty where it came from no article, *receipt* is the address
    that its sender sees it at, *link* the author's.
    """

    reference: str
    occasion: str
    received_at: datetime
    name: str
    email: str
    body: str
    site: str
    link: str
    receipt: str = ""
    article: str = ""
    article_url: str = ""

    @property
    def key(self) -> str:
        """What tells this notice from all others, at each attempt the same."""
        return f"{self.reference}-{self.occasion}".lower()

    @property
    def is_new(self) -> bool:
        """Whether it is about a new message, not about a line that was added to one."""
        return self.occasion == RECEIVED
