"""Places in later stages, supplementary notices, objections that staff enter"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

KINDS = "'post', 'amend', 'finalise'"
CHANNELS = "'page', 'phone', 'letter', 'visit', 'enterprise'"


def upgrade() -> None:
    op.create_table(
        "stage_admissions",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer()),
        sa.Column("list_id", sa.BigInteger()),
        sa.Column("replaces_entry_id", sa.BigInteger()),
        sa.Column("answer_by", sa.DateTime(timezone=True)),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answered_by_account_id", sa.BigInteger()),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "origin IN ('promotion', 'substitute', 'nomination', 'direct', 'carried')",
            name=op.f("ck_stage_admissions_origin"),
        ),
        sa.CheckConstraint(
            "state IN ('invited', 'confirmed', 'declined', 'silent', 'replaced', 'admitted')",
            name=op.f("ck_stage_admissions_state"),
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_stage_admissions_entry_id")),
        sa.ForeignKeyConstraint(["list_id"], ["stage_lists.id"], name=op.f("fk_stage_admissions_list_id")),
        sa.ForeignKeyConstraint(
            ["replaces_entry_id"], ["entries.id"], name=op.f("fk_stage_admissions_replaces_entry_id")
        ),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_stage_admissions_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_admissions")),
        sa.UniqueConstraint("stage_id", "entry_id", name=op.f("uq_stage_admissions_stage_id_entry_id")),
    )
    op.create_index("ix_stage_admissions_entry", "stage_admissions", ["entry_id"])
    op.create_index(
        "ix_stage_admissions_waiting",
        "stage_admissions",
        ["answer_by"],
        postgresql_where=sa.text("state = 'invited'"),
    )
    op.add_column(
        "stage_objections", sa.Column("channel", sa.String(), server_default="page", nullable=False)
    )
    op.add_column("stage_objections", sa.Column("entered_by_account_id", sa.BigInteger()))
    op.create_check_constraint(
        op.f("ck_stage_objections_channel"), "stage_objections", f"channel IN ({CHANNELS})"
    )
    op.drop_constraint(op.f("ck_stage_actions_kind"), "stage_actions")
    op.create_check_constraint(
        op.f("ck_stage_actions_kind"), "stage_actions", f"kind IN ({KINDS}, 'supplement')"
    )


def downgrade() -> None:
    op.execute("DELETE FROM stage_actions WHERE kind = 'supplement'")
    op.drop_constraint(op.f("ck_stage_actions_kind"), "stage_actions")
    op.create_check_constraint(op.f("ck_stage_actions_kind"), "stage_actions", f"kind IN ({KINDS})")
    op.drop_constraint(op.f("ck_stage_objections_channel"), "stage_objections")
    op.drop_column("stage_objections", "entered_by_account_id")
    op.drop_column("stage_objections", "channel")
    op.drop_table("stage_admissions")
