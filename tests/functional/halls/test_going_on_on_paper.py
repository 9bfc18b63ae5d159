"""A power cut: the hall goes on on paper, two people type the sheets, the attempt is graded with them."""

import io

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from tests.factories import make_account, make_staff, sign_in
from tests.integration.exam.exams import Sat, make_exam, sit
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person
from webapp.contests.models import Event
from webapp.core import clock
from webapp.exam import jobs
from webapp.exam.models import AnswerEvent, Exam, ExamAction, LeaseEvent, Sheet, TimeGrant
from webapp.exam.queries.evidence import stored_attempt
from webapp.exam.rules.saving import Item
from webapp.exam.service import hot
from webapp.halls.models import Hall, HallPaper, HallPaperEntry, HallScan, HallSeat
from webapp.halls.queries import papers as queries


class Cut:
    """An exam in a hall whose power is gone: one person has saved two answers."""

    def __init__(self, client: FlaskClient, session: Session, scope: str = "rest") -> None:
        self.client, self.session = client, session
        self.exam_id = make_exam()
        event = session.get_one(Event, session.get_one(Exam, self.exam_id).event_id)
        self.hall = Hall(exam_id=self.exam_id, site="职教中心", address={}, name="甲", labels=["1", "2"])
        session.add(self.hall)
        session.flush()
        self.sat: Sat = sit(self.exam_id, hall="甲")
        session.add(
            HallSeat(
                exam_id=self.exam_id, participation_id=self.sat.participation_id, hall_id=self.hall.id,
                label="1", code="ABCDEFGH", seated_at=clock.now(),
            )
        )  # fmt: skip
        self.host, self.second = make_staff(Role.HOST, event), make_staff(Role.HOST, event)
        self.readers = [make_staff(Role.INVIGILATOR, event) for _ in range(3)]
        session.commit()
        self.save(0, "A")
        self.save(1, "AC") if self.kinds()[1] == "multiple" else self.save(1, self.right(1))
        self.url = f"/staff/halls/{self.exam_id}"
        sign_in(client, self.host)
        data = {"scope": scope, "hours": "24", "reason": "考点停电"}
        asked = client.post(f"{self.url}/{self.hall.id}/paper", data=data)
        assert asked.status_code == 303, asked.text

    def kinds(self) -> list[str]:
        rows = self.session.execute(
            text(
                "SELECT q.type FROM attempts a CROSS JOIN LATERAL unnest(a.paper) WITH ORDINALITY AS p(id, n)"
                " JOIN question_versions q ON q.id = p.id WHERE a.id = :id ORDER BY p.n"
            ),
            {"id": self.sat.attempt_id},
        )
        return [row.type for row in rows]

    def save(self, slot: int, answer: str) -> None:
        hot.save(
            self.sat.attempt_id,
            self.sat.person_id,
            self.sat.lease,
            [Item(slot, 1, answer, False)],
            clock.now(),
        )

    def right(self, slot: int) -> str:
        return {"true_false": "T", "fill": '["触电"]'}.get(self.kinds()[slot], "B")

    def agree(self) -> None:
        action = self.session.scalars(select(ExamAction).where(ExamAction.kind == "paper")).one()
        if action.state == "waiting":
            sign_in(self.client, self.second)
            url = f"/staff/exams/{self.exam_id}/actions/{action.id}"
            assert self.client.post(url, data={"agree": "yes"}).status_code == 303

    @property
    def paper(self) -> HallPaper:
        self.session.expire_all()
        return self.session.scalars(select(HallPaper)).one()

    def sheet(self) -> Sheet:
        self.session.expire_all()
        return self.session.get_one(Sheet, self.sat.attempt_id)

    def type(self, who: Account, **changes: str) -> int:
        """Type T, B and 触电 into every field; changes: slot -> something else."""
        found = queries.paper(self.exam_id, self.paper.id)
        texts = {"true_false": "√", "fill": "触电", "single": "b", "multiple": "a b"}
        data = {f"s{one.slot}-0": texts[one.content.question_type] for one in queries.questions(found)}
        sign_in(self.client, who)
        data |= {f"{slot}-0": value for slot, value in changes.items()}
        return self.client.post(f"{self.url}/papers/{found.paper_id}/entry", data=data).status_code


