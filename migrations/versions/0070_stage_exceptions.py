"""A normal minimum that a named person excepted for a stage, with a reason"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stage_exceptions",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_stage_exceptions_reason")),
        sa.CheckConstraint("people >= 0 AND people < needed", name=op.f("ck_stage_exceptions_people")),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_stage_exceptions_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_exceptions")),
    )
    op.create_index("ix_stage_exceptions_stage", "stage_exceptions", ["stage_id", "id"])
    op.execute(
        """
        DO $$ BEGIN
            REVOKE UPDATE, DELETE, TRUNCATE ON stage_exceptions FROM jiangsai_pages;
        EXCEPTION WHEN undefined_object THEN NULL;
        END $$
        """
    )


def downgrade() -> None:
    op.drop_table("stage_exceptions")
