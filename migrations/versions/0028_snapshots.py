"""Camera pictures of an exam: who agreed, and what came"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshot_consents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("exam_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_snapshot_consents_exam_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot_consents")),
    )
    op.create_index(
        "ix_snapshot_consents_person", "snapshot_consents", ["exam_id", "person_id", "id"], unique=False
    )
    op.create_table(
        "snapshots",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("exam_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.String(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_snapshots_attempt_id")),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_snapshots_exam_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_snapshots_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshots")),
        sa.UniqueConstraint("attempt_id", "number", name=op.f("uq_snapshots_attempt_id_number")),
    )
    op.create_index(op.f("ix_snapshots_exam_id"), "snapshots", ["exam_id"], unique=False)
    op.create_index(
        "ix_snapshots_kept", "snapshots", ["keep_until"], postgresql_where=sa.text("file_id IS NOT NULL")
    )
    for role in ("jiangsai_pages", "jiangsai_keys"):
        op.execute(
            f"""
            DO $$ BEGIN
                REVOKE UPDATE, DELETE, TRUNCATE ON snapshot_consents FROM {role};
                REVOKE DELETE, TRUNCATE ON snapshots FROM {role};
            EXCEPTION WHEN undefined_object THEN NULL;
            END $$
            """  # a database whose owner may create no roles goes on without them
        )


def downgrade() -> None:
    op.drop_table("snapshots")
    op.drop_table("snapshot_consents")
