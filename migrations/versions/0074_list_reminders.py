"""Hosts are told once a day how many lists are due"""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "list_reminders",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_list_reminders_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_list_reminders")),
    )


def downgrade() -> None:
    op.drop_table("list_reminders")
