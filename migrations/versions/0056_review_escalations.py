"""Registrations that wait too long in the review are known and go on"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_escalations",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("to_level", sa.String(), server_default="", nullable=False),
        sa.Column("to_organisation_id", sa.BigInteger()),
        sa.Column("listed_at", sa.DateTime(timezone=True)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('reminded', 'escalated')", name=op.f("ck_review_escalations_kind")),
        sa.CheckConstraint(
            "(listed_at IS NOT NULL) = (to_level <> '')", name=op.f("ck_review_escalations_goal")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_review_escalations_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_organisation_id"], ["organisations.id"], name=op.f("fk_review_escalations_to_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_escalations")),
        sa.UniqueConstraint(
            "application_id", "revision", "step", "kind",
            name=op.f("uq_review_escalations_application_id_revision_step_kind"),
        ),
    )  # fmt: skip
    op.create_index(
        "ix_review_escalations_goal", "review_escalations", ["to_organisation_id", "listed_at"]
    )


def downgrade() -> None:
    op.drop_table("review_escalations")
