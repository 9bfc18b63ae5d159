"""Teams: who leads, who belongs"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "team_members",
        sa.Column("participation_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("is_leader", sa.Boolean(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participations.id"], name=op.f("fk_team_members_participation_id")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_team_members_entry_id")),
        sa.PrimaryKeyConstraint("participation_id", name=op.f("pk_team_members")),
    )
    op.create_index(op.f("ix_team_members_entry_id"), "team_members", ["entry_id"])
    op.create_index(
        "uq_team_members_leader",
        "team_members",
        ["entry_id"],
        unique=True,
        postgresql_where=sa.text("is_leader"),
    )


def downgrade() -> None:
    op.execute("UPDATE entries SET kind = 'individual' WHERE kind = 'team'")
    op.drop_table("team_members")
