"""A hall's computer: only there, only for those who sit in the hall and are checked in, nothing stays."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_account, make_staff, sign_in
from tests.integration.exam.exams import make_exam, participant
from webapp.access.permissions import Role
from webapp.accounts.models import AuthSession, Person
from webapp.accounts.service import secrets
from webapp.contests.models import Event
from webapp.core import clock
from webapp.exam.models import Exam, Sheet
from webapp.halls.models import Hall, HallSeat
from webapp.halls.service import checking


@pytest.fixture(autouse=True)
def _fresh() -> None:
    checking.forget_exams()


class Room:
    """A hall with one person who is checked in, and a computer that staff have opened."""

    def __init__(self, client: FlaskClient, session: Session) -> None:
        self.exam_id = make_exam()
        event = session.get_one(Event, session.get_one(Exam, self.exam_id).event_id)
        self.hall = Hall(exam_id=self.exam_id, site="职教中心", address={}, name="甲", labels=["1", "2"])
        self.other = Hall(exam_id=self.exam_id, site="职教中心", address={}, name="乙", labels=["1"])
        session.add_all([self.hall, self.other])
        session.flush()
        who = participant(self.exam_id, hall="甲")
        self.seat = HallSeat(
            exam_id=self.exam_id, participation_id=who.id, hall_id=self.hall.id, label="1", code="ABCDEFGH",
            seated_at=clock.now(), checked_in_at=clock.now(), checked_in_by_account_id=1,
        )  # fmt: skip
        session.add(self.seat)
        person = session.get_one(Person, who.person_id)
        self.account = make_account(person)
        self.last4 = secrets.document_number(person)[-4:]
        self.url = f"/staff/halls/{self.exam_id}/{self.hall.id}"
        self.staff = make_staff(Role.INVIGILATOR, event)
        session.commit()
        sign_in(client, self.staff)
        opened = client.post(f"{self.url}/computer")
        assert opened.location == "/hall?done=1"


def test_a_computer_that_staff_have_not_opened_takes_nobody(client: FlaskClient, session: Session) -> None:
    assert client.get("/hall").status_code == 409
    assert client.post("/hall", data={"code": "ABCDEFGH", "last4": "1234"}).status_code == 409


def test_people_sign_in_one_after_another_and_nothing_stays(client: FlaskClient, session: Session) -> None:
    room = Room(client, session)
    page = client.get("/hall?done=1")
    assert page.status_code == 200
    assert "data-next-person" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    signed = client.post("/hall", data={"code": "abcd efgh", "last4": room.last4})
    assert signed.location == f"/exams/{room.exam_id}/start", signed.text
    assert client.get("/hall").location == signed.location, "not before the person is done"
    started = client.post(signed.location)
    assert started.status_code == 303, started.text
    attempt = started.location
    client.post(f"{attempt}/submit")
    receipt = client.get(f"{attempt}/receipt")
    assert receipt.status_code == 200
    assert receipt.headers["Clear-Site-Data"] == '"storage"'
    assert "/hall?done=1" in receipt.headers["Refresh"]
    assert receipt.headers["Cache-Control"] == "no-store"
    assert client.get(f"{attempt}/receipt").status_code == 303, "the session has ended"
    session.expire_all()
    ended = session.scalars(select(AuthSession).where(AuthSession.account_id == room.account.id)).one()
    assert ended.revoked_at is not None
    assert session.scalars(select(Sheet.state)).one() == "submitted"
    assert client.get("/hall").status_code == 200


@pytest.mark.parametrize("wrong", ["code", "document", "not checked in", "another hall"])
def test_everything_wrong_is_refused_in_the_same_words(
    client: FlaskClient, session: Session, wrong: str
) -> None:
    room = Room(client, session)
    data = {"code": "ABCDEFGH", "last4": room.last4}
    seat = session.get_one(HallSeat, (room.exam_id, room.seat.participation_id))
    match wrong:
        case "code":
            data["code"] = "ABCDEFGK"
        case "document":
            data["last4"] = "0000" if room.last4 != "0000" else "1111"
        case "not checked in":
            seat.checked_in_at = None
        case _:
            seat.hall_id = room.other.id
    session.commit()
    refused = client.post("/hall", data=data)
    assert refused.status_code == 422
    assert "请联系考场工作人员" in refused.text
    assert session.scalars(select(AuthSession).where(AuthSession.account_id == room.account.id)).all() == []


def test_staff_are_signed_out_there_and_can_close_all_computers(
    client: FlaskClient, session: Session
) -> None:
    room = Room(client, session)
    assert client.get("/staff/halls").status_code == 303
    elsewhere = client.application.test_client()
    sign_in(elsewhere, room.staff)
    assert elsewhere.post(f"{room.url}/computers/close").status_code == 303
    assert client.get("/hall").status_code == 409
