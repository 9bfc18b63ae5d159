"""Delegations that unions send to a stage"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contingents",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contest_id", sa.BigInteger(), nullable=False),
        sa.Column("stage_code", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), server_default="draft", nullable=False),
        sa.Column("leader", sa.String(), server_default="", nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_account_id", sa.BigInteger()),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('draft', 'confirmed')", name=op.f("ck_contingents_state")),
        sa.CheckConstraint(
            "(state = 'confirmed') = (confirmed_at IS NOT NULL)", name=op.f("ck_contingents_confirmed")
        ),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_contingents_contest_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_contingents_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contingents")),
        sa.UniqueConstraint(
            "contest_id",
            "stage_code",
            "organisation_id",
            name=op.f("uq_contingents_contest_id_stage_code_organisation_id"),
        ),
    )
    op.create_index("ix_contingents_organisation_id", "contingents", ["organisation_id"])
    op.create_table(
        "contingent_members",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contingent_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger()),
        sa.Column("judge_person_id", sa.BigInteger()),
        sa.CheckConstraint(
            "num_nonnulls(entry_id, judge_person_id) = 1", name=op.f("ck_contingent_members_kind")
        ),
        sa.ForeignKeyConstraint(
            ["contingent_id"], ["contingents.id"], name=op.f("fk_contingent_members_contingent_id")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_contingent_members_entry_id")),
        sa.ForeignKeyConstraint(
            ["judge_person_id"], ["persons.id"], name=op.f("fk_contingent_members_judge_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contingent_members")),
    )
    op.create_index(
        "uq_contingent_members_entry", "contingent_members", ["contingent_id", "entry_id"], unique=True
    )
    op.create_index(
        "uq_contingent_members_judge", "contingent_members", ["contingent_id", "judge_person_id"], unique=True
    )
    op.create_index("ix_contingent_members_entry_id", "contingent_members", ["entry_id"])
    op.create_table(
        "contingent_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contingent_id", sa.BigInteger(), nullable=False),
        sa.Column("wanted", postgresql.JSONB(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("asked_by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_account_id", sa.BigInteger()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'refused')", name=op.f("ck_contingent_changes_state")
        ),
        sa.CheckConstraint(
            "decided_by_account_id IS NULL OR decided_by_account_id <> asked_by_account_id",
            name=op.f("ck_contingent_changes_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["contingent_id"], ["contingents.id"], name=op.f("fk_contingent_changes_contingent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contingent_changes")),
    )
    op.create_index(
        "uq_contingent_changes_waiting",
        "contingent_changes",
        ["contingent_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "contingent_postings",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contest_id", sa.BigInteger(), nullable=False),
        sa.Column("stage_code", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("posted_by_account_id", sa.BigInteger()),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contests.id"], name=op.f("fk_contingent_postings_contest_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contingent_postings")),
        sa.UniqueConstraint(
            "contest_id", "stage_code", "number", name=op.f("uq_contingent_postings_contest_id_stage_code_number")
        ),
    )


def downgrade() -> None:
    for table in ("contingent_postings", "contingent_changes", "contingent_members", "contingents"):
        op.drop_table(table)
