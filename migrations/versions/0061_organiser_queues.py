"""The queue of an event's organiser is handed on as that of a union"""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("review_delegations", sa.Column("event_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_review_delegations_event_id"), "review_delegations", "events", ["event_id"], ["id"]
    )
    op.alter_column("review_delegations", "organisation_id", nullable=True)
    op.create_check_constraint(
        op.f("ck_review_delegations_queue"),
        "review_delegations",
        "num_nonnulls(organisation_id, event_id) = 1 AND (event_id IS NULL OR to_person_id IS NOT NULL)",
    )
    op.create_index("ix_review_delegations_event", "review_delegations", ["event_id", "until_at"])


def downgrade() -> None:
    op.drop_index("ix_review_delegations_event")
    op.drop_constraint(op.f("ck_review_delegations_queue"), "review_delegations")
    op.drop_constraint(op.f("fk_review_delegations_event_id"), "review_delegations")
    op.execute("DELETE FROM review_delegations WHERE organisation_id IS NULL")
    op.alter_column("review_delegations", "organisation_id", nullable=False)
    op.drop_column("review_delegations", "event_id")
