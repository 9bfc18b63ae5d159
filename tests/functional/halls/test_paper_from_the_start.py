"""A hall without network: its papers are printed before the exam opens and typed by two people afterwards."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_account, make_staff, sign_in
from tests.integration.exam.exams import make_exam, participant
from webapp.access.permissions import Role
from webapp.accounts.models import Person
from webapp.contests.models import Event
from webapp.core import clock
from webapp.exam import jobs
from webapp.exam.models import Exam, Sheet
from webapp.exam.service.papers import paper_for
from webapp.halls.models import Hall, HallPaper, HallSeat
from webapp.halls.queries import papers as queries


def test_papers_are_printed_before_the_window_opens_and_graded_when_typed(
    client: FlaskClient, session: Session
) -> None:
    opens = clock.now() + timedelta(hours=20)
    exam_id = make_exam(opens_at=opens, closes_at=opens + timedelta(hours=3), duration_s=3600)
    event = session.get_one(Event, session.get_one(Exam, exam_id).event_id)
    hall = Hall(exam_id=exam_id, site="林场", address={}, name="乙", labels=["1"])
    session.add(hall)
    session.flush()
    seated = participant(exam_id, hall="乙")
    session.add(
        HallSeat(
            exam_id=exam_id, participation_id=seated.id, hall_id=hall.id, label="1", code="HGFEDCBA",
            seated_at=clock.now(),
        )
    )  # fmt: skip
    attempt_id, person_id = paper_for(exam_id, seated.id).attempt_id, seated.person_id
    host = make_staff(Role.HOST, event)
    readers = [make_staff(Role.INVIGILATOR, event) for _ in range(2)]
    session.commit()

    sign_in(client, host)
    url = f"/staff/halls/{exam_id}"
    assert "没有网络的考场" in client.get(f"{url}/{hall.id}/paper").text
    wrong = client.post(f"{url}/{hall.id}/paper", data={"scope": "rest", "hours": "24", "reason": "无网络"})
    assert wrong.status_code == 422, "nobody writes yet"
    assert "无网络" in wrong.text, "what was typed stays"
    asked = client.post(f"{url}/{hall.id}/paper", data={"scope": "start", "hours": "48", "reason": "无网络"})
    assert asked.status_code == 303, asked.text
    paper = session.scalars(select(HallPaper)).one()
    assert paper.slots == list(range(20))
    assert client.get(f"{url}/{hall.id}/papers.pdf").data.startswith(b"%PDF")
    sheet = session.get_one(Sheet, attempt_id)
    assert (sheet.state, sheet.started_at) == ("open", opens), "the time counts from the opening"
    assert paper.until == opens + timedelta(hours=1)
    assert sheet.deadline_at == opens + timedelta(hours=49)

    # Whoever finds a network after all is told that the paper counts.
    sign_in(client, make_account(session.get_one(Person, person_id)))
    assert client.post(f"/attempts/{attempt_id}/takeover").status_code == 409

    found = queries.paper(exam_id, paper.id)
    texts = {"true_false": "√", "fill": "触电", "single": "a", "multiple": "a c"}
    data = {f"s{one.slot}-0": texts[one.content.question_type] for one in queries.questions(found)}
    for reader in readers:
        sign_in(client, reader)
        assert client.post(f"{url}/papers/{paper.id}/entry", data=data).status_code == 303
    jobs.grade_pending(exam_id)
    session.expire_all()
    assert session.get_one(Sheet, attempt_id).state == "graded"
