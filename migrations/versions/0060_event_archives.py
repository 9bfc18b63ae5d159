"""Events written down as one file"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_archives",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), server_default="making", nullable=False),
        sa.Column("with_names", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("with_keys", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("members", sa.Integer(), server_default="0", nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("file_id", sa.BigInteger()),
        sa.Column("manifest_sha256", sa.String(), server_default="", nullable=False),
        sa.Column("content_sha256", sa.String(), server_default="", nullable=False),
        sa.Column("omitted", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("asked_by_account_id", sa.BigInteger()),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True)),
        sa.Column("keep_until", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('making', 'ready', 'failed')", name=op.f("ck_event_archives_state")),
        sa.CheckConstraint(
            "(state = 'ready') = (file_id IS NOT NULL)", name=op.f("ck_event_archives_file")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_archives_event_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_event_archives_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_archives")),
    )
    op.create_index("ix_event_archives_event", "event_archives", ["event_id", "id"])
    op.create_index(
        "uq_event_archives_making",
        "event_archives",
        ["event_id"],
        unique=True,
        postgresql_where=sa.text("state = 'making'"),
    )


def downgrade() -> None:
    op.drop_table("event_archives")
