"""Uploads say how far their reading is, and what was found of their shape"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, kind, default in (
        ("step", sa.String(), ""),
        ("done", sa.Integer(), "0"),
        ("total", sa.Integer(), "0"),
        ("headings", sa.String(), ""),
    ):
        op.add_column("bank_uploads", sa.Column(name, kind, server_default=default, nullable=False))
    shape = sa.Column("shape", JSONB(), server_default="{}", nullable=False)
    op.add_column("staged_uploads", shape, schema="keys")


def downgrade() -> None:
    op.drop_column("staged_uploads", "shape", schema="keys")
    for name in ("headings", "total", "done", "step"):
        op.drop_column("bank_uploads", name)
