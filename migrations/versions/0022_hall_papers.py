"""Papers of halls that go on on paper: printing, scans, typing by two people"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hall_papers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("exam_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("slots", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("state", sa.String(), server_default="printed", nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by_account_id", sa.BigInteger(), nullable=True),
        sa.Column("agreed_by_account_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('printed', 'differs', 'written')", name=op.f("ck_hall_papers_state")),
        sa.CheckConstraint(
            "agreed_by_account_id IS NULL OR agreed_by_account_id <> asked_by_account_id",
            name=op.f("ck_hall_papers_two_people"),
        ),
        sa.ForeignKeyConstraint(["action_id"], ["exam_actions.id"], name=op.f("fk_hall_papers_action_id")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_hall_papers_attempt_id")),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_hall_papers_exam_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_papers")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_hall_papers_attempt_id")),
        sa.UniqueConstraint("code", name=op.f("uq_hall_papers_code")),
    )
    op.create_index("ix_hall_papers_exam", "hall_papers", ["exam_id", "state"], unique=False)
    op.create_table(
        "hall_paper_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("paper_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("answers", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("round BETWEEN 1 AND 3", name=op.f("ck_hall_paper_entries_round")),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["hall_papers.id"], name=op.f("fk_hall_paper_entries_paper_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_paper_entries")),
        sa.UniqueConstraint(
            "paper_id", "by_account_id", name=op.f("uq_hall_paper_entries_paper_id_by_account_id")
        ),
        sa.UniqueConstraint("paper_id", "round", name=op.f("uq_hall_paper_entries_paper_id_round")),
    )
    op.create_table(
        "hall_scans",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("paper_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_hall_scans_file_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["hall_papers.id"], name=op.f("fk_hall_scans_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall_scans")),
    )
    op.create_index("ix_hall_scans_paper", "hall_scans", ["paper_id"], unique=False)
    for role in ("jiangsai_pages", "jiangsai_keys"):
        op.execute(
            f"""
            DO $$ BEGIN
                REVOKE UPDATE, DELETE, TRUNCATE ON hall_paper_entries, hall_scans FROM {role};
                REVOKE DELETE, TRUNCATE ON hall_papers FROM {role};
            EXCEPTION WHEN undefined_object THEN NULL;
            END $$
            """  # a database whose owner may create no roles goes on without them
        )


def downgrade() -> None:
    op.drop_table("hall_scans")
    op.drop_table("hall_paper_entries")
    op.drop_table("hall_papers")
