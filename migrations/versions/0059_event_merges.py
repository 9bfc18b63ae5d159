"""Two events become one when two people agree"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("merged_into_id", sa.BigInteger()))
    op.create_foreign_key(op.f("fk_events_merged_into_id"), "events", "events", ["merged_into_id"], ["id"])
    op.create_check_constraint(
        op.f("ck_events_merged"), "events", "merged_into_id IS NULL OR is_withdrawn AND merged_into_id <> id"
    )
    op.create_table(
        "event_merges",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("into_id", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("moved", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("asked_by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_account_id", sa.BigInteger()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('waiting', 'done', 'refused')", name=op.f("ck_event_merges_state")),
        sa.CheckConstraint("event_id <> into_id", name=op.f("ck_event_merges_two_events")),
        sa.CheckConstraint(
            "decided_by_account_id IS NULL OR decided_by_account_id <> asked_by_account_id",
            name=op.f("ck_event_merges_two_people"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_merges_event_id")),
        sa.ForeignKeyConstraint(["into_id"], ["events.id"], name=op.f("fk_event_merges_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_merges")),
    )
    op.create_index(
        "uq_event_merges_waiting",
        "event_merges",
        ["event_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    op.drop_table("event_merges")
    op.drop_constraint(op.f("ck_events_merged"), "events")
    op.drop_constraint(op.f("fk_events_merged_into_id"), "events")
    op.drop_column("events", "merged_into_id")
