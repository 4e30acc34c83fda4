"""Full text search, names that tags had, tags in the order of publication."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
# The texts come last: SQLite reads a row from its beginning.
ORDER = (
    *("id", "uid", "slug", "title", "description", "excerpt", "version", "renderer_version"),
    *("minutes", "minutes_by_author", "created_at", "published_at", "updated_at"),
    *("source", "source_digest", "imported_digest", "imported_tags"),
    *("headings", "plain", "body", "body_html"),
)
COLUMNS = ("title", "tags", "description", "body")
SIGNS = "!#$%&*+-./:=@_~^|<>?\\"


def upgrade() -> None:
    op.add_column("posts", sa.Column("imported_tags", sa.JSON, nullable=True))
    op.add_column("posts", sa.Column("plain", sa.Text, nullable=False, server_default=""))
    with op.batch_alter_table("posts", partial_reordering=[ORDER]) as posts:
        posts.alter_column("plain", server_default=None)  # SQLite makes the table anew for it

    op.add_column("post_tags", sa.Column("published_at", MOMENT, nullable=True))
    op.execute(
        "UPDATE post_tags SET published_at ="
        " (SELECT published_at FROM posts WHERE posts.id = post_tags.post_id)"
    )
    op.drop_index("ix_post_tags_tag_id", "post_tags")
    op.create_index("ix_post_tags_order", "post_tags", ["tag_id", "published_at", "post_id"])

    op.create_table(
        "tag_redirects",
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("tag_id", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tags.id"], name="fk_tag_redirects_tag_id_tags", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("name", name="pk_tag_redirects"),
    )
    op.create_index("ix_tag_redirects_tag_id", "tag_redirects", ["tag_id"])

    _create_search()


def downgrade() -> None:
    op.execute("DROP TABLE search_words")
    op.execute("DROP TABLE search")
    op.drop_table("tag_redirects")
    op.drop_index("ix_post_tags_order", "post_tags")
    op.create_index("ix_post_tags_tag_id", "post_tags", ["tag_id", "post_id"])
    with op.batch_alter_table("post_tags") as post_tags:
        post_tags.drop_column("published_at")
    with op.batch_alter_table("posts") as posts:
        posts.drop_column("plain")
        posts.drop_column("imported_tags")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _create_search() -> None:
    """Make the index; ``blogapp init`` fills it."""
    if _on_sqlite():
        op.execute(
            "CREATE VIRTUAL TABLE search USING fts5(title, tags, description, body,"
            f""" tokenize = "ascii tokenchars '{SIGNS}'", prefix = '2 3')"""
        )
        op.execute("CREATE VIRTUAL TABLE search_words USING fts5vocab(search, row)")
        return
    op.create_table(
        "search",
        sa.Column("post_id", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text(collation="C"), nullable=False) for name in COLUMNS),
        sa.Column("document", postgresql.TSVECTOR, nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name="fk_search_post_id_posts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", name="pk_search"),
    )
    # What is not compressed is read several times as fast when a phrase is looked for.
    op.execute("ALTER TABLE search ALTER body SET STORAGE EXTERNAL")
    op.create_index(
        *("ix_search_document", "search", ["document"]),
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},  # saves do the work, not the next searches
    )
    op.create_table(
        "search_words",
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("posts", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("word", name="pk_search_words"),
    )
