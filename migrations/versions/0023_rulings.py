"""Stopped questions, rulings on questions, corrected keys; where an attempt comes from"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())
NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.add_column("attempts", sa.Column("origin", sa.String(), server_default="own", nullable=False))
    op.add_column("attempts", sa.Column("last_stop_id", sa.BigInteger(), server_default="0", nullable=False))
    op.create_check_constraint(
        op.f("ck_attempts_origin"), "attempts", "origin IN ('own', 'redrawn', 'resit', 'reopened')"
    )
    _stopped()
    _rulings()
    op.add_column(
        "grades",
        sa.Column("ruling_id", sa.BigInteger(), sa.ForeignKey("rulings.id", name="fk_grades_ruling_id")),
    )
    op.create_index(
        "uq_grades_ruling", "grades", ["ruling_id", "attempt_id"], unique=True,
        postgresql_where=sa.text("ruling_id IS NOT NULL"),
    )  # fmt: skip
    _keys()
    for role in ("jiangsai_pages", "jiangsai_keys"):
        op.execute(
            f"""
            DO $$ BEGIN
                REVOKE UPDATE, DELETE, TRUNCATE ON stopped_questions FROM {role};
                REVOKE DELETE, TRUNCATE ON rulings FROM {role};
                REVOKE UPDATE, DELETE, TRUNCATE ON keys.corrected_keys FROM {role};
            EXCEPTION WHEN undefined_object THEN NULL;
            END $$
            """  # a database whose owner may create no roles goes on without them
        )


def downgrade() -> None:
    op.drop_index("uq_grades_ruling", "grades")
    op.drop_column("grades", "ruling_id")
    op.drop_table("corrected_keys", schema="keys")
    op.drop_table("rulings")
    op.drop_table("stopped_questions")
    op.drop_constraint("ck_attempts_origin", "attempts")
    op.drop_column("attempts", "last_stop_id")
    op.drop_column("attempts", "origin")


def _stopped() -> None:
    op.create_table(
        "stopped_questions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("exam_id", sa.BigInteger(), nullable=False),
        sa.Column("question_version_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("stopped_by_account_id", sa.BigInteger(), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_stopped_questions_exam_id")),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_versions.id"],
            name=op.f("fk_stopped_questions_question_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stopped_questions")),
        sa.UniqueConstraint(
            "exam_id", "question_version_id", name=op.f("uq_stopped_questions_exam_id_question_version_id")
        ),
    )


def _rulings() -> None:
    op.create_table(
        "rulings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("exam_id", sa.BigInteger(), nullable=False),
        sa.Column("question_version_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="computing", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("effect", JSON, server_default="{}", nullable=False),
        sa.Column("action_id", sa.BigInteger(), nullable=True),
        sa.Column("by_account_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('drop', 'everybody', 'answered', 'key')", name=op.f("ck_rulings_kind")),
        sa.CheckConstraint(
            "state IN ('computing', 'ready', 'asked', 'applying', 'applied', 'cancelled')",
            name=op.f("ck_rulings_state"),
        ),
        sa.CheckConstraint("(kind = 'key') = (key_id IS NOT NULL)", name=op.f("ck_rulings_key")),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_rulings_exam_id")),
        sa.ForeignKeyConstraint(["action_id"], ["exam_actions.id"], name=op.f("fk_rulings_action_id")),
        sa.ForeignKeyConstraint(
            ["question_version_id"], ["question_versions.id"], name=op.f("fk_rulings_question_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulings")),
    )
    op.create_index("ix_rulings_exam", "rulings", ["exam_id"], unique=False)
    op.create_index(
        "uq_rulings_applying", "rulings", ["exam_id"], unique=True,
        postgresql_where=sa.text("state = 'applying'"),
    )  # fmt: skip


def _keys() -> None:
    op.create_table(
        "corrected_keys",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("exam_id", sa.BigInteger(), nullable=False),
        sa.Column("question_version_id", sa.BigInteger(), nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.Column("rules", JSON, server_default="{}", nullable=False),
        sa.Column("by_account_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_versions.id"],
            name=op.f("fk_corrected_keys_question_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrected_keys")),
        schema="keys",
    )
    op.create_index(
        op.f("ix_corrected_keys_question_version_id"), "corrected_keys", ["question_version_id"],
        unique=False, schema="keys",
    )  # fmt: skip
