"""The tables that no article needs, all defined together, when one of them is first asked for.

To be asked for by ``models``: who gets one there waits until all are defined.
"""

from __future__ import annotations

from .addresses import Gone, OldAddress, Redirect, SeriesName, TagRedirect
from .authors import Attempt, Author, Session
from .images import Image
from .messages import Addition, Delivery, DeliveryAttempt, Message, SpamWord
from .previews import PreviewLink
from .revisions import KEPT, Revision

__all__ = [
    "KEPT",
    "Addition",
    "Attempt",
    "Author",
    "Delivery",
    "DeliveryAttempt",
    "Gone",
    "Image",
    "Message",
    "OldAddress",
    "PreviewLink",
    "Redirect",
    "Revision",
    "SeriesName",
    "Session",
    "SpamWord",
    "TagRedirect",
]
