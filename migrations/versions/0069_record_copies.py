"""What a copy of a skill record says is kept for whoever holds it, until its holder closes it"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("record_copies", sa.Column("content", postgresql.JSONB()))
    op.add_column("record_copies", sa.Column("code_hash", sa.LargeBinary()))
    op.add_column("record_copies", sa.Column("closed_at", sa.DateTime(timezone=True)))
    op.create_check_constraint(
        op.f("ck_record_copies_content"),
        "record_copies",
        "(content IS NULL) = (code_hash IS NULL) AND (content IS NULL OR closed_at IS NULL)",
    )
    op.execute(
        """
        DO $$ BEGIN
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'jiangsai_pages') THEN
                GRANT UPDATE (content, code_hash, closed_at) ON record_copies TO jiangsai_pages;
            END IF;
        END $$
        """
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_record_copies_content"), "record_copies", type_="check")
    op.drop_column("record_copies", "closed_at")
    op.drop_column("record_copies", "code_hash")
    op.drop_column("record_copies", "content")
