"""Count failed sign-ins in one table: the columns of accounts were never used"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("failures", "failed_at", "locked_until"):
        op.drop_column("accounts", column)


def downgrade() -> None:
    op.add_column("accounts", sa.Column("failures", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("accounts", sa.Column("failed_at", sa.DateTime(timezone=True)))
    op.add_column("accounts", sa.Column("locked_until", sa.DateTime(timezone=True)))
