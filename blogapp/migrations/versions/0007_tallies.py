"""Numbers of articles that are stored; tags dated only for posts that readers find."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE post_tags SET published_at = NULL WHERE published_at IS NOT NULL"
        " AND post_id IN (SELECT id FROM posts WHERE shelf <> 'listed')"
    )
    for table in ("tags", "site"):
        column = sa.Column("articles", sa.Integer, nullable=False, server_default="0")
        op.add_column(table, column)
    op.create_index("ix_tags_order", "tags", ["articles", "name"])
    _create_pairs()
    op.execute(
        "UPDATE tags SET articles = (SELECT count(*) FROM post_tags"
        " WHERE tag_id = tags.id AND published_at IS NOT NULL)"
    )
    op.execute(
        "UPDATE site SET articles ="
        " (SELECT count(*) FROM posts WHERE shelf = 'listed' AND published_at IS NOT NULL)"
    )
    op.execute(
        "INSERT INTO tag_pairs (tag_id, other_id, articles)"
        " SELECT one.tag_id, other.tag_id, count(*) FROM post_tags AS one"
        " JOIN post_tags AS other"
        " ON other.post_id = one.post_id AND other.tag_id <> one.tag_id"
        " WHERE one.published_at IS NOT NULL GROUP BY one.tag_id, other.tag_id"
    )


def downgrade() -> None:
    op.drop_table("tag_pairs")
    op.drop_index("ix_tags_order", "tags")
    for table in ("tags", "site"):
        with op.batch_alter_table(table) as columns:
            columns.drop_column("articles")
    op.execute(
        "UPDATE post_tags SET published_at ="
        " (SELECT published_at FROM posts WHERE posts.id = post_tags.post_id)"
    )


def _create_pairs() -> None:
    ids = ("tag_id", "other_id")
    op.create_table(
        "tag_pairs",
        *(sa.Column(name, sa.Integer, nullable=False) for name in ids),
        sa.Column("articles", sa.Integer, nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [name], ["tags.id"], name=f"fk_tag_pairs_{name}_tags", ondelete="CASCADE"
            )
            for name in ids
        ),
        sa.PrimaryKeyConstraint(*ids, name="pk_tag_pairs"),
    )
    op.create_index("ix_tag_pairs_other_id", "tag_pairs", ["other_id"])
    op.create_index("ix_tag_pairs_order", "tag_pairs", ["tag_id", "articles", "other_id"])
