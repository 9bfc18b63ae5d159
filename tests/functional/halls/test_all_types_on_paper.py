"""Matching, ordering, numbers and passages on paper: printed whole, typed by two people, graded."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from tests.integration.exam.all_types import make_exam_of_all_types
from tests.integration.exam.exams import sit
from webapp.access.permissions import Role
from webapp.contests.models import Event
from webapp.core import clock
from webapp.exam import jobs
from webapp.exam.models import Exam, Grade, Sheet
from webapp.halls.models import Hall, HallPaper, HallSeat
from webapp.halls.queries import papers as queries

ALPHABET = "ABCDEFGH"
RIGHT = {
    "matching": ["禁止", "警告", "指令"],
    "ordering": ["切断电源", "判断意识", "呼救", "心肺复苏"],
    "numeric": ["36.0"],
    "passage": ["a", "围挡"],
    "fill": ["绿色"],
}


def test_all_types_are_printed_typed_and_graded(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam_of_all_types(session)
    event = session.get_one(Event, session.get_one(Exam, exam_id).event_id)
    hall = Hall(exam_id=exam_id, site="职教中心", address={}, name="甲", labels=["1"])
    session.add(hall)
    session.flush()
    sat = sit(exam_id, hall="甲")
    session.add(
        HallSeat(
            exam_id=exam_id, participation_id=sat.participation_id, hall_id=hall.id, label="1", code="ABCDEFGH",
            seated_at=clock.now(),
        )
    )  # fmt: skip
    host, readers = make_staff(Role.HOST, event), [make_staff(Role.INVIGILATOR, event) for _ in range(2)]
    session.commit()
    url = f"/staff/halls/{exam_id}"
    sign_in(client, host)
    asked = client.post(f"{url}/{hall.id}/paper", data={"scope": "all", "hours": "24", "reason": "停电"})
    assert asked.status_code == 303, asked.text
    printed = client.get(f"{url}/{hall.id}/papers.pdf")
    assert printed.status_code == 200
    assert printed.data.startswith(b"%PDF")
    paper = session.scalars(select(HallPaper)).one()
    data: dict[str, str] = {}
    for one in queries.questions(queries.paper(exam_id, paper.id)):
        kind = one.content.question_type
        texts = RIGHT[kind]
        if kind in {"matching", "ordering"}:
            texts = [" ".join(ALPHABET[one.options.index(words)] for words in texts)]
        data |= {f"s{one.slot}-{at}": words for at, words in enumerate(texts)}
    for reader in readers:
        sign_in(client, reader)
        page = client.get(f"{url}/papers/{paper.id}")
        assert "从上到下每行一个字母" in page.text
        assert client.post(f"{url}/papers/{paper.id}/entry", data=data).status_code == 303
    session.expire_all()
    jobs.grade_pending(exam_id)
    session.expire_all()
    sheet = session.get_one(Sheet, sat.attempt_id)
    assert session.get_one(Grade, sheet.current_grade_id).mark == 20
