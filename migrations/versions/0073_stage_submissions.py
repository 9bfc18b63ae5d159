"""Organisations send whom they name for a selection outside"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stage_submissions",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), server_default="sent", nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("file_name", sa.String(), server_default="", nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=True),
        sa.Column("sent_by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_account_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('sent', 'taken', 'returned', 'replaced', 'withdrawn')",
            name=op.f("ck_stage_submissions_state"),
        ),
        sa.CheckConstraint(
            "(state = 'taken') = (list_id IS NOT NULL)", name=op.f("ck_stage_submissions_list")
        ),
        sa.CheckConstraint("state <> 'returned' OR reason <> ''", name=op.f("ck_stage_submissions_reason")),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_stage_submissions_stage_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_stage_submissions_organisation_id")
        ),
        sa.ForeignKeyConstraint(["list_id"], ["stage_lists.id"], name=op.f("fk_stage_submissions_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_submissions")),
    )
    op.create_index("ix_stage_submissions_stage", "stage_submissions", ["stage_id", "organisation_id", "id"])
    op.create_index(
        "uq_stage_submissions_sent",
        "stage_submissions",
        ["stage_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("state = 'sent'"),
    )


def downgrade() -> None:
    op.drop_table("stage_submissions")
