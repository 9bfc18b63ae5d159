"""Fair papers: draw secrets that are revealed and replaced, questions left out, parity reports"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    now = sa.text("clock_timestamp()")
    instant = sa.DateTime(timezone=True)
    op.add_column("exams", sa.Column("secret_committed_at", instant, server_default=now, nullable=False))
    op.add_column("exams", sa.Column("secret_revealed_at", instant))
    op.add_column(
        "exams",
        sa.Column(
            "excluded_ids", postgresql.ARRAY(sa.Integer()), server_default=sa.text("'{}'"), nullable=False
        ),
    )
    op.create_table(
        "past_draw_secrets",
        sa.Column("exam_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("number", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("committed_at", instant, nullable=False),
        sa.Column("revealed_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_past_draw_secrets_exam_id")),
        sa.PrimaryKeyConstraint("exam_id", "number", name=op.f("pk_past_draw_secrets")),
    )
    op.create_table(
        "parity_reports",
        sa.Column("exam_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("asked_at", instant, nullable=False),
        sa.Column("made_at", instant),
        sa.Column("report", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_parity_reports_exam_id")),
        sa.PrimaryKeyConstraint("exam_id", name=op.f("pk_parity_reports")),
    )
    for role in ("jiangsai_pages", "jiangsai_keys"):
        op.execute(
            f"""
            DO $$ BEGIN
                REVOKE UPDATE, DELETE, TRUNCATE ON past_draw_secrets FROM {role};
            EXCEPTION WHEN undefined_object THEN NULL;
            END $$
            """  # a database whose owner may create no roles goes on without them
        )


def downgrade() -> None:
    op.drop_table("parity_reports")
    op.drop_table("past_draw_secrets")
    op.drop_column("exams", "excluded_ids")
    op.drop_column("exams", "secret_revealed_at")
    op.drop_column("exams", "secret_committed_at")
