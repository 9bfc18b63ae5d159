"""Review queues handed on for a time"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_delegations",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("to_person_id", sa.BigInteger()),
        sa.Column("to_organisation_id", sa.BigInteger()),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("given_by_account_id", sa.BigInteger()),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by_account_id", sa.BigInteger()),
        sa.CheckConstraint(
            "num_nonnulls(to_person_id, to_organisation_id) = 1",
            name=op.f("ck_review_delegations_receiver"),
        ),
        sa.CheckConstraint("until_at > from_at", name=op.f("ck_review_delegations_time")),
        sa.CheckConstraint(
            "to_organisation_id <> organisation_id", name=op.f("ck_review_delegations_elsewhere")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_review_delegations_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_person_id"], ["persons.id"], name=op.f("fk_review_delegations_to_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_review_delegations_to_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_delegations")),
    )
    for name, column in (
        ("person", "to_person_id"),
        ("receiver", "to_organisation_id"),
        ("node", "organisation_id"),
    ):
        op.create_index(f"ix_review_delegations_{name}", "review_delegations", [column, "until_at"])


def downgrade() -> None:
    op.drop_table("review_delegations")
