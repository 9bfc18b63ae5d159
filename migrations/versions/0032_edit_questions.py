"""Who made a question version, and who edited an open draft"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question_versions", sa.Column("created_by_account_id", sa.BigInteger()))
    op.add_column(
        "bank_versions",
        sa.Column(
            "edited_by",
            postgresql.ARRAY(sa.BigInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )


def downgrade() -> None:
    op.drop_column("bank_versions", "edited_by")
    op.drop_column("question_versions", "created_by_account_id")
