"""Evidence, a case and a known site for the tests of access and of the pages."""

from datetime import timedelta

from sqlalchemy.orm import Session

from tests.integration.exam.exams import Sat
from tests.unit.integrity.test_snapshots import jpeg
from webapp.contests.models import Event
from webapp.core import clock
from webapp.exam.models import Exam, Sheet
from webapp.integrity.models import ExamSite, IntegrityCase, Interest, Snapshot
from webapp.integrity.service.snapshots import keep


def of_evidence(session: Session, sat: Sat) -> dict[str, int | str]:
    """A case about this attempt that its person was shown, and a known site of its contest."""
    exam_id = session.get_one(Sheet, sat.attempt_id).exam_id
    event = session.get_one(Event, session.get_one(Exam, exam_id).event_id)
    at = clock.now()
    case = IntegrityCase(
        exam_id=exam_id, attempt_id=sat.attempt_id, person_id=sat.person_id, opened_at=at, told_at=at
    )
    site = ExamSite(contest_id=event.contest_id, network="10.20.0.0/16", label="第一考场")
    interest = Interest(person_id=sat.person_id, relation="other", event_id=event.id)
    session.add_all([case, site, interest])
    session.flush()
    picture = Snapshot(
        exam_id=exam_id,
        attempt_id=sat.attempt_id,
        number=0,
        file_id=keep(sat.attempt_id, jpeg(30, 20)),
        at=at,
        keep_until=at + timedelta(days=30),
    )
    session.add(picture)
    session.flush()
    return {"snapshot_id": picture.id, "case_id": case.id, "site_id": site.id, "interest_id": interest.id}
