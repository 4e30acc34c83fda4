"""Turns: what is looked at and then written, with nobody else's writing in between."""

from __future__ import annotations

import sqlalchemy as sa

from .extensions import Model, db


def take(*kinds: type[Model]) -> None:
    """Wait until nobody else writes rows of these *kinds*, and let others wait for the commit."""
    if db.session.connection().dialect.name == "postgresql":
        names = ", ".join(kind.__tablename__ for kind in kinds)
        db.session.execute(sa.text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))
    else:  # SQLite has one turn for all, and gives it to the first write
        nothing = sa.delete(kinds[0]).where(sa.false())
        db.session.execute(nothing, execution_options={"synchronize_session": False})
