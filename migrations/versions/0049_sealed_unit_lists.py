"""Unit lists confirmed as a whole, with spot checks"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unit_lists",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("contest_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("application_ids", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("pct", sa.Integer(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("sealed_by_account_id", sa.BigInteger()),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_account_id", sa.BigInteger()),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.Column("spot_ids", postgresql.JSONB()),
        sa.CheckConstraint("(opened_at IS NULL) = (spot_ids IS NULL)", name=op.f("ck_unit_lists_opened")),
        sa.ForeignKeyConstraint(["unit_id"], ["organisations.id"], name=op.f("fk_unit_lists_unit_id")),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_unit_lists_contest_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_unit_lists_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_lists")),
    )
    op.create_index("ix_unit_lists_unit", "unit_lists", ["unit_id", "contest_id"])


def downgrade() -> None:
    op.drop_table("unit_lists")
