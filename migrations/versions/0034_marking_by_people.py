"""Written answers, marked by people"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

APPEND_ONLY = "essay_marks"
KEPT = "essay_answers"
ROLES = ("jiangsai_pages", "jiangsai_keys")


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    now = sa.text("clock_timestamp()")
    op.create_table(
        "essay_answers",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("exam_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt_id", sa.BigInteger(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("section", sa.SmallInteger(), nullable=False),
        sa.Column("question_version_id", sa.BigInteger(), nullable=False),
        sa.Column("answer_digest", sa.String(), nullable=False),
        sa.Column("out_of", sa.Numeric(9, 4), nullable=False),
        sa.Column("mark", sa.Numeric(9, 4)),
        sa.Column("settled_at", instant),
        sa.Column("opened_at", instant, server_default=now, nullable=False),
        sa.CheckConstraint(
            "mark IS NULL OR (mark >= 0 AND mark <= out_of)", name=op.f("ck_essay_answers_mark")
        ),
        sa.CheckConstraint("(mark IS NULL) = (settled_at IS NULL)", name=op.f("ck_essay_answers_settled")),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_essay_answers_exam_id")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_essay_answers_attempt_id")),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_versions.id"],
            name=op.f("fk_essay_answers_question_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_essay_answers")),
        sa.UniqueConstraint("attempt_id", "slot", "part", name=op.f("uq_essay_answers_attempt_id_slot_part")),
    )
    op.create_index("ix_essay_answers_exam", "essay_answers", ["exam_id"])
    op.create_index(
        "ix_essay_answers_waiting", "essay_answers", ["attempt_id"], postgresql_where=sa.text("mark IS NULL")
    )
    op.create_table(
        "essay_marks",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("answer_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), server_default="marker", nullable=False),
        sa.Column("mark", sa.Numeric(9, 4), nullable=False),
        sa.Column("comment", sa.String(), server_default="", nullable=False),
        sa.Column("at", instant, server_default=now, nullable=False),
        sa.CheckConstraint("kind IN ('marker', 'arbiter')", name=op.f("ck_essay_marks_kind")),
        sa.CheckConstraint("mark >= 0", name=op.f("ck_essay_marks_mark")),
        sa.ForeignKeyConstraint(["answer_id"], ["essay_answers.id"], name=op.f("fk_essay_marks_answer_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_essay_marks_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_essay_marks")),
        sa.UniqueConstraint("answer_id", "account_id", name=op.f("uq_essay_marks_answer_id_account_id")),
    )
    op.create_index(op.f("ix_essay_marks_account_id"), "essay_marks", ["account_id"])
    op.create_index(
        "uq_essay_marks_arbiter",
        "essay_marks",
        ["answer_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'arbiter'"),
    )
    op.create_table(
        "essay_claims",
        sa.Column("answer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until", instant, nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["essay_answers.id"], name=op.f("fk_essay_claims_answer_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_essay_claims_account_id")),
        sa.PrimaryKeyConstraint("answer_id", "account_id", name=op.f("pk_essay_claims")),
    )
    op.create_index(op.f("ix_essay_claims_account_id"), "essay_claims", ["account_id"])
    for role in ROLES:
        op.execute(
            f"""
            DO $$
            BEGIN
                REVOKE UPDATE, DELETE, TRUNCATE ON {APPEND_ONLY} FROM {role};
                REVOKE DELETE, TRUNCATE ON {KEPT} FROM {role};
            EXCEPTION WHEN undefined_object THEN
                NULL;
            END $$
            """
        )


def downgrade() -> None:
    op.drop_table("essay_claims")
    op.drop_table("essay_marks")
    op.drop_table("essay_answers")
