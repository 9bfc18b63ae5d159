"""Registers of earlier winners"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "earlier_winners",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contest_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger()),
        sa.Column("document_hash", sa.LargeBinary()),
        sa.Column("last4_hash", sa.LargeBinary()),
        sa.Column("document_mask", sa.String(), server_default="", nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit_name", sa.String(), server_default="", nullable=False),
        sa.Column("earlier_contest", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), server_default="", nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("trade", sa.String(), nullable=False),
        sa.Column("trade_key", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer()),
        sa.Column("prize", sa.String(), server_default="", nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("match_state", sa.String(), server_default="open", nullable=False),
        sa.Column("not_persons", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("matched_by_account_id", sa.BigInteger()),
        sa.Column("matched_at", sa.DateTime(timezone=True)),
        sa.Column("match_why", sa.String(), server_default="", nullable=False),
        sa.Column("imported_by_account_id", sa.BigInteger()),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.Column("removed_by_account_id", sa.BigInteger()),
        sa.Column("removed_why", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint(
            "(match_state = 'matched') = (person_id IS NOT NULL)",
            name=op.f("ck_earlier_winners_matched_person"),
        ),
        sa.CheckConstraint(
            "match_state IN ('open', 'matched', 'nobody')", name=op.f("ck_earlier_winners_match_state")
        ),
        sa.CheckConstraint("rank IS NOT NULL OR prize <> ''", name=op.f("ck_earlier_winners_result")),
        sa.CheckConstraint(
            "removed_at IS NULL OR removed_why <> ''", name=op.f("ck_earlier_winners_removed")
        ),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contests.id"], name=op.f("fk_earlier_winners_contest_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_earlier_winners_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_winners")),
        sa.UniqueConstraint(
            "contest_id", "fingerprint", name=op.f("uq_earlier_winners_contest_id_fingerprint")
        ),
    )
    op.create_index("ix_earlier_winners_person", "earlier_winners", ["person_id", "contest_id"])
    for name, column in (("document", "document_hash"), ("name", "name")):
        op.create_index(
            f"ix_earlier_winners_{name}",
            "earlier_winners",
            [column],
            postgresql_where=sa.text("person_id IS NULL"),
        )


def downgrade() -> None:
    op.drop_table("earlier_winners")
