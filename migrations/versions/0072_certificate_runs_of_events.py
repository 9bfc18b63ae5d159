"""Issuings of a whole event, of a stage and of its decided awards are made of parts, by one job"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

# What an earlier release was at: whoever stands on the list is looked at once more, and nobody gets a second one.
_PARTS = """
    UPDATE certificate_runs r SET
        event_id = (SELECT s.event_id FROM stages s WHERE s.id = r.stage_id),
        state = CASE WHEN state = 'making' AND snapshot_id IS NULL THEN 'failed' ELSE state END,
        phase = 0, position = 0, worker = CASE WHEN state = 'making' THEN '' ELSE worker END,
        parts = CASE WHEN snapshot_id IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(jsonb_build_object(
            'kind', 'ranked', 'stage_id', stage_id, 'total', total, 'award_code', '', 'source_id', snapshot_id)) END
"""
_AWARDS = """
    INSERT INTO certificate_runs (scope, event_id, stage_id, parts, phase, position, state, done, total, issued, asked_at,
                                  finished_at)
    SELECT 'awards', s.event_id, s.id, p.parts, CASE WHEN l.certificates_done_at IS NULL THEN 0 ELSE p.many END, 0,
           CASE WHEN l.certificates_done_at IS NULL THEN 'making' ELSE 'done' END,
           CASE WHEN l.certificates_done_at IS NULL THEN 0 ELSE p.total END, p.total, 0, l.certificates_asked_at,
           l.certificates_done_at
    FROM award_lists l JOIN stages s ON s.id = l.stage_id
    CROSS JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('kind', 'given', 'stage_id', s.id, 'total', n.given, 'award_code', c.code,
                                            'source_id', l.id) ORDER BY c.at) AS parts,
               count(*) AS many, sum(n.given) AS total
        FROM jsonb_array_elements_text(l.certificate_awards) WITH ORDINALITY AS c(code, at)
        CROSS JOIN LATERAL (SELECT count(*) AS given FROM award_lines a WHERE a.list_id = l.id AND a.award_code = c.code
                            AND a.decision = 'granted') n) p
    WHERE l.certificates_asked_at IS NOT NULL AND l.state = 'decided' AND p.parts IS NOT NULL
    ORDER BY l.certificates_asked_at
"""


def upgrade() -> None:
    op.drop_index("uq_certificate_runs_making", table_name="certificate_runs")
    op.drop_index("ix_certificate_runs_stage", table_name="certificate_runs")
    op.drop_constraint(op.f("ck_certificate_runs_state"), "certificate_runs", type_="check")
    for column in (
        sa.Column("scope", sa.String(), server_default="stage", nullable=False),
        sa.Column("event_id", sa.BigInteger()),
        sa.Column("parts", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("print_reason", sa.String(), server_default="", nullable=False),
        sa.Column("language", sa.String(), server_default="zh_CN", nullable=False),
        sa.Column("print_id", sa.BigInteger()),
        sa.Column("print_problem", sa.String(), server_default="", nullable=False),
    ):
        op.add_column("certificate_runs", column)
    op.execute(_PARTS)
    op.execute(_AWARDS)
    op.execute("DELETE FROM outbox WHERE job = 'awards.issue_certificates' AND sent_at IS NULL")
    for name in ("scope", "parts"):
        op.alter_column("certificate_runs", name, server_default=None)
    op.alter_column("certificate_runs", "event_id", nullable=False)
    op.alter_column("certificate_runs", "stage_id", nullable=True)
    op.drop_column("certificate_runs", "snapshot_id")
    _rules()
    for name in ("certificate_awards", "certificates_asked_at", "certificates_done_at"):
        op.drop_column("award_lists", name)


def _rules() -> None:
    for name, table, column in (
        ("event_id", "events", "event_id"),
        ("print_id", "certificate_prints", "print_id"),
    ):
        op.create_foreign_key(
            op.f(f"fk_certificate_runs_{name}"), "certificate_runs", table, [column], ["id"]
        )
    for name, rule in (
        ("state", "state IN ('making', 'done', 'stopped', 'failed')"),
        (
            "scope",
            "CASE scope WHEN 'event' THEN stage_id IS NULL WHEN 'stage' THEN stage_id IS NOT NULL"
            " ELSE scope = 'awards' AND stage_id IS NOT NULL END",
        ),
        ("print", "print_reason = '' OR scope = 'event'"),
    ):
        op.create_check_constraint(op.f(f"ck_certificate_runs_{name}"), "certificate_runs", rule)
    op.create_index("ix_certificate_runs_event", "certificate_runs", ["event_id", "id"])
    op.create_index(
        "uq_certificate_runs_making",
        "certificate_runs",
        ["event_id", sa.text("coalesce(stage_id, 0)"), "scope"],
        unique=True,
        postgresql_where=sa.text("state = 'making'"),
    )


def downgrade() -> None:
    op.add_column(
        "award_lists", sa.Column("certificate_awards", postgresql.JSONB(), server_default="[]", nullable=False)
    )
    op.add_column("award_lists", sa.Column("certificates_asked_at", sa.DateTime(timezone=True)))
    op.add_column("award_lists", sa.Column("certificates_done_at", sa.DateTime(timezone=True)))
    op.execute("DELETE FROM certificate_runs WHERE scope <> 'stage'")
    op.execute("UPDATE certificate_runs SET state = 'failed' WHERE state IN ('making', 'stopped')")
    op.drop_index("uq_certificate_runs_making", table_name="certificate_runs")
    op.drop_index("ix_certificate_runs_event", table_name="certificate_runs")
    for name in ("state", "scope", "print"):
        op.drop_constraint(op.f(f"ck_certificate_runs_{name}"), "certificate_runs", type_="check")
    op.add_column("certificate_runs", sa.Column("snapshot_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_certificate_runs_snapshot_id"), "certificate_runs", "board_snapshots", ["snapshot_id"], ["id"]
    )
    for name in ("scope", "event_id", "parts", "print_reason", "language", "print_id", "print_problem"):
        op.drop_column("certificate_runs", name)
    op.alter_column("certificate_runs", "stage_id", nullable=False)
    op.create_check_constraint(
        op.f("ck_certificate_runs_state"), "certificate_runs", "state IN ('making', 'done', 'failed')"
    )
    op.create_index("ix_certificate_runs_stage", "certificate_runs", ["stage_id", "id"])
    op.create_index(
        "uq_certificate_runs_making",
        "certificate_runs",
        ["stage_id"],
        unique=True,
        postgresql_where=sa.text("state = 'making'"),
    )
