"""What optional checks of the exam saw"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "check_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("exam_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("attempt_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("how", sa.String(), server_default="", nullable=False),
        sa.Column("device_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('shown', 'refused', 'missing')", name=op.f("ck_check_events_outcome")
        ),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_check_events_attempt_id")),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_check_events_exam_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_events")),
    )
    op.create_index("ix_check_events_person", "check_events", ["exam_id", "person_id", "id"], unique=False)
    for role in ("jiangsai_pages", "jiangsai_keys"):
        op.execute(
            f"""
            DO $$ BEGIN
                REVOKE UPDATE, DELETE, TRUNCATE ON check_events FROM {role};
            EXCEPTION WHEN undefined_object THEN NULL;
            END $$
            """  # a database whose owner may create no roles goes on without them
        )


def downgrade() -> None:
    op.drop_table("check_events")
