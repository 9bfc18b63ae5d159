"""Issue certificates: append-only, revoked by a row of its own"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

APPEND_ONLY = ("certificates", "certificate_revocations")
ROLES = ("jiangsai_pages", "jiangsai_keys")
INSTANT = sa.DateTime(timezone=True)
NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    _certificates()
    _revocations()
    _requests()
    for table in APPEND_ONLY:
        for role in ROLES:
            op.execute(
                f"""
                DO $$ BEGIN
                    REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role};
                EXCEPTION WHEN undefined_object THEN NULL;
                END $$
                """
            )


def _certificates() -> None:
    op.create_table(
        "certificates",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("participation_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("award_code", sa.String(), nullable=False),
        sa.Column("issue_number", sa.Integer(), nullable=False),
        sa.Column("facts", JSONB(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("template_version", sa.String(), nullable=False),
        sa.Column("contest_version_id", sa.BigInteger(), nullable=False),
        sa.Column("snapshot_id", sa.BigInteger(), nullable=True),
        sa.Column("issued_by_account_id", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", INSTANT, server_default=NOW, nullable=False),
        sa.CheckConstraint("issue_number >= 1", name=op.f("ck_certificates_issue_number")),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_certificates_stage_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_certificates_entry_id")),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participations.id"], name=op.f("fk_certificates_participation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_certificates_person_id")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["board_snapshots.id"], name=op.f("fk_certificates_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("serial", name=op.f("uq_certificates_serial")),
        sa.UniqueConstraint(
            "stage_id",
            "entry_id",
            "award_code",
            "issue_number",
            name=op.f("uq_certificates_stage_id_entry_id_award_code_issue_number"),
        ),
    )
    op.create_index("ix_certificates_person", "certificates", ["person_id"])
    op.create_index("ix_certificates_stage", "certificates", ["stage_id", "award_code", "id"])


def _revocations() -> None:
    op.create_table(
        "certificate_revocations",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("certificate_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("revoked_by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("approved_by_account_id", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", INSTANT, server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "approved_by_account_id <> revoked_by_account_id",
            name=op.f("ck_certificate_revocations_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_certificate_revocations_certificate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_revocations")),
        sa.UniqueConstraint("certificate_id", name=op.f("uq_certificate_revocations_certificate_id")),
    )


def _requests() -> None:
    op.create_table(
        "certificate_revocation_requests",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("certificate_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("asked_by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("decided_by_account_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'refused')", name=op.f("ck_certificate_revocation_requests_state")
        ),
        sa.CheckConstraint(
            "decided_by_account_id <> asked_by_account_id",
            name=op.f("ck_certificate_revocation_requests_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_revocation_requests_certificate_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_revocation_requests")),
    )
    op.create_index(
        "uq_certificate_revocation_requests_open",
        "certificate_revocation_requests",
        ["certificate_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'refused'"),
    )


def downgrade() -> None:
    op.drop_table("certificate_revocation_requests")
    op.drop_table("certificate_revocations")
    op.drop_table("certificates")
