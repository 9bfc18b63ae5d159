"""Keep quizzes: rounds, their answers (append-only) and the wrong-answer book"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

REVOKES = (
    """
    DO $$ BEGIN
        REVOKE UPDATE, DELETE, TRUNCATE ON quiz_answers FROM jiangsai_pages;
    EXCEPTION WHEN undefined_object THEN NULL;
    END $$
    """,
    """
    DO $$ BEGIN
        REVOKE UPDATE, DELETE, TRUNCATE ON quiz_answers FROM jiangsai_keys;
    EXCEPTION WHEN undefined_object THEN NULL;
    END $$
    """,
)
"""A database whose owner may create no roles goes on without them."""

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _rounds()
    _answers()
    _book()
    for revoke in REVOKES:
        op.execute(revoke)


def _rounds() -> None:
    op.create_table(
        "quiz_rounds",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contest_id", sa.BigInteger(), nullable=False),
        sa.Column("participation_id", sa.BigInteger(), nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        sa.Column("title", JSONB(), nullable=False),
        sa.Column("question_ids", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("version_ids", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("option_seed", sa.String(), nullable=False),
        sa.Column("slot", sa.Integer(), server_default="0", nullable=False),
        sa.Column("shown_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "cardinality(version_ids) = cardinality(question_ids)", name=op.f("ck_quiz_rounds_same_length")
        ),
        sa.CheckConstraint("slot >= 0 AND slot < cardinality(version_ids)", name=op.f("ck_quiz_rounds_slot")),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_quiz_rounds_contest_id")),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participations.id"], name=op.f("fk_quiz_rounds_participation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_rounds")),
    )
    op.create_index(
        "ix_quiz_rounds_open",
        "quiz_rounds",
        ["participation_id", "lesson_id"],
        unique=True,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_index(
        "ix_quiz_rounds_participation_lesson", "quiz_rounds", ["participation_id", "lesson_id", "id"]
    )


def _answers() -> None:
    op.create_table(
        "quiz_answers",
        sa.Column("contest_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("participation_id", sa.BigInteger(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("question_version_id", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("took_s", sa.Numeric(12, 3), nullable=False),
        sa.Column("is_fast", sa.Boolean(), nullable=False),
        sa.Column("points", sa.Numeric(9, 2), nullable=False),
        sa.Column("cut_by", sa.String(), server_default="", nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["quiz_rounds.id"], name=op.f("fk_quiz_answers_round_id")),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participations.id"], name=op.f("fk_quiz_answers_participation_id")
        ),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_quiz_answers_question_id")),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_versions.id"],
            name=op.f("fk_quiz_answers_question_version_id"),
        ),
        sa.PrimaryKeyConstraint("contest_id", "id", name=op.f("pk_quiz_answers")),
        sa.UniqueConstraint(
            "contest_id", "round_id", "slot", name=op.f("uq_quiz_answers_contest_id_round_id_slot")
        ),
    )
    op.create_index("ix_quiz_answers_participation", "quiz_answers", ["participation_id", "id"])
    op.create_index("ix_quiz_answers_question", "quiz_answers", ["participation_id", "question_id", "id"])


def _book() -> None:
    op.create_table(
        "quiz_book",
        sa.Column("participation_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("wrong_count", sa.Integer(), nullable=False),
        sa.Column("right_streak", sa.Integer(), nullable=False),
        sa.Column("is_in", sa.Boolean(), nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participations.id"], name=op.f("fk_quiz_book_participation_id")
        ),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_quiz_book_question_id")),
        sa.PrimaryKeyConstraint("participation_id", "question_id", name=op.f("pk_quiz_book")),
    )
    op.create_index(
        "ix_quiz_book_in", "quiz_book", ["participation_id", "last_at"], postgresql_where=sa.text("is_in")
    )


def downgrade() -> None:
    op.drop_table("quiz_book")
    op.drop_table("quiz_answers")
    op.drop_table("quiz_rounds")
