"""Changes of a contest that wait for a second person"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "contest_proposals",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contest_id", sa.BigInteger(), nullable=False),
        sa.Column("base_version_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("effect", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("asked_by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", instant, nullable=False),
        sa.Column("decided_by_account_id", sa.BigInteger()),
        sa.Column("decided_at", instant),
        sa.CheckConstraint(
            "state IN ('waiting', 'applied', 'refused', 'stale')", name=op.f("ck_contest_proposals_state")
        ),
        sa.CheckConstraint(
            "decided_by_account_id IS NULL OR decided_by_account_id <> asked_by_account_id",
            name=op.f("ck_contest_proposals_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contests.id"], name=op.f("fk_contest_proposals_contest_id")
        ),
        sa.ForeignKeyConstraint(
            ["base_version_id"], ["contest_versions.id"], name=op.f("fk_contest_proposals_base_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_proposals")),
    )
    op.create_index(
        "uq_contest_proposals_waiting",
        "contest_proposals",
        ["contest_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    op.drop_table("contest_proposals")
