"""Issuings of all certificates of a contest; what became due meanwhile and what could not go on is noted"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

_SCOPE = (
    "CASE WHEN scope = 'contest' THEN contest_id IS NOT NULL AND cardinality(event_ids) > 0"
    " AND event_id IS NULL AND stage_id IS NULL"
    " ELSE contest_id IS NULL AND cardinality(event_ids) = 0 AND event_id IS NOT NULL"
    " AND scope IN ('event', 'stage', 'awards') AND (scope = 'event') = (stage_id IS NULL) END"
)
_SCOPE_BEFORE = (
    "CASE scope WHEN 'event' THEN stage_id IS NULL WHEN 'stage' THEN stage_id IS NOT NULL"
    " ELSE scope = 'awards' AND stage_id IS NOT NULL END"
)
NEW = ("contest_id", "event_ids", "looks", "issued_before_look", "problems")


def upgrade() -> None:
    for column in (
        sa.Column("contest_id", sa.BigInteger()),
        sa.Column("event_ids", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("issued_before_look", sa.Integer(), server_default="0", nullable=False),
        sa.Column("problems", postgresql.JSONB(), server_default="[]", nullable=False),
    ):
        op.add_column("certificate_runs", column)
    op.create_foreign_key(
        op.f("fk_certificate_runs_contest_id"), "certificate_runs", "contests", ["contest_id"], ["id"]
    )
    op.alter_column("certificate_runs", "event_id", nullable=True)
    _scope(_SCOPE)
    op.create_index("ix_certificate_runs_contest", "certificate_runs", ["contest_id", "id"])
    _making(
        "scope",
        "coalesce(contest_id, 0)",
        "coalesce(event_id, 0)",
        "coalesce(stage_id, 0)",
        "hash_array_extended(event_ids, 0)",
    )


def downgrade() -> None:
    op.execute("DELETE FROM certificate_runs WHERE scope = 'contest'")
    op.drop_index("ix_certificate_runs_contest", table_name="certificate_runs")
    _scope(_SCOPE_BEFORE)
    _making("event_id", "coalesce(stage_id, 0)", "scope")
    op.alter_column("certificate_runs", "event_id", nullable=False)
    for name in NEW:
        op.drop_column("certificate_runs", name)


def _scope(rule: str) -> None:
    op.drop_constraint(op.f("ck_certificate_runs_scope"), "certificate_runs", type_="check")
    op.create_check_constraint(op.f("ck_certificate_runs_scope"), "certificate_runs", rule)


def _making(*keys: str) -> None:
    """One run of a scope is under way."""
    op.drop_index("uq_certificate_runs_making", table_name="certificate_runs")
    op.create_index(
        "uq_certificate_runs_making",
        "certificate_runs",
        [sa.text(key) if "(" in key else key for key in keys],
        unique=True,
        postgresql_where=sa.text("state = 'making'"),
    )
