"""Tables: the site itself."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model


class Site(Model):
    """One row: how often what readers see has changed, when it did last, what there is of it."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    generation: Mapped[int] = mapped_column(sa.BigInteger)
    moved_at: Mapped[datetime]
    articles: Mapped[int] = mapped_column(
        default=0,
        server_default="0",
        doc="listed posts with a date, planned ones included; tallies.py keeps it",
    )
