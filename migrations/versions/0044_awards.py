"""Awards: lists derived from final standings, their lines, and the skill levels people hold"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "award_lists",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), server_default="proposed", nullable=False),
        sa.Column("snapshot_id", sa.BigInteger(), nullable=False),
        sa.Column("contest_version_id", sa.BigInteger(), nullable=False),
        sa.Column("local_organisation_id", sa.BigInteger()),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("derived_by_account_id", sa.BigInteger()),
        sa.Column("derived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_account_id", sa.BigInteger()),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("closed_by_account_id", sa.BigInteger()),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("certificate_awards", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("certificates_asked_at", sa.DateTime(timezone=True)),
        sa.Column("certificates_done_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state IN ('proposed', 'waiting', 'decided', 'superseded')", name=op.f("ck_award_lists_state")
        ),
        sa.CheckConstraint(
            "closed_by_account_id <> asked_by_account_id", name=op.f("ck_award_lists_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["contest_version_id"], ["contest_versions.id"], name=op.f("fk_award_lists_contest_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["local_organisation_id"], ["organisations.id"], name=op.f("fk_award_lists_local_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["board_snapshots.id"], name=op.f("fk_award_lists_snapshot_id")
        ),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_award_lists_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_lists")),
        sa.UniqueConstraint("stage_id", "number", name=op.f("uq_award_lists_stage_id_number")),
    )
    op.create_index(
        "uq_award_lists_open",
        "award_lists",
        ["stage_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'superseded'"),
    )
    op.create_table(
        "award_lines",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("settled_list_id", sa.BigInteger()),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("award_code", sa.String(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2)),
        sa.Column("granted_amount", sa.Numeric(precision=12, scale=2)),
        sa.Column("level", sa.String(), server_default="", nullable=False),
        sa.Column("why", postgresql.JSONB(), nullable=False),
        sa.Column("decision", sa.String(), server_default="", nullable=False),
        sa.Column("decision_reason", sa.String(), server_default="", nullable=False),
        sa.Column("decided_by_account_id", sa.BigInteger()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "decision <> 'declined' OR decision_reason <> ''", name=op.f("ck_award_lines_reason")
        ),
        sa.CheckConstraint(
            "decision <> 'granted' OR state = 'candidate'", name=op.f("ck_award_lines_granted")
        ),
        sa.CheckConstraint("decision IN ('', 'granted', 'declined')", name=op.f("ck_award_lines_decision")),
        sa.CheckConstraint(
            "granted_amount IS NULL OR (granted_amount > 0 AND decision = 'granted')",
            name=op.f("ck_award_lines_granted_amount")
        ),
        sa.CheckConstraint("state IN ('candidate', 'open', 'not-due')", name=op.f("ck_award_lines_state")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_award_lines_entry_id")),
        sa.ForeignKeyConstraint(["list_id"], ["award_lists.id"], name=op.f("fk_award_lines_list_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_award_lines_person_id")),
        sa.ForeignKeyConstraint(
            ["settled_list_id"], ["award_lists.id"], name=op.f("fk_award_lines_settled_list_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_lines")),
        sa.UniqueConstraint(
            "list_id", "award_code", "entry_id", name=op.f("uq_award_lines_list_id_award_code_entry_id")
        ),
    )
    op.create_index("ix_award_lines_person", "award_lines", ["person_id"], unique=False)
    op.create_table(
        "award_nominations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("award_code", sa.String(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("named_by_account_id", sa.BigInteger()),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_award_nominations_entry_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_award_nominations_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_nominations")),
    )
    op.create_index(
        "uq_award_nominations_live",
        "award_nominations",
        ["stage_id", "award_code", "entry_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "award_payout_ticks",
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ticked_by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("ticked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('identity', 'account')", name=op.f("ck_award_payout_ticks_kind")),
        sa.ForeignKeyConstraint(["line_id"], ["award_lines.id"], name=op.f("fk_award_payout_ticks_line_id")),
        sa.PrimaryKeyConstraint("line_id", "kind", name=op.f("pk_award_payout_ticks")),
    )
    op.create_table(
        "skill_levels",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("trade", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("held_since", sa.Date()),
        sa.Column("certificate_number", sa.String(), server_default="", nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("award_line_id", sa.BigInteger()),
        sa.Column("recorded_by_account_id", sa.BigInteger()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("source IN ('checked', 'award')", name=op.f("ck_skill_levels_source")),
        sa.ForeignKeyConstraint(
            ["award_line_id"], ["award_lines.id"], name=op.f("fk_skill_levels_award_line_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_skill_levels_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill_levels")),
        sa.UniqueConstraint("award_line_id", name=op.f("uq_skill_levels_award_line_id")),
    )
    op.create_index("ix_skill_levels_person", "skill_levels", ["person_id", "trade"], unique=False)
    op.execute(
        """
        DO $$ BEGIN
            REVOKE UPDATE, DELETE, TRUNCATE ON skill_levels FROM jiangsai_pages;
        EXCEPTION WHEN undefined_object THEN NULL;
        END $$
        """
    )


def downgrade() -> None:
    op.drop_table("skill_levels")
    op.drop_table("award_payout_ticks")
    op.drop_table("award_nominations")
    op.drop_table("award_lines")
    op.drop_table("award_lists")
