"""Lists of a stage: re-check, public notice, objections"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APPEND_ONLY = "stage_decisions, stage_notices"
KEPT = "stage_lists, stage_regrades, stage_actions, stage_objections"


def upgrade() -> None:
    _stage_lists()
    _stage_decisions()
    _stage_regrades()
    _stage_actions()
    _stage_notices()
    _stage_objections()
    for role in ("jiangsai_pages", "jiangsai_keys"):
        op.execute(
            f"""
            DO $$ BEGIN
                REVOKE UPDATE, DELETE, TRUNCATE ON {APPEND_ONLY} FROM {role};
                REVOKE DELETE, TRUNCATE ON {KEPT} FROM {role};
            EXCEPTION WHEN undefined_object THEN NULL;
            END $$
            """  # a database whose owner may create no roles goes on without them
        )


def downgrade() -> None:
    op.drop_table("stage_objections")
    op.drop_table("stage_notices")
    op.drop_table("stage_actions")
    op.drop_table("stage_regrades")
    op.drop_table("stage_decisions")
    op.drop_table("stage_lists")


def _stage_lists() -> None:
    op.create_table(
        "stage_lists",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), server_default="frozen", nullable=False),
        sa.Column("snapshot_id", sa.BigInteger(), nullable=False),
        sa.Column("contest_version_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("substitutes_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_by_account_id", sa.BigInteger(), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rechecked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("final_snapshot_id", sa.BigInteger(), nullable=True),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('frozen', 'rechecking', 'rechecked', 'regraded', 'ready', 'posted', 'final', 'superseded', 'dropped')",
            name=op.f("ck_stage_lists_state"),
        ),
        sa.ForeignKeyConstraint(
            ["contest_version_id"], ["contest_versions.id"], name=op.f("fk_stage_lists_contest_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["final_snapshot_id"], ["board_snapshots.id"], name=op.f("fk_stage_lists_final_snapshot_id")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["board_snapshots.id"], name=op.f("fk_stage_lists_snapshot_id")
        ),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_stage_lists_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_lists")),
        sa.UniqueConstraint("stage_id", "number", name=op.f("uq_stage_lists_stage_id_number")),
    )


def _stage_decisions() -> None:
    op.create_table(
        "stage_decisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("unit_at_registration_id", sa.BigInteger(), nullable=True),
        sa.Column("unit_at_recheck_id", sa.BigInteger(), nullable=True),
        sa.Column("by_account_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("decision = 'eligible' OR reason <> ''", name=op.f("ck_stage_decisions_reason")),
        sa.CheckConstraint(
            "decision IN ('eligible', 'ineligible', 'withdrawn', 'unresponsive')",
            name=op.f("ck_stage_decisions_decision"),
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_stage_decisions_entry_id")),
        sa.ForeignKeyConstraint(["list_id"], ["stage_lists.id"], name=op.f("fk_stage_decisions_list_id")),
        sa.ForeignKeyConstraint(
            ["unit_at_recheck_id"], ["organisations.id"], name=op.f("fk_stage_decisions_unit_at_recheck_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_at_registration_id"],
            ["organisations.id"],
            name=op.f("fk_stage_decisions_unit_at_registration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_decisions")),
    )
    op.create_index("ix_stage_decisions_list", "stage_decisions", ["list_id", "entry_id", "id"], unique=False)


def _stage_regrades() -> None:
    op.create_table(
        "stage_regrades",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("papers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("results", sa.Integer(), server_default="0", nullable=False),
        sa.Column("waiting", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "differences", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column("asked_by_account_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["list_id"], ["stage_lists.id"], name=op.f("fk_stage_regrades_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_regrades")),
    )
    op.create_index("ix_stage_regrades_list", "stage_regrades", ["list_id", "id"], unique=False)


def _stage_actions() -> None:
    op.create_table(
        "stage_actions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("asked_by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_account_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('post', 'amend', 'finalise')", name=op.f("ck_stage_actions_kind")),
        sa.CheckConstraint("state IN ('waiting', 'done', 'refused')", name=op.f("ck_stage_actions_state")),
        sa.CheckConstraint(
            "decided_by_account_id IS NULL OR decided_by_account_id <> asked_by_account_id",
            name=op.f("ck_stage_actions_two_people"),
        ),
        sa.ForeignKeyConstraint(["list_id"], ["stage_lists.id"], name=op.f("fk_stage_actions_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_actions")),
    )
    op.create_index(
        "uq_stage_actions_waiting",
        "stage_actions",
        ["list_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )


def _stage_notices() -> None:
    op.create_table(
        "stage_notices",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("calendar", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_by_account_id", sa.BigInteger(), nullable=True),
        sa.Column("agreed_by_account_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["list_id"], ["stage_lists.id"], name=op.f("fk_stage_notices_list_id")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["board_snapshots.id"], name=op.f("fk_stage_notices_snapshot_id")
        ),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_stage_notices_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_notices")),
        sa.UniqueConstraint("stage_id", "version", name=op.f("uq_stage_notices_stage_id_version")),
    )


def _stage_objections() -> None:
    op.create_table(
        "stage_objections",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("name_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("phone_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("phone_mask", sa.String(), server_default="", nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="received", nullable=False),
        sa.Column("answer", sa.String(), server_default="", nullable=False),
        sa.Column("published_answer", sa.String(), server_default="", nullable=False),
        sa.Column("changes_list", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("answered_by_account_id", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('received', 'answered')", name=op.f("ck_stage_objections_state")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_stage_objections_entry_id")),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["stage_notices.id"], name=op.f("fk_stage_objections_notice_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_stage_objections_person_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_stage_objections_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_objections")),
        sa.UniqueConstraint("reference", name=op.f("uq_stage_objections_reference")),
    )
    op.create_index("ix_stage_objections_person", "stage_objections", ["person_id"], unique=False)
    op.create_index("ix_stage_objections_stage", "stage_objections", ["stage_id", "state"], unique=False)
