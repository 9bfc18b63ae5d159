"""Acts that need a second person: the effect shown when asked, and states of long ones"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

OLD = "state IN ('waiting', 'done', 'refused')"
NEW = "state IN ('waiting', 'running', 'done', 'refused', 'withdrawn', 'failed')"


def upgrade() -> None:
    op.add_column(
        "exam_actions",
        sa.Column("effect", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    )
    op.drop_constraint("ck_exam_actions_state", "exam_actions")
    op.create_check_constraint(op.f("ck_exam_actions_state"), "exam_actions", NEW)


def downgrade() -> None:
    op.execute("UPDATE exam_actions SET state = 'refused' WHERE state IN ('withdrawn', 'failed', 'running')")
    op.drop_constraint("ck_exam_actions_state", "exam_actions")
    op.create_check_constraint(op.f("ck_exam_actions_state"), "exam_actions", OLD)
    op.drop_column("exam_actions", "effect")
