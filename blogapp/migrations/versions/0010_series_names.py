"""Addresses that are made of the names of series."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Leave the table empty: ``blogapp init`` fills it."""
    op.create_table(
        "series_names",
        *(sa.Column(name, sa.String(200), nullable=False) for name in ("name", "slug", "marked")),
        sa.PrimaryKeyConstraint("name", name="pk_series_names"),
    )
    op.create_index("ix_series_names_slug", "series_names", ["slug"])
    op.create_index("ix_series_names_marked", "series_names", ["marked"])


def downgrade() -> None:
    op.drop_table("series_names")
