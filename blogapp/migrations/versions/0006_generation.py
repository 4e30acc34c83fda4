"""How often what readers see has changed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    site = op.create_table(
        "site",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_site"),
    )
    op.execute(sa.insert(site).values(id=1, generation=1, moved_at=sa.func.now()))


def downgrade() -> None:
    op.drop_table("site")
