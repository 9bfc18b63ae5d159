"""Lists of people who were nominated outside go through the public notice too"""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stage_lists", sa.Column("source", sa.String(), server_default="board", nullable=False))
    op.create_check_constraint(
        op.f("ck_stage_lists_source"), "stage_lists", "source IN ('board', 'nominations')"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_stage_lists_source"), "stage_lists", type_="check")
    op.drop_column("stage_lists", "source")
