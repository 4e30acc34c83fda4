"""What pages show of a post beside its text, drawn when it is saved."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PIECES = ("card_html", "head_html", "intro_html", "contents_html")
# SQLite reads a row from its beginning: what lists show stands before the long texts.
ORDER = (
    *("id", "uid", "slug", "title", "description", "excerpt", "version", "renderer_version"),
    *("minutes", "minutes_by_author", "language", "series"),
    *("shelf", "trashed_from", "trashed_at", "planned_at"),
    *("created_at", "published_at", "updated_at"),
    *("source", "source_digest", "linked_digest", "imported_digest", "imported_tags"),
    *("pieces_stamp", "card_html", "head_html", "intro_html", "contents_html"),
    *("headings", "plain", "body", "body_html"),
)
SEQUENCE = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))
DATED = sa.text("published_at IS NOT NULL")
NEVER_AGAIN = {"sqlite_autoincrement": True}


def upgrade() -> None:
    op.add_column("posts", sa.Column("pieces_stamp", sa.String(16), nullable=True))
    for name in PIECES:
        op.add_column("posts", sa.Column(name, sa.Text, nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        with (
            never_again(),
            op.batch_alter_table(
                "posts", recreate="always", partial_reordering=[ORDER], table_kwargs=NEVER_AGAIN
            ),
        ):
            pass
    op.create_index(
        "ix_posts_pieces_stamp",
        "posts",
        ["pieces_stamp"],
        sqlite_where=DATED,
        postgresql_where=DATED,
    )


def downgrade() -> None:
    op.drop_index("ix_posts_pieces_stamp", "posts")
    with never_again(), op.batch_alter_table("posts", table_kwargs=NEVER_AGAIN) as posts:
        for name in ("pieces_stamp", *PIECES):
            posts.drop_column(name)


@contextmanager
def never_again() -> Iterator[None]:
    """Let SQLite remember which ids posts had, also where it makes the table anew."""
    if op.get_bind().dialect.name != "sqlite":
        yield
        return
    of_posts = SEQUENCE.c.name == "posts"
    last = op.get_bind().scalar(sa.select(SEQUENCE.c.seq).where(of_posts))
    yield
    op.execute(sa.delete(SEQUENCE).where(of_posts))
    op.execute(sa.insert(SEQUENCE).values(name="posts", seq=last or 0))
