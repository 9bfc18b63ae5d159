"""A host may end the place of somebody whom a later list of the nominated no longer names"""

from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

BEFORE = "state IN ('invited', 'confirmed', 'declined', 'silent', 'replaced', 'admitted')"
NOW = "state IN ('invited', 'confirmed', 'declined', 'silent', 'replaced', 'admitted', 'ended')"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_stage_admissions_state"), "stage_admissions", type_="check")
    op.create_check_constraint(op.f("ck_stage_admissions_state"), "stage_admissions", NOW)
    op.create_check_constraint(
        op.f("ck_stage_admissions_ended"), "stage_admissions", "state <> 'ended' OR reason <> ''"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_stage_admissions_ended"), "stage_admissions", type_="check")
    op.execute("UPDATE stage_admissions SET state = 'declined' WHERE state = 'ended'")
    op.drop_constraint(op.f("ck_stage_admissions_state"), "stage_admissions", type_="check")
    op.create_check_constraint(op.f("ck_stage_admissions_state"), "stage_admissions", BEFORE)
