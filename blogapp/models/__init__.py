"""The tables, all defined together: SQLAlchemy may not meet a new one while another is used."""

from __future__ import annotations

from .addresses import Gone, OldAddress, Redirect, SeriesName, TagRedirect
from .authors import Attempt, Author, Session
from .base import MAX_ID, NEVER_AGAIN, utcnow
from .images import Image
from .messages import Addition, Delivery, DeliveryAttempt, Message, SpamWord
from .posts import Post, Tag, post_tags, tag_pairs
from .previews import PreviewLink
from .revisions import KEPT, Revision
from .site import Site

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
    "post_tags",
    "tag_pairs",
    "utcnow",
]
