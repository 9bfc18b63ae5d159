"""Item analysis: how far it is, and the report beside the keys"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "item_analyses",
        sa.Column("exam_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("asked_at", instant, nullable=False),
        sa.Column("made_at", instant),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_item_analyses_exam_id")),
        sa.PrimaryKeyConstraint("exam_id", name=op.f("pk_item_analyses")),
    )
    op.create_table(
        "item_reports",
        sa.Column("exam_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("made_at", instant, nullable=False),
        sa.Column("report", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.PrimaryKeyConstraint("exam_id", name=op.f("pk_item_reports")),
        schema="keys",
    )


def downgrade() -> None:
    op.drop_table("item_reports", schema="keys")
    op.drop_table("item_analyses")
