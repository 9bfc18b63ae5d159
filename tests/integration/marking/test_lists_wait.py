"""X11: no list is frozen while people have yet to mark written answers."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.integration.exam.exams import participant
from tests.integration.stages.stand import Graded, end_exam
from tests.integration.stages.test_lists import freeze, graded  # noqa: F401 - the fixture
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.exam import jobs
from webapp.exam.models import Attempt, EssayAnswer, Sheet
from webapp.exam.queries.essays import waits_for_people
from webapp.exam.service import hot
from webapp.exam.service.papers import paper_for
from webapp.exam.service.submitting import submit
from webapp.stages.errors import PapersWaiting


def test_x11_a_list_waits_for_written_answers(session: Session, graded: Graded) -> None:  # noqa: F811
    person = participant(graded.exam_id)
    session.execute(text("UPDATE exams SET closes_at = clock_timestamp() + interval '1 hour'"))
    session.commit()
    drawn = paper_for(graded.exam_id, person.id)
    session.commit()
    running = hot.start(drawn.attempt_id, person.person_id, "device", clock.now())
    with transaction():
        submit(drawn.attempt_id, person.person_id, running.lease, clock.now())
    session.add(
        EssayAnswer(
            exam_id=graded.exam_id, attempt_id=drawn.attempt_id, slot=0, part=0, section=0, out_of=10,
            question_version_id=session.get_one(Attempt, drawn.attempt_id).paper[0], answer_digest="0" * 64,
        )
    )  # fmt: skip
    session.commit()
    jobs.grade_pending(graded.exam_id)
    end_exam(graded.exam_id)
    session.expire_all()
    assert waits_for_people(drawn.attempt_id)
    assert session.get_one(Sheet, drawn.attempt_id).state == "submitted"
    with pytest.raises(PapersWaiting):
        freeze(graded)
