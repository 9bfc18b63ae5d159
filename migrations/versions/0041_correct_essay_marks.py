"""Settled marks of written answers that were corrected"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

ROLES = ("jiangsai_pages", "jiangsai_keys")


def upgrade() -> None:
    op.create_table(
        "essay_corrections",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("answer_id", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.Numeric(9, 4), nullable=False),
        sa.Column("mark", sa.Numeric(9, 4), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("action_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by_account_id", sa.BigInteger()),
        sa.Column("decided_by_account_id", sa.BigInteger()),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "mark >= 0 AND before >= 0 AND mark <> before", name=op.f("ck_essay_corrections_mark")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_essay_corrections_reason")),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["essay_answers.id"], name=op.f("fk_essay_corrections_answer_id")
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["exam_actions.id"], name=op.f("fk_essay_corrections_action_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_essay_corrections")),
    )
    op.create_index(op.f("ix_essay_corrections_answer_id"), "essay_corrections", ["answer_id"])
    for role in ROLES:
        op.execute(
            f"""
            DO $$
            BEGIN
                REVOKE UPDATE, DELETE, TRUNCATE ON essay_corrections FROM {role};
            EXCEPTION WHEN undefined_object THEN
                NULL;
            END $$
            """
        )


def downgrade() -> None:
    op.drop_table("essay_corrections")
