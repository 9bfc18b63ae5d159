"""Links to skill records, visits of them, and copies"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_copies",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_record_copies_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_copies")),
        sa.UniqueConstraint("serial", name=op.f("uq_record_copies_serial")),
    )
    op.create_index("ix_record_copies_person", "record_copies", ["person_id", "id"])
    op.create_table(
        "record_links",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("for_whom", sa.String(), nullable=False),
        sa.Column("contest_id", sa.BigInteger()),
        sa.Column("with_scores", sa.Boolean(), nullable=False),
        sa.Column("name_shown", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("name_shown IN ('full', 'masked')", name=op.f("ck_record_links_name_shown")),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_record_links_time")),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_record_links_contest_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_record_links_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_record_links_token_hash")),
    )
    op.create_index("ix_record_links_person", "record_links", ["person_id", "id"])
    op.create_table(
        "record_link_visits",
        sa.Column("link_id", sa.BigInteger(), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("visits", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["record_links.id"], name=op.f("fk_record_link_visits_link_id")),
        sa.PrimaryKeyConstraint("link_id", "minute", name=op.f("pk_record_link_visits")),
    )
    op.execute(
        """
        DO $$ BEGIN
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'jiangsai_pages') THEN
                REVOKE UPDATE, DELETE, TRUNCATE ON record_copies FROM jiangsai_pages;
            END IF;
        END $$
        """
    )


def downgrade() -> None:
    op.drop_table("record_link_visits")
    op.drop_table("record_links")
    op.drop_table("record_copies")
