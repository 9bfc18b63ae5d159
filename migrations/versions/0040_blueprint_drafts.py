"""Drafts of blueprints"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blueprint_drafts",
        sa.Column("event_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("stage_code", sa.String(), nullable=False),
        sa.Column("form", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_blueprint_drafts_event_id")),
        sa.PrimaryKeyConstraint("event_id", "stage_code", name=op.f("pk_blueprint_drafts")),
    )


def downgrade() -> None:
    op.drop_table("blueprint_drafts")
