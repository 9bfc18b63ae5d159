"""Numbers of large contests, counted in the background and kept"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contest_reports",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contest_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), server_default="computing", nullable=False),
        sa.Column("steps", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("topics", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("asked_by_account_id", sa.BigInteger()),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True)),
        sa.Column("ready_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state IN ('computing', 'ready', 'failed')", name=op.f("ck_contest_reports_state")
        ),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_contest_reports_contest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_reports")),
    )
    op.create_index("ix_contest_reports_contest", "contest_reports", ["contest_id", "id"])
    op.create_index(
        "uq_contest_reports_computing",
        "contest_reports",
        ["contest_id"],
        unique=True,
        postgresql_where=sa.text("state = 'computing'"),
    )
    op.create_table(
        "report_cells",
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("slice", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("steps", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("amounts", postgresql.ARRAY(sa.Numeric()), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["contest_reports.id"], name=op.f("fk_report_cells_report_id")
        ),
        sa.PrimaryKeyConstraint("report_id", "place", "slice", "key", name=op.f("pk_report_cells")),
    )
    op.create_index("ix_review_decisions_at", "review_decisions", ["at"])


def downgrade() -> None:
    op.drop_index("ix_review_decisions_at", table_name="review_decisions")
    op.drop_table("report_cells")
    op.drop_table("contest_reports")
