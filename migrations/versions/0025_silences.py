"""When the page of a running attempt gave no sign of life"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "silences",
        sa.Column("attempt_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_silences_attempt_id")),
        sa.PrimaryKeyConstraint("attempt_id", "since", name=op.f("pk_silences")),
    )
    op.create_index(
        "ix_silences_lasting", "silences", ["attempt_id"], postgresql_where=sa.text("until IS NULL")
    )
    for role in ("jiangsai_pages", "jiangsai_keys"):
        op.execute(
            f"""
            DO $$ BEGIN
                REVOKE DELETE, TRUNCATE ON silences FROM {role};
            EXCEPTION WHEN undefined_object THEN NULL;
            END $$
            """  # a database whose owner may create no roles goes on without them
        )


def downgrade() -> None:
    op.drop_table("silences")
