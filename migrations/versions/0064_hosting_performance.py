"""Performance files of organisers, their photos and videos, bars"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hosting_bars",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("contest_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("since_on", sa.Date()),
        sa.Column("until_on", sa.Date()),
        sa.Column("asked_by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_account_id", sa.BigInteger()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('waiting', 'in_force', 'refused')", name=op.f("ck_hosting_bars_state")),
        sa.CheckConstraint(
            "decided_by_account_id <> asked_by_account_id", name=op.f("ck_hosting_bars_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["hosting_applications.id"], name=op.f("fk_hosting_bars_application_id")
        ),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_hosting_bars_contest_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_hosting_bars_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hosting_bars")),
    )
    op.create_index("ix_hosting_bars_organisation", "hosting_bars", ["organisation_id"])
    op.create_index(
        "uq_hosting_bars_application",
        "hosting_bars",
        ["application_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'refused'"),
    )
    op.create_table(
        "hosting_performances",
        sa.Column("application_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("filing_due_at", sa.DateTime(timezone=True)),
        sa.Column("without_table", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("reminded", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("report", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column("recordings_by_account_id", sa.BigInteger()),
        sa.Column("recordings_at", sa.DateTime(timezone=True)),
        sa.Column("scores_signed_on", sa.Date()),
        sa.Column("scores_chief", sa.String(), server_default="", nullable=False),
        sa.Column("scores_file_id", sa.BigInteger()),
        sa.Column("scores_by_account_id", sa.BigInteger()),
        sa.Column("scores_at", sa.DateTime(timezone=True)),
        sa.Column("sent_by_account_id", sa.BigInteger()),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("reviewed_by_account_id", sa.BigInteger()),
        sa.Column("reviewed_at", sa.DateTime(timezone=True)),
        sa.Column("review_reason", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'sent', 'returned', 'accepted', 'poor')",
            name=op.f("ck_hosting_performances_state"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["hosting_applications.id"],
            name=op.f("fk_hosting_performances_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["scores_file_id"], ["stored_files.id"], name=op.f("fk_hosting_performances_scores_file_id")
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_hosting_performances")),
    )
    op.create_index("ix_hosting_performances_due", "hosting_performances", ["state", "due_at"])
    op.create_table(
        "hosting_uploads",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), server_default="", nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("piece_bytes", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), server_default="", nullable=False),
        sa.Column("dpi", sa.Integer()),
        sa.Column("length_s", sa.Integer()),
        sa.Column("by_account_id", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True)),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("kind IN ('', 'photo', 'video')", name=op.f("ck_hosting_uploads_kind")),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_hosting_uploads_size")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["hosting_applications.id"], name=op.f("fk_hosting_uploads_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hosting_uploads")),
    )
    op.create_index("ix_hosting_uploads_application", "hosting_uploads", ["application_id"])
    op.create_table(
        "hosting_pieces",
        sa.Column("upload_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_hosting_pieces_file_id")),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["hosting_uploads.id"], name=op.f("fk_hosting_pieces_upload_id")
        ),
        sa.PrimaryKeyConstraint("upload_id", "number", name=op.f("pk_hosting_pieces")),
    )


def downgrade() -> None:
    op.drop_table("hosting_pieces")
    op.drop_table("hosting_uploads")
    op.drop_table("hosting_performances")
    op.drop_table("hosting_bars")
