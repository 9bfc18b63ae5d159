"""Decided award lists are opened again by two people: the old one holds until the new one is decided."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

STATE = "ck_award_lists_state"
OPEN = "uq_award_lists_open"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("award_lists", sa.Column("reopens_list_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_award_lists_reopens_list_id"), "award_lists", "award_lists", ["reopens_list_id"], ["id"]
    )
    op.drop_constraint(op.f(STATE), "award_lists", type_="check")
    op.create_check_constraint(
        op.f(STATE), "award_lists", "state IN ('proposed', 'waiting', 'decided', 'reopened', 'superseded')"
    )
    op.drop_index(OPEN, table_name="award_lists")
    op.create_index(
        OPEN,
        "award_lists",
        ["stage_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'superseded' AND state <> 'reopened'"),
    )
    op.create_table(
        "award_reopenings",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("effect", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("asked_by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_account_id", sa.BigInteger()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'refused')", name=op.f("ck_award_reopenings_state")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_award_reopenings_reason")),
        sa.CheckConstraint(
            "decided_by_account_id IS NULL OR decided_by_account_id <> asked_by_account_id",
            name=op.f("ck_award_reopenings_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["award_lists.id"], name=op.f("fk_award_reopenings_list_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_reopenings")),
    )
    op.create_index(
        "uq_award_reopenings_waiting",
        "award_reopenings",
        ["list_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "skill_level_ends",
        sa.Column("level_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["level_id"], ["skill_levels.id"], name=op.f("fk_skill_level_ends_level_id")
        ),
        sa.ForeignKeyConstraint(["list_id"], ["award_lists.id"], name=op.f("fk_skill_level_ends_list_id")),
        sa.PrimaryKeyConstraint("level_id", name=op.f("pk_skill_level_ends")),
    )
    op.execute(
        """
        DO $$ BEGIN
            REVOKE UPDATE, DELETE, TRUNCATE ON skill_level_ends FROM jiangsai_pages;
        EXCEPTION WHEN undefined_object THEN NULL;
        END $$
        """
    )


def downgrade() -> None:
    op.execute("UPDATE award_lists SET state = 'superseded' WHERE state = 'reopened'")
    op.drop_table("skill_level_ends")
    op.drop_table("award_reopenings")
    op.drop_index(OPEN, table_name="award_lists")
    op.create_index(
        OPEN, "award_lists", ["stage_id"], unique=True, postgresql_where=sa.text("state <> 'superseded'")
    )
    op.drop_constraint(op.f(STATE), "award_lists", type_="check")
    op.create_check_constraint(
        op.f(STATE), "award_lists", "state IN ('proposed', 'waiting', 'decided', 'superseded')"
    )
    op.drop_constraint(op.f("fk_award_lists_reopens_list_id"), "award_lists", type_="foreignkey")
    op.drop_column("award_lists", "reopens_list_id")
