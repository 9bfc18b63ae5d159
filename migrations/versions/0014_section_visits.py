"""Which sections of a paper were entered and left"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "section_visits",
        sa.Column("attempt_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("section", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("left_at IS NULL OR left_at >= entered_at", name=op.f("ck_section_visits_left")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_section_visits_attempt_id_attempts")
        ),
        sa.PrimaryKeyConstraint("attempt_id", "section", name=op.f("pk_section_visits")),
    )


def downgrade() -> None:
    op.drop_table("section_visits")
