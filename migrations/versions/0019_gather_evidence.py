"""What browsers report about exam pages, evidence made of it, cases, declared interests"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

APPEND_ONLY = "focus_events, evidence, integrity_case_entries"
KEPT = "integrity_cases, declared_interests, exam_sites, evidence_runs"
TABLES = (
    "integrity_case_entries",
    "integrity_cases",
    "evidence",
    "evidence_runs",
    "declared_interests",
    "focus_events",
    "exam_sightings",
    "exam_sites",
)


def upgrade() -> None:
    _recorded()
    _evidence()
    _cases()
    _interests()
    for role in ("jiangsai_pages", "jiangsai_keys"):
        op.execute(
            f"""
            DO $$ BEGIN
                REVOKE UPDATE, DELETE, TRUNCATE ON {APPEND_ONLY} FROM {role};
                REVOKE DELETE, TRUNCATE ON {KEPT} FROM {role};
                REVOKE UPDATE, TRUNCATE ON exam_sightings FROM {role};
            EXCEPTION WHEN undefined_object THEN NULL;
            END $$
            """  # a database whose owner may create no roles goes on without them
        )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _recorded() -> None:
    op.create_table(
        "exam_sites",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contest_id", sa.BigInteger(), nullable=False),
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("added_by_account_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "added_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_exam_sites_contest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_sites")),
    )
    op.create_index(op.f("ix_exam_sites_contest_id"), "exam_sites", ["contest_id"], unique=False)
    op.create_table(
        "exam_sightings",
        sa.Column("attempt_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("device_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("exam_id", sa.BigInteger(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_exam_sightings_attempt_id")),
        sa.ForeignKeyConstraint(["site_id"], ["exam_sites.id"], name=op.f("fk_exam_sightings_site_id")),
        sa.PrimaryKeyConstraint("attempt_id", "device_hash", "address_hash", name=op.f("pk_exam_sightings")),
    )
    op.create_index("ix_exam_sightings_at", "exam_sightings", ["at"], unique=False)
    op.create_index("ix_exam_sightings_exam", "exam_sightings", ["exam_id"], unique=False)
    op.create_table(
        "focus_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("exam_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("ms", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_focus_events_attempt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_focus_events")),
    )
    op.create_index("ix_focus_events_attempt", "focus_events", ["attempt_id", "id"], unique=False)
    op.create_index("ix_focus_events_exam", "focus_events", ["exam_id"], unique=False)


def _evidence() -> None:
    op.create_table(
        "evidence_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("exam_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("progress", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column(
            "facts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("asked_by_account_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "asked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_evidence_runs_state")
        ),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_evidence_runs_exam_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_runs")),
    )
    op.create_index("ix_evidence_runs_exam", "evidence_runs", ["exam_id", "id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("weight", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_evidence_attempt_id")),
        sa.ForeignKeyConstraint(["run_id"], ["evidence_runs.id"], name=op.f("fk_evidence_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index("ix_evidence_attempt", "evidence", ["attempt_id"], unique=False)
    op.create_index("ix_evidence_run", "evidence", ["run_id"], unique=False)


def _cases() -> None:
    op.create_table(
        "integrity_cases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("exam_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column("decision", sa.String(), server_default="", nullable=False),
        sa.Column("opened_by_account_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_account_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "decision IN ('', 'no-action', 'hearing', 'void')", name=op.f("ck_integrity_cases_decision")
        ),
        sa.CheckConstraint("state IN ('open', 'decided')", name=op.f("ck_integrity_cases_state")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_integrity_cases_attempt_id")),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_integrity_cases_exam_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_integrity_cases_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integrity_cases")),
    )
    op.create_index("ix_integrity_cases_exam", "integrity_cases", ["exam_id"], unique=False)
    op.create_index(op.f("ix_integrity_cases_person_id"), "integrity_cases", ["person_id"], unique=False)
    op.create_index(
        "uq_integrity_cases_open",
        "integrity_cases",
        ["attempt_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "integrity_case_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column(
            "facts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("by_account_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('opened', 'note', 'told', 'statement', 'decision')",
            name=op.f("ck_integrity_case_entries_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["integrity_cases.id"], name=op.f("fk_integrity_case_entries_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integrity_case_entries")),
    )
    op.create_index(
        "ix_integrity_case_entries_case", "integrity_case_entries", ["case_id", "id"], unique=False
    )


def _interests() -> None:
    op.create_table(
        "declared_interests",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("about_person_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column(
            "declared_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(event_id, organisation_id, about_person_id) = 1",
            name=op.f("ck_declared_interests_about"),
        ),
        sa.ForeignKeyConstraint(
            ["about_person_id"], ["persons.id"], name=op.f("fk_declared_interests_about_person_id")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_declared_interests_event_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_declared_interests_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_declared_interests_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_interests")),
    )
    op.create_index(
        op.f("ix_declared_interests_person_id"), "declared_interests", ["person_id"], unique=False
    )
