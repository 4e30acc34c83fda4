"""The tables."""

from __future__ import annotations

from .authors import Attempt, Author, Session, Site
from .base import MAX_ID, NEVER_AGAIN, utcnow
from .messages import Addition, Delivery, DeliveryAttempt, Message, SpamWord
from .posts import (
    KEPT,
    Gone,
    Image,
    OldAddress,
    Post,
    PreviewLink,
    Redirect,
    Revision,
    SeriesName,
    Tag,
    TagRedirect,
    post_tags,
    tag_pairs,
)

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
