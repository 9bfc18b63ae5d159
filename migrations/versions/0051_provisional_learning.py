"""Participations of people whose review is pending"""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

NAME = "ck_participations_state"


def upgrade() -> None:
    op.drop_constraint(op.f(NAME), "participations", type_="check")
    op.create_check_constraint(
        op.f(NAME), "participations", "state IN ('provisional', 'active', 'withdrawn', 'disqualified')"
    )


def downgrade() -> None:
    op.execute("UPDATE participations SET state = 'withdrawn' WHERE state = 'provisional'")
    op.drop_constraint(op.f(NAME), "participations", type_="check")
    op.create_check_constraint(
        op.f(NAME), "participations", "state IN ('active', 'withdrawn', 'disqualified')"
    )
