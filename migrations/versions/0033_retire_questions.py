"""Questions taken out of their bank and of future draws"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "retired_questions",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("question_version_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("retired_by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", instant, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("restore_reason", sa.String(), server_default="", nullable=False),
        sa.Column("restore_asked_by_account_id", sa.BigInteger()),
        sa.Column("restored_by_account_id", sa.BigInteger()),
        sa.Column("restored_at", instant),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_retired_questions_question_id")
        ),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_versions.id"],
            name=op.f("fk_retired_questions_question_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retired_questions")),
    )
    op.create_index(
        "uq_retired_questions_out",
        "retired_questions",
        ["question_id"],
        unique=True,
        postgresql_where=sa.text("restored_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("retired_questions")
