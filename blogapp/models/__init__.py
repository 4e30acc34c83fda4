"""The tables: those that show an article at once, the others when one of them is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from . import later
from .base import MAX_ID, NEVER_AGAIN, utcnow
from .posts import Post, Tag, post_tags, tag_pairs
from .site import Site

if TYPE_CHECKING:
    from .addresses import Gone, OldAddress, Redirect, SeriesName, TagRedirect
    from .authors import Attempt, Author, Session
    from .images import Image
    from .messages import Addition, Delivery, DeliveryAttempt, Message, SpamWord
    from .previews import PreviewLink
    from .revisions import KEPT, Revision

__all__ = [
    "KEPT",
    "MAX_ID",
    "NEVER_AGAIN",
    "Addition",
    "Attempt",
    "Author",
    "Delivery",
    "DeliveryAttempt",
    "Gone",
    "Image",
    "Message",
    "OldAddress",
    "Post",
    "PreviewLink",
    "Redirect",
    "Revision",
    "SeriesName",
    "Session",
    "Site",
    "SpamWord",
    "Tag",
    "TagRedirect",
    "metadata",
    "post_tags",
    "tag_pairs",
    "utcnow",
]


def metadata() -> sa.MetaData:
    """Describe all tables."""
    return later.Message.metadata  # asked for one, all are defined


def __getattr__(name: str) -> Any:
    """Find a table that is defined later (PEP 562)."""
    if name in __all__:
        return getattr(later, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