def test_the_hall_goes_on_on_paper_only_when_two_people_agree(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(client.application.config, "TWO_PERSON", True)
    cut = Cut(client, session)
    assert session.scalars(select(HallPaper)).all() == []
    action = session.scalars(select(ExamAction).where(ExamAction.kind == "paper")).one()
    own = client.post(f"/staff/exams/{cut.exam_id}/actions/{action.id}", data={"agree": "yes"})
    assert own.status_code == 403
    cut.agree()
    paper = cut.paper
    assert (paper.asked_by_account_id, paper.agreed_by_account_id) == (cut.host.id, cut.second.id)
    assert paper.slots == list(range(2, 20)), "what was saved is not written again"


def test_the_page_no_longer_writes_and_nobody_takes_the_attempt_over(
    client: FlaskClient, session: Session
) -> None:
    cut = Cut(client, session)
    cut.agree()
    person = session.get_one(Person, cut.sat.person_id)
    sign_in(client, make_account(person))
    body = {"lease": cut.sat.lease, "items": [{"slot": 5, "seq": 1, "answer": "A"}]}
    assert client.post(f"/attempts/{cut.sat.attempt_id}/answers", json=body).status_code == 409
    taken = client.post(f"/attempts/{cut.sat.attempt_id}/takeover")
    assert taken.status_code == 409
    assert "转为纸笔作答" in taken.text
    sheet = cut.sheet()
    assert sheet.state == "open"
    assert sheet.deadline_at is not None
    assert cut.paper.until < sheet.deadline_at, "the attempt stays open until the sheets are typed"
    kinds = session.scalars(select(LeaseEvent.kind).where(LeaseEvent.attempt_id == cut.sat.attempt_id)).all()
    assert "paper" in kinds
    assert session.scalars(select(TimeGrant.extra_s)).all() == [24 * 3600]


def test_the_papers_are_printed_with_code_and_masked_name(client: FlaskClient, session: Session) -> None:
    cut = Cut(client, session, scope="all")
    cut.agree()
    sign_in(client, cut.readers[0])
    made = client.get(f"{cut.url}/{cut.hall.id}/papers.pdf")
    assert made.data.startswith(b"%PDF")
    page = client.get(f"{cut.url}/papers?code={cut.paper.code.lower()}")
    assert page.location == f"{cut.url}/papers/{cut.paper.id}"
    assert client.get(page.location).status_code == 200


def test_two_equal_readings_go_into_the_attempt_and_are_graded(client: FlaskClient, session: Session) -> None:
    cut = Cut(client, session)
    cut.agree()
    one, other, _third = cut.readers
    assert cut.type(one) == 303
    assert cut.type(one) == 409, "nobody types the same paper twice"
    assert cut.sheet().state == "open"
    sign_in(client, other)
    assert (
        "√"
        not in client.get(f"{cut.url}/papers/{cut.paper.id}").text.split('id="entry"')[1].split("<form")[1]
    )
    assert cut.type(other) == 303
    sheet = cut.sheet()
    assert (sheet.state, sheet.submitted_by, cut.paper.state) == ("submitted", "paper", "written")
    assert sheet.answers[0] == "A"
    assert all(sheet.answers)
    events = session.scalars(select(AnswerEvent).where(AnswerEvent.outcome == "paper")).all()
    assert {event.slot for event in events} == set(range(2, 20))
    assert cut.type(cut.readers[2]) == 409
    jobs.grade_pending(cut.exam_id)
    graded = cut.sheet()
    assert graded.state == "graded"
    evidence = stored_attempt(cut.sat.attempt_id)
    assert evidence is not None
    assert list(evidence.stray) == []


def test_where_two_readings_differ_a_third_person_settles(client: FlaskClient, session: Session) -> None:
    cut = Cut(client, session)
    cut.agree()
    slot = cut.kinds().index("true_false")
    assert cut.type(cut.readers[0]) == 303
    assert cut.type(cut.readers[1], **{f"s{slot}": "×"}) == 303
    assert cut.paper.state == "differs"
    assert cut.sheet().state == "open"
    assert cut.type(cut.readers[1]) == 409
    sign_in(client, cut.readers[2])
    page = client.get(f"{cut.url}/papers/{cut.paper.id}").text
    assert "第一次录入：T · 第二次录入：F" in page
    assert page.count("<fieldset") == 1
    data = {f"s{slot}-0": "F"}
    assert client.post(f"{cut.url}/papers/{cut.paper.id}/entry", data=data).status_code == 303
    sheet = cut.sheet()
    assert (sheet.state, sheet.answers[slot]) == ("submitted", "F")
    assert len(session.scalars(select(HallPaperEntry)).all()) == 3


def test_what_cannot_be_an_answer_is_shown_again_with_the_reason(
    client: FlaskClient, session: Session
) -> None:
    cut = Cut(client, session)
    cut.agree()
    slot = cut.kinds().index("single") if "single" in cut.kinds()[2:] else 2
    slot = next(at for at, kind in enumerate(cut.kinds()) if kind == "single" and at > 1)
    sign_in(client, cut.readers[0])
    answer = client.post(f"{cut.url}/papers/{cut.paper.id}/entry", data={f"s{slot}-0": "Z"})
    assert answer.status_code == 422
    assert 'value="Z"' in answer.text
    assert session.scalars(select(HallPaperEntry)).all() == []


def test_a_paper_whose_attempt_was_closed_takes_nothing_more(client: FlaskClient, session: Session) -> None:
    cut = Cut(client, session)
    cut.agree()
    session.execute(update(Sheet).values(state="void", void_reason="作弊"))
    session.commit()
    assert cut.type(cut.readers[0]) == 409
    with pytest.raises(DBAPIError, match="answers do not change"):
        session.execute(text("UPDATE sheets SET answers[1] = 'C'"))
    session.rollback()


def test_the_database_itself_wants_two_people(client: FlaskClient, session: Session) -> None:
    cut = Cut(client, session)
    cut.agree()
    paper_id = cut.paper.id
    session.add_all(
        HallPaperEntry(paper_id=paper_id, round=number, answers=[], by_account_id=7, at=clock.now())
        for number in (1, 2)
    )
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_scans_are_kept_when_they_are_pictures_or_pdfs(client: FlaskClient, session: Session) -> None:
    cut = Cut(client, session)
    cut.agree()
    sign_in(client, cut.readers[0])
    url = f"{cut.url}/papers/{cut.paper.id}"
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(out, "PNG")
    files = [(io.BytesIO(out.getvalue()), "第1页.png"), (io.BytesIO(b"%PDF-1.7 x"), "第2页.pdf")]
    assert client.post(f"{url}/scans", data={"files": files}).status_code == 303
    picture, pdf = session.scalars(select(HallScan.id).order_by(HallScan.id)).all()
    assert client.get(f"{url}/scans/{picture}").mimetype == "image/png"
    assert "attachment" in client.get(f"{url}/scans/{pdf}").headers["Content-Disposition"]
    bad = client.post(f"{url}/scans", data={"files": [(io.BytesIO(b"<script>"), "x.png")]})
    assert bad.status_code == 422
    sign_in(client, make_account())
    assert client.get(f"{url}/scans/{picture}").status_code == 403
