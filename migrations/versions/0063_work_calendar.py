"""Years of holidays that a host entered"""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

ROLES = ("jiangsai_pages", "jiangsai_keys")


def upgrade() -> None:
    op.create_table('work_calendar_years',
    sa.Column('id', sa.BigInteger(), sa.Identity(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('entered_by', sa.String(), nullable=False),
    sa.Column('entered_by_account_id', sa.BigInteger(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_work_calendar_years')),
    sa.UniqueConstraint('year', 'number', name=op.f('uq_work_calendar_years_year_number'))
    )

    for role in ROLES:
        op.execute(
            f"""
            DO $$
            BEGIN
                REVOKE UPDATE, DELETE, TRUNCATE ON work_calendar_years FROM {role};
            EXCEPTION WHEN undefined_object THEN
                NULL;
            END $$
            """
        )


def downgrade() -> None:
    op.drop_table("work_calendar_years")
