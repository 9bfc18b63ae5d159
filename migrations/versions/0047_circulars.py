"""Circulars after all events of a contest, and which bodies agreed"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

ROLES = ("jiangsai_pages", "jiangsai_keys")


def upgrade() -> None:
    op.create_table(
        "circulars",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contest_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("prepared_by_account_id", sa.BigInteger()),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('signing', 'issued', 'dropped')", name=op.f("ck_circulars_state")),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_circulars_contest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circulars")),
        sa.UniqueConstraint("contest_id", "number", name=op.f("uq_circulars_contest_id_number")),
    )
    op.create_index(
        "uq_circulars_live",
        "circulars",
        ["contest_id"],
        unique=True,
        postgresql_where=sa.text("state = 'signing'"),
    )
    op.create_table(
        "circular_agreements",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("circular_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["circular_id"], ["circulars.id"], name=op.f("fk_circular_agreements_circular_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circular_agreements")),
        sa.UniqueConstraint("circular_id", "body", name=op.f("uq_circular_agreements_circular_id_body")),
        sa.UniqueConstraint(
            "circular_id", "account_id", name=op.f("uq_circular_agreements_circular_id_account_id")
        ),
    )
    for role in ROLES:
        op.execute(
            f"""
            DO $$
            BEGIN
                REVOKE UPDATE, DELETE, TRUNCATE ON circular_agreements FROM {role};
            EXCEPTION WHEN undefined_object THEN
                NULL;
            END $$
            """
        )


def downgrade() -> None:
    op.drop_table("circular_agreements")
    op.drop_table("circulars")
