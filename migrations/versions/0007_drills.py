"""Runs of simulated drills and their judged steps"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drill_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contest_id", sa.BigInteger(), nullable=False),
        sa.Column("participation_id", sa.BigInteger(), nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        sa.Column("course_version_id", sa.BigInteger(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Numeric(5, 2), nullable=True),
        sa.Column("took_s", sa.Integer(), nullable=True),
        sa.Column("is_fast", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("points", sa.Numeric(9, 2), server_default="0", nullable=False),
        sa.Column("cut_by", sa.String(), server_default="", nullable=False),
        _points_at("contest_id", "drill_runs", "contests"),
        _points_at("participation_id", "drill_runs", "participations"),
        _points_at("lesson_id", "drill_runs", "lessons"),
        _points_at("course_version_id", "drill_runs", "course_versions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_runs")),
    )
    op.create_index(
        "ix_drill_runs_open",
        "drill_runs",
        ["participation_id", "lesson_id"],
        unique=True,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_index("ix_drill_runs_lesson", "drill_runs", ["participation_id", "lesson_id", "id"])
    op.create_table(
        "drill_steps",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("action", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("verdict", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _points_at("run_id", "drill_steps", "drill_runs"),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_drill_steps")),
    )
    for role in ("jiangsai_pages", "jiangsai_keys"):
        op.execute(
            f"""
            DO $$ BEGIN
                IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                    REVOKE UPDATE, DELETE, TRUNCATE ON drill_steps FROM {role};
                END IF;
            END $$
            """  # noqa: S608 - names written above
        )


def downgrade() -> None:
    op.drop_table("drill_steps")
    op.drop_table("drill_runs")


def _points_at(column: str, table: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
