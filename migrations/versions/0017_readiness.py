"""Readiness before an exam: signs of life, backups, accepted red items"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "process_beats",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("offset_ms", sa.Integer(), nullable=False),
        sa.Column("seen_at", INSTANT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("kind", "host", "pid", name=op.f("pk_process_beats")),
    )
    op.create_table(
        "backup_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, server_default=NOW, nullable=False),
        sa.CheckConstraint("kind IN ('dump', 'base')", name=op.f("ck_backup_runs_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_runs")),
    )
    op.create_table(
        "doctor_waivers",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("exam_id", sa.BigInteger(), nullable=False),
        sa.Column("check_key", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("agreed_by_account_id", sa.BigInteger(), nullable=True),
        sa.Column("agreed_at", INSTANT, nullable=True),
        sa.Column("until", INSTANT, nullable=False),
        sa.CheckConstraint(
            "agreed_by_account_id IS NULL OR agreed_by_account_id <> asked_by_account_id",
            name=op.f("ck_doctor_waivers_two_people"),
        ),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_doctor_waivers_exam_id_exams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doctor_waivers")),
    )
    op.create_index("ix_doctor_waivers_exam", "doctor_waivers", ["exam_id"])
    for role in ("jiangsai_pages", "jiangsai_keys"):
        op.execute(
            f"""
            DO $$ BEGIN
                REVOKE UPDATE, DELETE, TRUNCATE ON backup_runs FROM {role};
                REVOKE DELETE, TRUNCATE ON doctor_waivers FROM {role};
            EXCEPTION WHEN undefined_object THEN NULL;
            END $$
            """
        )


def downgrade() -> None:
    op.drop_table("doctor_waivers")
    op.drop_table("backup_runs")
    op.drop_table("process_beats")
