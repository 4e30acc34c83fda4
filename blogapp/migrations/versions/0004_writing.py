"""Revisions, shelves, preview links, addresses that are gone; more about images."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# An id that was given once is given to no other row (sqlite.org/autoinc.html).
NEVER_AGAIN = {"sqlite_autoincrement": True}
KEPT = sa.text("version IS NULL AND kind <> 'adopted'")
MOMENT = sa.DateTime(timezone=True)
# The texts come last: SQLite reads a row from its beginning.
ORDER = (
    *("id", "uid", "slug", "title", "description", "excerpt", "version", "renderer_version"),
    *("minutes", "minutes_by_author", "language", "series"),
    *("shelf", "trashed_from", "trashed_at", "planned_at"),
    *("created_at", "published_at", "updated_at"),
    *("source", "source_digest", "linked_digest", "imported_digest", "imported_tags"),
    *("headings", "plain", "body", "body_html"),
)


def upgrade() -> None:
    _put_posts_on_shelves()
    _create_revisions()
    _create_preview_links()
    _create_gone()
    _tell_more_of_images()


def _put_posts_on_shelves() -> None:
    op.drop_index("ix_posts_published_at_id", "posts")
    op.add_column(
        "posts", sa.Column("shelf", sa.String(10), nullable=False, server_default="listed")
    )
    op.add_column("posts", sa.Column("trashed_from", sa.String(10), nullable=True))
    op.add_column("posts", sa.Column("trashed_at", MOMENT, nullable=True))
    op.add_column("posts", sa.Column("planned_at", MOMENT, nullable=True))
    with op.batch_alter_table(
        "posts", partial_reordering=[ORDER], table_kwargs=NEVER_AGAIN
    ) as posts:
        posts.alter_column("shelf", server_default=None)
    op.create_index("ix_posts_shelf", "posts", ["shelf", "published_at", "id"])
    op.drop_index("ix_posts_series", "posts")
    op.create_index("ix_posts_series", "posts", ["series", "shelf", "published_at", "id"])


def _create_revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("post_id", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=True),
        sa.Column("begun_from", sa.Integer, nullable=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("sitting", sa.String(43), nullable=True),
        sa.Column("author_id", sa.Integer, nullable=True),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("added", sa.Integer, nullable=False),
        sa.Column("removed", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("slug", sa.String(200), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=True),
        sa.Column("language", sa.String(35), nullable=True),
        sa.Column("series", sa.String(200), nullable=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name="fk_revisions_post_id_posts", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["authors.id"],
            name="fk_revisions_author_id_authors",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_revisions"),
        **NEVER_AGAIN,
    )
    op.create_index(
        "ix_revisions_post_id_version", "revisions", ["post_id", "version"], unique=True
    )
    op.create_index("ix_revisions_sitting", "revisions", ["sitting"])
    op.create_index("ix_revisions_author_id", "revisions", ["author_id"])
    op.create_index(
        "ix_revisions_kept",
        "revisions",
        ["post_id", "sitting"],
        unique=True,
        sqlite_where=KEPT,
        postgresql_where=KEPT,
    )


def _create_preview_links() -> None:
    op.create_table(
        "preview_links",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("post_id", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name="fk_preview_links_post_id_posts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_preview_links"),
        sa.UniqueConstraint("token_hash", name="uq_preview_links_token_hash"),
        **NEVER_AGAIN,
    )
    op.create_index("ix_preview_links_post_id", "preview_links", ["post_id"])


def _create_gone() -> None:
    op.create_table(
        "gone",
        sa.Column("path", sa.String(500), nullable=False),
        sa.Column("gone_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("path", name="pk_gone"),
    )


def _tell_more_of_images() -> None:
    with op.batch_alter_table("images") as images:
        images.add_column(sa.Column("widths", sa.JSON, nullable=False, server_default="[]"))
        images.add_column(sa.Column("alt", sa.Text, nullable=False, server_default=""))
        images.add_column(sa.Column("called", sa.Text, nullable=False, server_default=""))
    with op.batch_alter_table("images", table_kwargs=NEVER_AGAIN) as images:
        for name in ("widths", "alt", "called"):
            images.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("images") as images:
        for name in ("called", "alt", "widths"):
            images.drop_column(name)
    for table in ("gone", "preview_links", "revisions"):
        op.drop_table(table)
    # Below, all that is dated is public: what was not becomes a draft.
    op.execute("UPDATE posts SET published_at = NULL WHERE shelf <> 'listed'")
    op.execute(
        "UPDATE post_tags SET published_at = NULL"
        " WHERE post_id IN (SELECT id FROM posts WHERE shelf <> 'listed')"
    )
    op.drop_index("ix_posts_shelf", "posts")
    op.drop_index("ix_posts_series", "posts")
    with op.batch_alter_table("posts") as posts:
        for name in ("planned_at", "trashed_at", "trashed_from", "shelf"):
            posts.drop_column(name)
    op.create_index("ix_posts_published_at_id", "posts", ["published_at", "id"])
    op.create_index("ix_posts_series", "posts", ["series", "published_at", "id"])
