"""Count the failed sign-ins of a known browser apart, so that a rival cannot lock its owner out"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_in_failures", sa.Column("account_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_sign_in_failures_account_id"), "sign_in_failures", ["account_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_sign_in_failures_account_id"), table_name="sign_in_failures")
    op.drop_column("sign_in_failures", "account_id")
