"""Courses: versions, files, lessons, and drills closed to pages"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = ("course_versions", "course_files")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def _at(name: str) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
    )


def _json(name: str, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), server_default=default, nullable=False)


def _points_at(column: str, table: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "courses",
        _id(),
        sa.Column("code", sa.String(), nullable=False),
        _json("title"),
        _json("summary", "{}"),
        _json("academy", "{}"),
        sa.Column("current_version_id", sa.BigInteger(), nullable=True),
        sa.Column("created_by_account_id", sa.BigInteger(), nullable=True),
        _at("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
        sa.UniqueConstraint("code", name=op.f("uq_courses_code")),
    )
    op.create_table(
        "course_versions",
        _id(),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("made_by_account_id", sa.BigInteger(), nullable=True),
        _at("made_at"),
        _points_at("course_id", "course_versions", "courses"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_versions")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_course_versions_course_id_number")),
    )
    op.create_table(
        "course_files",
        sa.Column("course_version_id", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        _points_at("course_version_id", "course_files", "course_versions"),
        _points_at("file_id", "course_files", "stored_files"),
        sa.PrimaryKeyConstraint("course_version_id", "path", name=op.f("pk_course_files")),
    )
    op.create_table(
        "lessons",
        _id(),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        _json("title"),
        _json("summary", "{}"),
        _json("sources", "[]"),
        _json("content", "{}"),
        sa.Column("is_withdrawn", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _points_at("course_id", "lessons", "courses"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
        sa.UniqueConstraint("course_id", "key", name=op.f("uq_lessons_course_id_key")),
    )
    op.create_table(
        "course_events",
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        _points_at("course_id", "course_events", "courses"),
        _points_at("event_id", "course_events", "events"),
        sa.PrimaryKeyConstraint("course_id", "event_id", name=op.f("pk_course_events")),
    )
    op.create_index(op.f("ix_course_events_event_id"), "course_events", ["event_id"], unique=False)
    op.create_table(
        "drill_texts",
        sa.Column("course_version_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        _points_at("course_version_id", "drill_texts", "course_versions"),
        sa.PrimaryKeyConstraint("course_version_id", "path", name=op.f("pk_drill_texts")),
        schema="keys",
    )
    for role in ("jiangsai_pages", "jiangsai_keys"):
        op.execute(
            f"""
            DO $$ BEGIN
                IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                    REVOKE UPDATE, DELETE, TRUNCATE ON {", ".join(APPEND_ONLY)} FROM {role};
                END IF;
            END $$
            """  # noqa: S608 - names written above
        )


def downgrade() -> None:
    op.drop_table("drill_texts", schema="keys")
    for table in ("course_events", "lessons", "course_files", "course_versions", "courses"):
        op.drop_table(table)
