"""Tables: pictures."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import LaterModel
from .base import NEVER_AGAIN, utcnow


class Image(LaterModel):
    """A picture in the media folder; its *name* there is its address, and says what is in it."""

    __tablename__ = "images"
    __table_args__ = NEVER_AGAIN

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    digest: Mapped[str] = mapped_column(
        sa.String(64), unique=True, doc="SHA-256 of what is served"
    )
    original_digest: Mapped[str] = mapped_column(
        sa.String(64), index=True, doc="SHA-256 of the file that it was made of"
    )
    type: Mapped[str] = mapped_column(sa.String(20), doc="such as image/png")
    width: Mapped[int] = mapped_column(doc="pixels")
    height: Mapped[int] = mapped_column(doc="pixels")
    size: Mapped[int] = mapped_column(doc="bytes")
    widths: Mapped[list[int]] = mapped_column(
        sa.JSON, default=list, doc="pixels, of the smaller copies that there are"
    )
    alt: Mapped[str] = mapped_column(sa.Text, default="", doc="last given to it")
    called: Mapped[str] = mapped_column(sa.Text, default="", doc="file name that it came with")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
