"""Whether the blog can do its work."""

from __future__ import annotations

import sqlalchemy as sa

from .extensions import MIGRATIONS, db


def problem() -> str | None:
    """Tell why the blog is not ready, or ``None``: database writable, schema current."""
    try:
        with db.engine.connect() as connection:
            schema = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
            connection.execute(sa.text("DELETE FROM attempts WHERE id < 0"))
            connection.rollback()
    except sa.exc.DatabaseError as error:
        return f"the database is not set up ({error.orig}): run `blogapp init`"
    newest = (MIGRATIONS / "HEAD").read_text(encoding="ascii").partition("_")[0]
    if schema != newest:
        return f"the schema is {schema}, this version needs {newest}: run `blogapp init`"
    return None
