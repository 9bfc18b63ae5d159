"""Keep the digest of every sealed audit row, so that the very row that was changed can be named"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit_seals", sa.Column("row_ids", ARRAY(sa.BigInteger()), nullable=True))
    op.add_column("audit_seals", sa.Column("leaves", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("audit_seals", "leaves")
    op.drop_column("audit_seals", "row_ids")
