"""Languages, series, addresses of other systems, images."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
# The texts come last: SQLite reads a row from its beginning.
ORDER = (
    *("id", "uid", "slug", "title", "description", "excerpt", "version", "renderer_version"),
    *("minutes", "minutes_by_author", "language", "series"),
    *("created_at", "published_at", "updated_at"),
    *("source", "source_digest", "linked_digest", "imported_digest", "imported_tags"),
    *("headings", "plain", "body", "body_html"),
)


def upgrade() -> None:
    for name, length in (("language", 35), ("series", 200), ("linked_digest", 64)):
        op.add_column("posts", sa.Column(name, sa.String(length), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("posts", recreate="always", partial_reordering=[ORDER]):
            pass
    op.create_index("ix_posts_source_digest", "posts", ["source_digest"])
    op.create_index("ix_posts_series", "posts", ["series", "published_at", "id"])

    op.create_table(
        "old_addresses",
        sa.Column("path", sa.String(500), nullable=False),
        sa.Column("post_id", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name="fk_old_addresses_post_id_posts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("path", name="pk_old_addresses"),
    )
    op.create_index("ix_old_addresses_post_id", "old_addresses", ["post_id"])

    op.create_table(
        "images",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("original_digest", sa.String(64), nullable=False),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_images"),
        sa.UniqueConstraint("name", name="uq_images_name"),
        sa.UniqueConstraint("digest", name="uq_images_digest"),
    )
    op.create_index("ix_images_original_digest", "images", ["original_digest"])


def downgrade() -> None:
    op.drop_table("images")
    op.drop_table("old_addresses")
    op.drop_index("ix_posts_series", "posts")
    op.drop_index("ix_posts_source_digest", "posts")
    with op.batch_alter_table("posts") as posts:
        posts.drop_column("linked_digest")
        posts.drop_column("series")
        posts.drop_column("language")
