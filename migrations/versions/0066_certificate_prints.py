"""Print files of many certificates, and how far an issuing of a stage is"""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _prints()
    _parts()
    _runs()


def _prints() -> None:
    op.create_table(
        "certificate_prints",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contest_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger()),
        sa.Column("stage_id", sa.BigInteger()),
        sa.Column("state", sa.String(), server_default="making", nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(), server_default="", nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True)),
        sa.Column("file_id", sa.BigInteger()),
        sa.Column("size_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("digest", sa.String(), server_default="", nullable=False),
        sa.Column("asked_by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True)),
        sa.Column("remove_after", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state IN ('making', 'ready', 'cancelled', 'failed', 'removed')",
            name=op.f("ck_certificate_prints_state"),
        ),
        sa.CheckConstraint(
            "(state = 'ready') = (file_id IS NOT NULL)", name=op.f("ck_certificate_prints_file")
        ),
        sa.CheckConstraint(
            "stage_id IS NULL OR event_id IS NOT NULL", name=op.f("ck_certificate_prints_scope")
        ),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contests.id"], name=op.f("fk_certificate_prints_contest_id")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_certificate_prints_event_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_certificate_prints_stage_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_certificate_prints_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_prints")),
    )
    op.create_index("ix_certificate_prints_contest", "certificate_prints", ["contest_id", "id"])
    op.create_index(
        "uq_certificate_prints_making",
        "certificate_prints",
        ["contest_id", sa.text("coalesce(event_id, 0)"), sa.text("coalesce(stage_id, 0)")],
        unique=True,
        postgresql_where=sa.text("state = 'making'"),
    )


def _parts() -> None:
    op.create_table(
        "certificate_print_parts",
        sa.Column("print_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("award_code", sa.String(), nullable=False),
        sa.Column("template_version", sa.String(), nullable=False),
        sa.Column("certificate_ids", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("pages", sa.ARRAY(sa.BigInteger())),
        sa.Column("file_id", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["print_id"], ["certificate_prints.id"], name=op.f("fk_certificate_print_parts_print_id")
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["stages.id"], name=op.f("fk_certificate_print_parts_stage_id")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_certificate_print_parts_file_id")
        ),
        sa.PrimaryKeyConstraint("print_id", "number", name=op.f("pk_certificate_print_parts")),
    )


def _runs() -> None:
    op.create_table(
        "certificate_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("snapshot_id", sa.BigInteger()),
        sa.Column("state", sa.String(), server_default="making", nullable=False),
        sa.Column("phase", sa.Integer(), server_default="0", nullable=False),
        sa.Column("position", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Integer(), server_default="0", nullable=False),
        sa.Column("worker", sa.String(), server_default="", nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True)),
        sa.Column("asked_by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('making', 'done', 'failed')", name=op.f("ck_certificate_runs_state")),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_certificate_runs_stage_id")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["board_snapshots.id"], name=op.f("fk_certificate_runs_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_runs")),
    )
    op.create_index("ix_certificate_runs_stage", "certificate_runs", ["stage_id", "id"])
    op.create_index(
        "uq_certificate_runs_making",
        "certificate_runs",
        ["stage_id"],
        unique=True,
        postgresql_where=sa.text("state = 'making'"),
    )


def downgrade() -> None:
    op.drop_table("certificate_runs")
    op.drop_table("certificate_print_parts")
    op.drop_table("certificate_prints")
