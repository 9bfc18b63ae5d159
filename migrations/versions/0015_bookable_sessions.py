"""Bookable sessions of an exam: seats, bookings, the own window of a sheet"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

WINDOW = ("opens_at", "starts_until", "closes_at")


def upgrade() -> None:
    for name in ("booking_opens_at", "booking_closes_at"):
        op.add_column("exams", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for name in WINDOW:
        op.add_column("sheets", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "exam_sessions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("exam_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("places", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in WINDOW),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_closed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("taken >= 0 AND taken <= seats", name=op.f("ck_exam_sessions_taken")),
        sa.CheckConstraint(
            "opens_at < starts_until AND starts_until <= closes_at", name=op.f("ck_exam_sessions_window")
        ),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_exam_sessions_exam_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_sessions")),
        sa.UniqueConstraint("exam_id", "key", name=op.f("uq_exam_sessions_exam_id_key")),
    )
    op.create_table(
        "session_bookings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("exam_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("participation_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), server_default="self", nullable=False),
        sa.Column(
            "booked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("source IN ('self', 'assigned', 'host')", name=op.f("ck_session_bookings_source")),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name=op.f("fk_session_bookings_exam_id")),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participations.id"], name=op.f("fk_session_bookings_participation_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["exam_sessions.id"], name=op.f("fk_session_bookings_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_bookings")),
        sa.UniqueConstraint(
            "exam_id", "participation_id", name=op.f("uq_session_bookings_exam_id_participation_id")
        ),
    )
    op.create_index("ix_session_bookings_session", "session_bookings", ["session_id", "participation_id"])
    op.create_index(op.f("ix_session_bookings_participation_id"), "session_bookings", ["participation_id"])


def downgrade() -> None:
    op.drop_table("session_bookings")
    op.drop_table("exam_sessions")
    for name in WINDOW:
        op.drop_column("sheets", name)
    for name in ("booking_opens_at", "booking_closes_at"):
        op.drop_column("exams", name)
