"""Labour competitions: leaders, units, reports, files, reminders, candidates, lists"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

TABLES = (
    "campaign_files", "campaign_reports", "campaign_reminders", "campaign_candidates", "campaign_units",
    "campaign_lists", "campaign_leaders",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "campaign_leaders",
        sa.Column("contest_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("named_by_account_id", sa.BigInteger()),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_campaign_leaders_contest_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_campaign_leaders_organisation_id")
        ),
        sa.PrimaryKeyConstraint("contest_id", "campaign", name=op.f("pk_campaign_leaders")),
    )
    op.create_index(
        op.f("ix_campaign_leaders_organisation_id"), "campaign_leaders", ["organisation_id"], unique=False
    )
    op.create_table(
        "campaign_lists",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contest_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rows", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("asked_by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_account_id", sa.BigInteger()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('waiting', 'posted', 'refused')", name=op.f("ck_campaign_lists_state")),
        sa.CheckConstraint(
            "decided_by_account_id <> asked_by_account_id", name=op.f("ck_campaign_lists_two_people")
        ),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_campaign_lists_contest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_lists")),
    )
    op.create_index(
        "uq_campaign_lists_waiting",
        "campaign_lists",
        ["contest_id", "campaign"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "campaign_units",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contest_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("firms", sa.Integer(), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(), server_default="", nullable=False),
        sa.Column("plan_state", sa.String(), server_default="", nullable=False),
        sa.Column("plan_reason", sa.String(), server_default="", nullable=False),
        sa.Column("plan_sent_at", sa.DateTime(timezone=True)),
        sa.Column("plan_decided_by_account_id", sa.BigInteger()),
        sa.Column("plan_decided_at", sa.DateTime(timezone=True)),
        sa.Column("enrolled_by_account_id", sa.BigInteger()),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "plan_state <> 'returned' OR plan_reason <> ''", name=op.f("ck_campaign_units_plan_reason")
        ),
        sa.CheckConstraint(
            "plan_state IN ('', 'sent', 'accepted', 'returned')", name=op.f("ck_campaign_units_plan_state")
        ),
        sa.CheckConstraint("firms >= 0 AND workers >= 0", name=op.f("ck_campaign_units_covered")),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_campaign_units_contest_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["organisations.id"], name=op.f("fk_campaign_units_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_units")),
        sa.UniqueConstraint(
            "contest_id", "campaign", "unit_id", name=op.f("uq_campaign_units_contest_id_campaign_unit_id")
        ),
    )
    op.create_index("ix_campaign_units_unit", "campaign_units", ["unit_id"], unique=False)
    op.create_table(
        "campaign_candidates",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(), server_default="", nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("named_by_account_id", sa.BigInteger()),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(), server_default="", nullable=False),
        sa.Column("decision_reason", sa.String(), server_default="", nullable=False),
        sa.Column("decided_by_account_id", sa.BigInteger()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("list_id", sa.BigInteger()),
        sa.CheckConstraint(
            "decision <> 'declined' OR decision_reason <> ''", name=op.f("ck_campaign_candidates_reason")
        ),
        sa.CheckConstraint(
            "decision IN ('', 'granted', 'declined')", name=op.f("ck_campaign_candidates_decision")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["campaign_units.id"], name=op.f("fk_campaign_candidates_enrolment_id")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["campaign_lists.id"], name=op.f("fk_campaign_candidates_list_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_candidates")),
        sa.UniqueConstraint(
            "enrolment_id", "person", name=op.f("uq_campaign_candidates_enrolment_id_person")
        ),
    )
    op.create_table(
        "campaign_reminders",
        sa.Column("enrolment_id", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('soon', 'overdue')", name=op.f("ck_campaign_reminders_kind")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["campaign_units.id"], name=op.f("fk_campaign_reminders_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "period", "kind", name=op.f("pk_campaign_reminders")),
    )
    op.create_table(
        "campaign_reports",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), server_default="sent", nullable=False),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        sa.Column("firms", sa.Integer()),
        sa.Column("workers", sa.Integer()),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("sent_by_account_id", sa.BigInteger()),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("decided_by_account_id", sa.BigInteger()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state <> 'returned' OR reason <> ''", name=op.f("ck_campaign_reports_reason")),
        sa.CheckConstraint(
            "state IN ('sent', 'accepted', 'returned')", name=op.f("ck_campaign_reports_state")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["campaign_units.id"], name=op.f("fk_campaign_reports_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_reports")),
        sa.UniqueConstraint(
            "enrolment_id", "period", "number", name=op.f("uq_campaign_reports_enrolment_id_period_number")
        ),
    )
    op.create_table(
        "campaign_files",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger(), nullable=False),
        sa.Column("report_id", sa.BigInteger()),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["campaign_units.id"], name=op.f("fk_campaign_files_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_campaign_files_file_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["campaign_reports.id"], name=op.f("fk_campaign_files_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_files")),
    )
    op.create_index("ix_campaign_files_unit", "campaign_files", ["enrolment_id"], unique=False)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
