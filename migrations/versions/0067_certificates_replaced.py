"""Certificates are revoked and issued anew in one step; the index of a print file follows the reader's language"""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "certificate_revocation_requests",
        sa.Column("is_replaced", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "certificate_prints", sa.Column("language", sa.String(), server_default="zh_CN", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("certificate_prints", "language")
    op.drop_column("certificate_revocation_requests", "is_replaced")
