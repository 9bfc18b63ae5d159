"""Who closed a bank to people, why, and who opened it"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "bank_seals",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("bank_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("sealed_by_account_id", sa.BigInteger()),
        sa.Column("sealed_at", instant, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("open_reason", sa.String(), server_default="", nullable=False),
        sa.Column("open_asked_by_account_id", sa.BigInteger()),
        sa.Column("open_asked_at", instant),
        sa.Column("opened_by_account_id", sa.BigInteger()),
        sa.Column("opened_at", instant),
        sa.ForeignKeyConstraint(["bank_id"], ["banks.id"], name=op.f("fk_bank_seals_bank_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_seals")),
    )
    op.create_index(
        "uq_bank_seals_closed",
        "bank_seals",
        ["bank_id"],
        unique=True,
        postgresql_where=sa.text("opened_at IS NULL"),
    )
    # Banks that were sealed in the database before there was a page.
    op.execute("INSERT INTO bank_seals (bank_id, reason) SELECT id, '' FROM banks WHERE is_sealed")


def downgrade() -> None:
    op.drop_table("bank_seals")
