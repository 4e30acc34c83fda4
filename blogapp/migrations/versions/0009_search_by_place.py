"""The search index in the order of publication, and the words that can be misspelt."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# FTS5 keeps its data in tables of these names (sqlite.org/fts5.html, 9).
SHADOWS = ("search_data", "search_idx", "search_content", "search_docsize", "search_config")
TOKENS = """ tokenize = "ascii tokenchars '!#$%&*+-./:=@_~^|<>?\\'", prefix = '2 3'"""


def upgrade() -> None:
    """Empty the index, too: ``blogapp init`` fills it."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DELETE FROM search")
        op.execute("DELETE FROM search_words")
        op.add_column("search", sa.Column("place", sa.BigInteger, nullable=False))
        return
    _drop("search_words")
    op.execute(f"CREATE VIRTUAL TABLE search USING fts5(body, title, tags, description,{TOKENS})")
    op.execute("CREATE VIRTUAL TABLE search_words USING fts5vocab(search, row)")
    op.execute("CREATE TABLE search_places (post_id INTEGER PRIMARY KEY, place INTEGER NOT NULL)")
    op.execute(
        "CREATE TABLE search_spelling (length INTEGER NOT NULL, word TEXT NOT NULL,"
        " PRIMARY KEY (length, word)) WITHOUT ROWID"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DELETE FROM search")
        op.execute("DELETE FROM search_words")
        op.drop_column("search", "place")
        return
    _drop("search_spelling", "search_places", "search_words")
    op.execute(f"CREATE VIRTUAL TABLE search USING fts5(title, tags, description, body,{TOKENS})")
    op.execute("CREATE VIRTUAL TABLE search_words USING fts5vocab(search, row)")


def _drop(*beside: str) -> None:
    """Drop the index, and the tables *beside* it.

    DROP TABLE opens the table that it drops, which fails if that is damaged.
    """
    op.execute("PRAGMA writable_schema=ON")
    op.execute("DELETE FROM sqlite_master WHERE name = 'search'")
    op.execute("PRAGMA writable_schema=RESET")
    for table in (*SHADOWS, *beside):
        op.execute(f"DROP TABLE IF EXISTS {table}")
