"""What setters and reviewers say about a question"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "question_comments",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("created_at", instant, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("resolved_at", instant),
        sa.Column("resolved_by_account_id", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_question_comments_question_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_comments")),
    )
    op.create_index(op.f("ix_question_comments_question_id"), "question_comments", ["question_id"])


def downgrade() -> None:
    op.drop_table("question_comments")
