"""Steps of large lists that a worker carries out; issuings that the program begins"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stage_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("two_person", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), server_default="making", nullable=False),
        sa.Column("phase", sa.String(), server_default="", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("waits", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refusal", postgresql.JSONB()),
        sa.Column("worker", sa.String(), server_default="", nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True)),
        sa.Column("asked_by_account_id", sa.BigInteger()),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "kind IN ('freeze', 'decide', 'post', 'amend', 'supplement', 'finalise', 'agree', 'close')",
            name=op.f("ck_stage_runs_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('making', 'done', 'refused', 'failed')", name=op.f("ck_stage_runs_state")
        ),
        sa.CheckConstraint(
            "(state = 'refused') = (refusal IS NOT NULL)", name=op.f("ck_stage_runs_refusal")
        ),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_stage_runs_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_runs")),
    )
    op.create_index("ix_stage_runs_stage", "stage_runs", ["stage_id", "id"])
    op.create_index(
        "uq_stage_runs_making",
        "stage_runs",
        ["stage_id"],
        unique=True,
        postgresql_where=sa.text("state = 'making'"),
    )
    op.alter_column("certificate_runs", "asked_by_account_id", nullable=True)


def downgrade() -> None:
    op.execute("UPDATE certificate_runs SET asked_by_account_id = 0 WHERE asked_by_account_id IS NULL")
    op.alter_column("certificate_runs", "asked_by_account_id", nullable=False)
    op.drop_table("stage_runs")
