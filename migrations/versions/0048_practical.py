"""Practical tests: sheets, judges, blind numbers, works handed in"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
ROLES = ("jiangsai_pages", "jiangsai_keys")
APPEND_ONLY = ("practical_entries", "practical_signoffs", "practical_filings")


def upgrade() -> None:
    op.create_table(
        "practical_filings",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("scores", JSONB(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("how", sa.String(), server_default="sheets", nullable=False),
        sa.Column("by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_practical_filings_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practical_filings")),
        sa.UniqueConstraint("stage_id", "number", name=op.f("uq_practical_filings_stage_id_number")),
    )
    op.create_table(
        "practical_items",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("items", JSONB(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("fixed_at", INSTANT),
        sa.Column("made_by_account_id", sa.BigInteger()),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_practical_items_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practical_items")),
        sa.UniqueConstraint(
            "stage_id", "module", "version", name=op.f("uq_practical_items_stage_id_module_version")
        ),
    )
    op.create_table(
        "practical_judges",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("is_chief", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("assigned_by_account_id", sa.BigInteger()),
        sa.Column("assigned_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_practical_judges_account_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_practical_judges_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practical_judges")),
    )
    op.create_index(op.f("ix_practical_judges_account_id"), "practical_judges", ["account_id"], unique=False)
    op.create_index(
        "uq_practical_judges_present",
        "practical_judges",
        ["stage_id", "module", "account_id"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "practical_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary()),
        sa.Column("commitment", sa.String(), server_default="", nullable=False),
        sa.Column("drawn_by_account_id", sa.BigInteger()),
        sa.Column("drawn_at", INSTANT),
        sa.Column("decoded_by_account_id", sa.BigInteger()),
        sa.Column("decoded_at", INSTANT),
        sa.Column("handed_out_at", INSTANT),
        sa.Column("due_at", INSTANT),
        sa.CheckConstraint("(secret IS NULL) = (drawn_at IS NULL)", name=op.f("ck_practical_runs_drawn")),
        sa.CheckConstraint(
            "decoded_at IS NULL OR drawn_at IS NOT NULL", name=op.f("ck_practical_runs_decoded")
        ),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_practical_runs_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practical_runs")),
        sa.UniqueConstraint("stage_id", "module", name=op.f("uq_practical_runs_stage_id_module")),
    )
    op.create_table(
        "practical_sheets",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("items_id", sa.BigInteger(), nullable=False),
        sa.Column("judge_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column("score", sa.Numeric(precision=9, scale=4)),
        sa.Column("is_disqualified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("round", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("submitted_at", INSTANT),
        sa.Column("signed_at", INSTANT),
        sa.Column("second_by_account_id", sa.BigInteger()),
        sa.CheckConstraint("state <> 'reopened' OR reason <> ''", name=op.f("ck_practical_sheets_reason")),
        sa.CheckConstraint(
            "state IN ('open', 'reopened') OR score IS NOT NULL", name=op.f("ck_practical_sheets_score")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'submitted', 'signed', 'reopened')", name=op.f("ck_practical_sheets_state")
        ),
        sa.ForeignKeyConstraint(
            ["items_id"], ["practical_items.id"], name=op.f("fk_practical_sheets_items_id")
        ),
        sa.ForeignKeyConstraint(
            ["judge_id"], ["practical_judges.id"], name=op.f("fk_practical_sheets_judge_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["practical_runs.id"], name=op.f("fk_practical_sheets_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practical_sheets")),
        sa.UniqueConstraint("judge_id", "number", name=op.f("uq_practical_sheets_judge_id_number")),
    )
    op.create_index("ix_practical_sheets_run", "practical_sheets", ["run_id", "number"], unique=False)
    op.create_table(
        "practical_signoffs",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_digest", sa.String(), nullable=False),
        sa.Column("sheets_digest", sa.String(), nullable=False),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_practical_signoffs_file_id")),
        sa.ForeignKeyConstraint(["run_id"], ["practical_runs.id"], name=op.f("fk_practical_signoffs_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practical_signoffs")),
    )
    op.create_index("ix_practical_signoffs_run", "practical_signoffs", ["run_id"], unique=False)
    op.create_table(
        "practical_blind_numbers",
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_absent", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_practical_blind_numbers_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["practical_runs.id"], name=op.f("fk_practical_blind_numbers_run_id")
        ),
        sa.PrimaryKeyConstraint("run_id", "entry_id", name=op.f("pk_practical_blind_numbers")),
        sa.UniqueConstraint("run_id", "number", name=op.f("uq_practical_blind_numbers_run_id_number")),
    )
    op.create_index(
        op.f("ix_practical_blind_numbers_entry_id"), "practical_blind_numbers", ["entry_id"], unique=False
    )
    op.create_table(
        "practical_deliverables",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("piece_bytes", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("file_digest", sa.String(), server_default="", nullable=False),
        sa.Column("receipt", sa.String(), server_default="", nullable=False),
        sa.Column("by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("completed_at", INSTANT),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_practical_deliverables_size")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_practical_deliverables_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["practical_runs.id"], name=op.f("fk_practical_deliverables_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practical_deliverables")),
    )
    op.create_index(
        "ix_practical_deliverables_entry", "practical_deliverables", ["run_id", "entry_id"], unique=False
    )
    op.create_table(
        "practical_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("sheet_id", sa.BigInteger(), nullable=False),
        sa.Column("reading", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("round", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("arrived_at", INSTANT, nullable=False),
        sa.CheckConstraint("reading IN (1, 2)", name=op.f("ck_practical_entries_reading")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["practical_sheets.id"], name=op.f("fk_practical_entries_sheet_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practical_entries")),
        sa.UniqueConstraint(
            "sheet_id", "item", "device", "seq", name=op.f("uq_practical_entries_sheet_id_item_device_seq")
        ),
    )
    op.create_table(
        "practical_pieces",
        sa.Column("deliverable_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("arrived_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["deliverable_id"], ["practical_deliverables.id"], name=op.f("fk_practical_pieces_deliverable_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_practical_pieces_file_id")),
        sa.PrimaryKeyConstraint("deliverable_id", "number", name=op.f("pk_practical_pieces")),
    )
    for table in APPEND_ONLY:
        for role in ROLES:
            op.execute(
                f"""
                DO $$
                BEGIN
                    REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role};
                EXCEPTION WHEN undefined_object THEN
                    NULL;
                END $$
                """
            )


def downgrade() -> None:
    op.drop_table("practical_pieces")
    op.drop_table("practical_entries")
    op.drop_index("ix_practical_deliverables_entry", table_name="practical_deliverables")
    op.drop_table("practical_deliverables")
    op.drop_index(op.f("ix_practical_blind_numbers_entry_id"), table_name="practical_blind_numbers")
    op.drop_table("practical_blind_numbers")
    op.drop_index("ix_practical_signoffs_run", table_name="practical_signoffs")
    op.drop_table("practical_signoffs")
    op.drop_index("ix_practical_sheets_run", table_name="practical_sheets")
    op.drop_table("practical_sheets")
    op.drop_table("practical_runs")
    op.drop_index(
        "uq_practical_judges_present",
        table_name="practical_judges",
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.drop_index(op.f("ix_practical_judges_account_id"), table_name="practical_judges")
    op.drop_table("practical_judges")
    op.drop_table("practical_items")
    op.drop_table("practical_filings")
