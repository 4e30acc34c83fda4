"""What the tables have in common."""

from __future__ import annotations

from datetime import UTC, datetime

MAX_ID = 2**31 - 1  # what an INTEGER holds everywhere
# SQLite gives the highest id anew when its row is gone, unless it is told not to: what a page that
# is still open has in its form would then be another row (sqlite.org/autoinc.html).
NEVER_AGAIN = {"sqlite_autoincrement": True}


def utcnow() -> datetime:
    """Return this moment, aware, UTC."""
    return datetime.now(UTC)
