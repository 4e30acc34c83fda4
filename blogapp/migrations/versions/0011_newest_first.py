"""The search index with the newest post first: FTS5 reads its lists forwards twice as fast."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# FTS5 keeps its data in tables of these names (sqlite.org/fts5.html, 9).
SHADOWS = ("search_data", "search_idx", "search_content", "search_docsize", "search_config")
CREATE = (
    "CREATE VIRTUAL TABLE search USING fts5(body, title, tags, description,"
    """ tokenize = "ascii tokenchars '!#$%&*+-./:=@_~^|<>?\\'", prefix = '2 3')""",
    "CREATE VIRTUAL TABLE search_words USING fts5vocab(search, row)",
)


def upgrade() -> None:
    """Empty the index, whose rows have other numbers now: ``blogapp init`` fills it."""
    _empty()


def downgrade() -> None:
    _empty()


def _empty() -> None:
    """Make the index anew. DROP TABLE opens the table that it drops, which may be damaged."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute("PRAGMA writable_schema=ON")
    op.execute("DELETE FROM sqlite_master WHERE name = 'search'")
    op.execute("PRAGMA writable_schema=RESET")
    for table in (*SHADOWS, "search_words"):
        op.execute(f"DROP TABLE IF EXISTS {table}")
    for create in CREATE:
        op.execute(create)
    op.execute("DELETE FROM search_places")
