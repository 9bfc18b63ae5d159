"""Organisers' applications: form, who joins, files, review, exceptions, payments"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

ROLES = ("jiangsai_pages", "jiangsai_keys")


def upgrade() -> None:
    op.create_table(
        "hosting_applications",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contest_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("offer", sa.String(), nullable=False),
        sa.Column("event_id", sa.BigInteger()),
        sa.Column("stage_code", sa.String(), server_default="", nullable=False),
        sa.Column("event_code", sa.String(), server_default="", nullable=False),
        sa.Column("told", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("title", sa.String(), server_default="", nullable=False),
        sa.Column("event_class", sa.String(), server_default="", nullable=False),
        sa.Column("leads", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", sa.String(), server_default="draft", nullable=False),
        sa.Column("step", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("contest_version_id", sa.BigInteger()),
        sa.Column("asked_support", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("granted_support", sa.BigInteger()),
        sa.Column("begun_by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_account_id", sa.BigInteger()),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("agreement_on", sa.Date()),
        sa.CheckConstraint(
            "offer IN ('trade', 'event', 'stage')", name=op.f("ck_hosting_applications_offer")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'in_review', 'returned', 'waiting', 'granted', 'settled', 'refused', 'withdrawn')",
            name=op.f("ck_hosting_applications_state"),
        ),
        sa.CheckConstraint("granted_support >= 0", name=op.f("ck_hosting_applications_granted_support")),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contests.id"], name=op.f("fk_hosting_applications_contest_id")
        ),
        sa.ForeignKeyConstraint(
            ["contest_version_id"],
            ["contest_versions.id"],
            name=op.f("fk_hosting_applications_contest_version_id"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_hosting_applications_event_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_hosting_applications_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hosting_applications")),
    )
    op.create_index("ix_hosting_applications_contest", "hosting_applications", ["contest_id", "state"])
    op.create_index("ix_hosting_applications_organisation", "hosting_applications", ["organisation_id"])
    op.create_table(
        "hosting_exceptions",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contest_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger()),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["hosting_applications.id"], name=op.f("fk_hosting_exceptions_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contests.id"], name=op.f("fk_hosting_exceptions_contest_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hosting_exceptions")),
    )
    op.create_index(
        "uq_hosting_exceptions_application",
        "hosting_exceptions",
        ["application_id", "rule"],
        unique=True,
        postgresql_where=sa.text("application_id IS NOT NULL"),
    )
    op.create_index(
        "uq_hosting_exceptions_programme",
        "hosting_exceptions",
        ["contest_id", "rule"],
        unique=True,
        postgresql_where=sa.text("application_id IS NULL"),
    )
    op.create_table(
        "hosting_files",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("kind IN ('attachment', 'agreement')", name=op.f("ck_hosting_files_kind")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["hosting_applications.id"], name=op.f("fk_hosting_files_application_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_hosting_files_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hosting_files")),
    )
    op.create_index("ix_hosting_files_application", "hosting_files", ["application_id"])
    op.create_table(
        "hosting_partners",
        sa.Column("application_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), server_default="asked", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_account_id", sa.BigInteger()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state IN ('asked', 'agreed', 'declined')", name=op.f("ck_hosting_partners_state")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["hosting_applications.id"], name=op.f("fk_hosting_partners_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_hosting_partners_organisation_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "organisation_id", name=op.f("pk_hosting_partners")),
    )
    op.create_index("ix_hosting_partners_organisation", "hosting_partners", ["organisation_id"])
    op.create_table(
        "hosting_payments",
        sa.Column("application_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("half", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("half IN ('first', 'second')", name=op.f("ck_hosting_payments_half")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_hosting_payments_amount")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["hosting_applications.id"], name=op.f("fk_hosting_payments_application_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "half", name=op.f("pk_hosting_payments")),
    )
    op.create_table(
        "hosting_steps",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("support", sa.BigInteger()),
        sa.Column("state", sa.String(), server_default="done", nullable=False),
        sa.Column("by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_account_id", sa.BigInteger()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("outcome IN ('go-on', 'return', 'refuse')", name=op.f("ck_hosting_steps_outcome")),
        sa.CheckConstraint("state IN ('done', 'waiting', 'rejected')", name=op.f("ck_hosting_steps_state")),
        sa.CheckConstraint(
            "answered_by_account_id <> by_account_id", name=op.f("ck_hosting_steps_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["hosting_applications.id"], name=op.f("fk_hosting_steps_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hosting_steps")),
    )
    op.create_index("ix_hosting_steps_application", "hosting_steps", ["application_id"])
    op.create_index(
        "uq_hosting_steps_waiting",
        "hosting_steps",
        ["application_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )

    for role in ROLES:
        op.execute(
            f"""
            DO $$
            BEGIN
                REVOKE UPDATE, DELETE, TRUNCATE ON hosting_exceptions FROM {role};
            EXCEPTION WHEN undefined_object THEN
                NULL;
            END $$
            """
        )


def downgrade() -> None:
    op.drop_table("hosting_steps")
    op.drop_table("hosting_payments")
    op.drop_table("hosting_partners")
    op.drop_table("hosting_files")
    op.drop_table("hosting_exceptions")
    op.drop_table("hosting_applications")
