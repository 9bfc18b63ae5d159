"""Computers of halls that people use one after another"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hall_browsers",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hall_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.id"], name=op.f("fk_hall_browsers_hall_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_hall_browsers")),
    )
    op.create_index("ix_hall_browsers_hall_id", "hall_browsers", ["hall_id"], unique=False)


def downgrade() -> None:
    op.drop_table("hall_browsers")
