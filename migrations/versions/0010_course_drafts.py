"""Drafts of courses that organisers work on"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course_drafts",
        sa.Column("course_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("event_ids", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("changed_by_account_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_drafts_course_id")),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_course_drafts")),
    )
    op.create_table(
        "course_draft_files",
        sa.Column("course_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_draft_files_course_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_course_draft_files_file_id")),
        sa.PrimaryKeyConstraint("course_id", "path", name=op.f("pk_course_draft_files")),
    )
    op.create_table(
        "draft_drills",
        sa.Column("course_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_draft_drills_course_id")),
        sa.PrimaryKeyConstraint("course_id", "path", name=op.f("pk_draft_drills")),
        schema="keys",
    )


def downgrade() -> None:
    op.drop_table("draft_drills", schema="keys")
    op.drop_table("course_draft_files")
    op.drop_table("course_drafts")
