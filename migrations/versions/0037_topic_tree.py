"""Topics below topics"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("topics", sa.Column("parent_id", sa.BigInteger()))
    op.create_foreign_key(op.f("fk_topics_parent_id"), "topics", "topics", ["parent_id"], ["id"])
    op.execute(
        "UPDATE topics t SET parent_id = p.id FROM topics p"
        " WHERE p.bank_id = t.bank_id AND t.key LIKE '%/%' AND p.key = regexp_replace(t.key, '/[^/]*$', '')"
    )


def downgrade() -> None:
    op.drop_column("topics", "parent_id")
