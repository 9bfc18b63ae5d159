"""Ways in: entry from hosts' own apps and sign-on services"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "entry_doors",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("secret_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("public_keys", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("is_open", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", instant, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint("kind IN ('ticket', 'oidc')", name=op.f("ck_entry_doors_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_doors")),
        sa.UniqueConstraint("code", name=op.f("uq_entry_doors_code")),
    )
    op.create_table(
        "outside_identities",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("door_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("bound_at", instant, nullable=False),
        sa.Column("used_at", instant, nullable=False),
        sa.Column("ended_at", instant),
        sa.ForeignKeyConstraint(["door_id"], ["entry_doors.id"], name=op.f("fk_outside_identities_door_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_outside_identities_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_identities")),
    )
    for name, column in (("subject", "subject_hash"), ("person", "person_id")):
        op.create_index(
            f"uq_outside_identities_{name}",
            "outside_identities",
            ["door_id", column],
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        )
    op.create_index("ix_outside_identities_person_id", "outside_identities", ["person_id"])
    op.create_table(
        "used_tickets",
        sa.Column("door_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["door_id"], ["entry_doors.id"], name=op.f("fk_used_tickets_door_id")),
        sa.PrimaryKeyConstraint("door_id", "number_hash", name=op.f("pk_used_tickets")),
    )


def downgrade() -> None:
    op.drop_table("used_tickets")
    op.drop_table("outside_identities")
    op.drop_table("entry_doors")
