"""From the last confirmation to a drawn paper, while the exam is about to open or already runs."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_staff
from tests.integration.exam.exams import make_bank_version, make_exam
from tests.integration.registration.stand import Stand, make_stand
from tests.integration.registration.test_chain import apply, decide
from webapp.access.permissions import Role
from webapp.contests.models import Stage
from webapp.core import clock
from webapp.core.outbox import OutboxRow
from webapp.core.queue import Job
from webapp.core.transaction import transaction
from webapp.exam.models import Sheet
from webapp.registration.models import Participation


def confirm_somebody(stand: Stand) -> None:
    """A worker applies, and every level confirms."""
    with transaction():
        application = apply(stand, stand.worker("王小明"))
        staff = [stand.reviewer(node) for node in (stand.county, stand.city, stand.province)]
        staff.append(make_staff(Role.ORGANISER, stand.event))
        for reviewer in staff:
            decide(application, reviewer)


def test_the_last_confirmation_draws_the_paper_at_once(session: Session, run_jobs: Callable[[], int]) -> None:
    stand = make_stand()
    stage = session.scalars(select(Stage).where(Stage.event_id == stand.event.id)).first()
    assert stage is not None
    stage.opens_at, stage.closes_at = clock.now() + timedelta(minutes=3), clock.now() + timedelta(days=1)
    exam_id = make_exam(stage, make_bank_version(), opens_at=clock.now() + timedelta(minutes=3))
    confirm_somebody(stand)
    assert session.scalars(select(Sheet)).all() == []
    run_jobs()
    sheet = session.scalars(select(Sheet)).one()
    participation = session.scalars(select(Participation)).one()
    assert (sheet.exam_id, sheet.participation_id, sheet.state) == (exam_id, participation.id, "created")


def test_a_far_stage_costs_no_job(session: Session) -> None:
    stand = make_stand()
    for stage in session.scalars(select(Stage).where(Stage.event_id == stand.event.id)):
        stage.opens_at, stage.closes_at = clock.now() + timedelta(hours=3), clock.now() + timedelta(days=1)
    confirm_somebody(stand)
    assert [row.job for row in session.scalars(select(OutboxRow)) if row.job == Job.PREPARE_PARTICIPANT] == []
    assert len(session.scalars(select(Participation)).all()) == 1
