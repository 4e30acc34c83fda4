"""Turns: what is looked at and then written, with nobody else's writing in between."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from .extensions import db
from .models import Post


def take(*kinds: type[DeclarativeBase]) -> None:
    """Wait until nobody else writes rows of these *kinds*, and let others wait for the commit."""
    if _knows_rows():
        names = ", ".join(kind.__tablename__ for kind in kinds)
        db.session.execute(sa.text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))
    else:  # SQLite has one turn for all, and gives it to the first write
        nothing = sa.delete(kinds[0]).where(sa.false())
        db.session.execute(nothing, execution_options={"synchronize_session": False})


def hold(ids: Collection[int] | sa.Select[int], *, free: bool = False) -> set[int]:
    """Wait until nobody else writes these posts, and let others wait for the commit.

    Whoever writes more than one post calls this before anything else, so that nobody waits for
    one who waits. Returns the ids of those that there are; only of the *free* ones, without
    waiting, if it is too late for that.
    """
    if not _knows_rows():
        take(Post)
    found = sa.select(Post.id).where(Post.id.in_(ids)).order_by(Post.id)
    return set(db.session.scalars(found.with_for_update(skip_locked=free)))


def _knows_rows() -> bool:
    return db.session.connection().dialect.name == "postgresql"
