"""Watch videos: sessions, counted seconds, readings"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import INT4MULTIRANGE

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NO_SECONDS = sa.text("'{}'::int4multirange")
NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    create_functions()
    create_progress()
    create_sessions()
    create_readings()


def create_functions() -> None:
    """Two small functions on sets of seconds; they are inlined or planned once."""
    op.execute(
        """
        CREATE FUNCTION seconds_of(spans int4multirange) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT coalesce(sum(upper(span) - lower(span)), 0)::int FROM unnest(spans) AS span
        $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION first_seconds(spans int4multirange, most int) RETURNS int4multirange
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT coalesce(
                range_agg(int4range(start_s, least(end_s, start_s + most - before_s)))
                    FILTER (WHERE before_s < most),
                '{}')
            FROM (
                SELECT lower(span) AS start_s, upper(span) AS end_s,
                       (sum(upper(span) - lower(span)) OVER (ORDER BY lower(span)))::int
                           - (upper(span) - lower(span)) AS before_s
                FROM unnest(spans) AS span
            ) AS pieces
        $$
        """
    )


def create_progress() -> None:
    op.create_table(
        "watch_progress",
        sa.Column("participation_id", sa.BigInteger(), nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        sa.Column("file_digest", sa.String(), nullable=False),
        sa.Column("length_s", sa.Integer(), nullable=False),
        sa.Column("spans", INT4MULTIRANGE(), server_default=NO_SECONDS, nullable=False),
        sa.Column("credited_s", sa.Integer(), server_default="0", nullable=False),
        sa.Column("spent_s", sa.Numeric(12, 3), server_default="0", nullable=False),
        sa.Column("resume_s", sa.Integer(), server_default="0", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("enough_at", sa.DateTime(timezone=True)),
        sa.Column("tried_at", sa.DateTime(timezone=True)),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participations.id"], name=op.f("fk_watch_progress_participation_id")
        ),
        sa.PrimaryKeyConstraint(
            "participation_id", "lesson_id", "file_digest", name=op.f("pk_watch_progress")
        ),
    )
    op.create_index(
        "ix_watch_progress_owed",
        "watch_progress",
        ["enough_at"],
        postgresql_where=sa.text("enough_at IS NOT NULL AND tried_at IS NULL"),
    )


def create_sessions() -> None:
    op.create_table(
        "watch_sessions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("participation_id", sa.BigInteger(), nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        sa.Column("file_digest", sa.String(), nullable=False),
        sa.Column("length_s", sa.Integer(), nullable=False),
        sa.Column("enough_s", sa.Integer(), nullable=False),
        sa.Column("min_time_s", sa.Integer(), nullable=False),
        sa.Column("max_speed", sa.Numeric(5, 2), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gained_s", sa.Integer(), server_default="0", nullable=False),
        sa.Column("budget_s", sa.Numeric(12, 3), nullable=False),
        sa.Column("held", INT4MULTIRANGE(), server_default=NO_SECONDS, nullable=False),
        sa.Column("presence_from_s", sa.Integer(), nullable=False),
        sa.Column("presence_to_s", sa.Integer(), nullable=False),
        sa.Column("presence_wait_s", sa.Integer(), nullable=False),
        sa.Column("presence_number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("presence_left_s", sa.Integer()),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_why", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_why = '')", name=op.f("ck_watch_sessions_ended")),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participations.id"], name=op.f("fk_watch_sessions_participation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_sessions")),
    )
    op.create_index(
        "uq_watch_sessions_open",
        "watch_sessions",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_watch_sessions_participation", "watch_sessions", ["participation_id", "started_at"])


def create_readings() -> None:
    op.create_table(
        "readings",
        sa.Column("participation_id", sa.BigInteger(), nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["participation_id"], ["participations.id"], name=op.f("fk_readings_participation_id")
        ),
        sa.PrimaryKeyConstraint("participation_id", "lesson_id", name=op.f("pk_readings")),
    )
    op.create_index("ix_readings_done", "readings", ["participation_id", "done_at"])


def downgrade() -> None:
    op.drop_table("readings")
    op.drop_table("watch_sessions")
    op.drop_table("watch_progress")
    op.execute("DROP FUNCTION first_seconds(int4multirange, int)")
    op.execute("DROP FUNCTION seconds_of(int4multirange)")
