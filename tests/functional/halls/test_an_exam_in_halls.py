"""An exam in halls: from the file of halls to the checked-in contestant who starts."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.factories import grant, make_account, make_organisation, make_staff, sign_in
from tests.integration.exam.exams import make_exam, participant, sit
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person
from webapp.audit.models import AuditRow
from webapp.contests.models import Event
from webapp.core import clock
from webapp.exam.models import Exam, Sheet, TimeGrant
from webapp.halls.models import Hall, HallCheck, HallSeat
from webapp.halls.service import checking
from webapp.registration.models import Participation

FILE = "考点,地址,考场,座位,作答方式,网段,须签到\n职教中心,长春路1号,甲,2×3,机考,,是\n职教中心,长春路1号,乙,1 2 3 4,机考,,否\n"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    checking.forget_exams()


class Stand:
    """An exam with halls and people of two units, and the host who looks after it."""

    def __init__(self, client: FlaskClient, session: Session, people: int = 6) -> None:
        self.client, self.session = client, session
        self.exam_id = make_exam()
        self.event = session.get_one(Event, session.get_one(Exam, self.exam_id).event_id)
        units = [make_organisation(kind="unit", level="unit") for _ in range(2)]
        self.people = [participant(self.exam_id, unit_id=units[at % 2].id) for at in range(people)]
        self.host = make_staff(Role.HOST, self.event)
        self.staff = make_staff(Role.INVIGILATOR, self.event, "监考员")
        self.url = f"/staff/halls/{self.exam_id}"
        session.commit()
        self.ids = [one.id for one in self.people]

    def upload(self, content: str = FILE) -> int:
        sign_in(self.client, self.host)
        file = (io.BytesIO(content.encode()), "halls.csv")
        return self.client.post(f"{self.url}/file", data={"file": file}).status_code

    def seat(self, rule: str = "apart", seed: str = "2026") -> None:
        sign_in(self.client, self.host)
        page = self.client.get(f"{self.url}/seating?rule={rule}&seed={seed}")
        assert page.status_code == 200, page.text
        digest = re.search(r'name="digest" value="(\w+)"', page.text)
        assert digest is not None, page.text
        data = {"rule": rule, "seed": seed, "digest": digest[1]}
        answer = self.client.post(f"{self.url}/seating", data=data)
        assert answer.status_code == 303, answer.text

    def seat_of(self, participation_id: int) -> HallSeat:
        self.session.expire_all()
        return self.session.get_one(HallSeat, (self.exam_id, participation_id))

    def account(self, participation_id: int) -> Account:
        person_id = self.session.get_one(Participation, participation_id).person_id
        return make_account(self.session.get_one(Person, person_id))

    def in_hall(self, name: str) -> int:
        """Somebody who sits in this hall."""
        found = self.session.scalars(
            select(HallSeat.participation_id).join(Hall).where(Hall.name == name).order_by(HallSeat.label)
        ).first()
        assert found is not None
        return found


def test_halls_come_from_a_file_and_people_are_seated_apart(client: FlaskClient, session: Session) -> None:
    stand = Stand(client, session)
    assert stand.upload() == 303
    stand.seat()
    rows = session.scalars(select(HallSeat).order_by(HallSeat.hall_id, HallSeat.label)).all()
    assert len(rows) == 6
    halls = set(session.scalars(select(Participation.hall).where(Participation.id.in_(stand.ids))))
    assert halls == {"甲"}, "the column that grants look at is kept in step"
    assert "0 对相邻座位来自同一单位" in client.get(f"{stand.url}/seating?rule=apart&seed=2026").text
    assert "hall.seat" in set(session.scalars(select(AuditRow.action)))


def test_a_file_with_problems_adds_nothing_and_names_the_rows(client: FlaskClient, session: Session) -> None:
    stand = Stand(client, session)
    assert stand.upload(FILE + "职教中心,,甲,0x3,机考,,是\n") == 422
    assert session.scalars(select(Hall)).all() == []


def test_a_hall_form_keeps_what_was_typed_and_says_what_is_wrong(
    client: FlaskClient, session: Session
) -> None:
    stand = Stand(client, session)
    sign_in(client, stand.host)
    data = {"site": "职教中心", "name": "甲", "seats": "0x0", "medium": "computers", "needs_check_in": "y"}
    empty = client.get(f"{stand.url}/new").text
    assert all(words in empty for words in ("机考", "纸笔作答", ">地址"))
    refused = client.post(f"{stand.url}/new", data=data)
    assert refused.status_code == 422
    assert 'value="职教中心"' in refused.text
    assert client.post(f"{stand.url}/new", data=data | {"seats": "2x3"}).status_code == 303
    hall_id = session.scalars(select(Hall.id)).one()
    stand.seat()
    renamed = client.post(f"{stand.url}/{hall_id}/edit", data=data | {"seats": "2x3", "name": "乙"})
    assert renamed.status_code == 422, "extra time hangs on the name of a hall with people"
    assert client.post(f"{stand.url}/{hall_id}/edit", data=data | {"seats": "3x3"}).status_code == 303
    assert client.post(f"{stand.url}/{hall_id}/remove").status_code == 409


def test_a_preview_that_is_no_longer_true_is_not_confirmed(client: FlaskClient, session: Session) -> None:
    stand = Stand(client, session)
    stand.upload()
    sign_in(client, stand.host)
    page = client.get(f"{stand.url}/seating?rule=pinyin&seed=1")
    digest = re.search(r'name="digest" value="(\w+)"', page.text)
    assert digest
    participant(stand.exam_id)
    data = {"rule": "pinyin", "seed": "1", "digest": digest[1]}
    assert client.post(f"{stand.url}/seating", data=data).status_code == 409
    assert session.scalars(select(HallSeat)).all() == []


def test_late_people_take_free_seats_and_nobody_else_moves(client: FlaskClient, session: Session) -> None:
    stand = Stand(client, session)
    stand.upload()
    stand.seat()
    before = {one.participation_id: (one.hall_id, one.label) for one in session.scalars(select(HallSeat))}
    late = participant(stand.exam_id).id
    assert client.post(f"{stand.url}/late").status_code == 303
    after = {one.participation_id: (one.hall_id, one.label) for one in session.scalars(select(HallSeat))}
    assert {key: after[key] for key in before} == before
    assert session.get_one(Participation, late).hall == "乙"


def test_who_moves_while_writing_keeps_the_time_of_the_old_hall(
    client: FlaskClient, session: Session, run_jobs: Callable[[], int]
) -> None:
    stand = Stand(client, session, people=0)
    stand.upload()
    sign_in(client, stand.host)
    assert client.post(f"{stand.url}/late").status_code == 422, "no seating yet: no rule to go by"
    sat = sit(stand.exam_id)
    assert client.post(f"{stand.url}/late").status_code == 303
    assert session.scalars(select(HallSeat)).all() == [], "who writes without a seat goes on there"
    other = Hall(exam_id=stand.exam_id, site="x", address={}, name="丙", labels=["1", "2"], position=9)
    session.add(other)
    session.flush()
    first = session.scalars(select(Hall).where(Hall.name == "甲")).one()
    seat = HallSeat(
        exam_id=stand.exam_id, participation_id=sat.participation_id, hall_id=first.id, label="1-1",
        code="ABCDEFGH", seated_at=clock.now(),
    )  # fmt: skip
    grants = [
        TimeGrant(exam_id=stand.exam_id, hall=name, extra_s=seconds, reason="停电")
        for name, seconds in (("甲", 900), ("丙", 300))
    ]
    session.add_all([seat, *grants])
    session.commit()
    data = {"hall": other.id, "label": "2", "reason": "机器坏了"}
    move = f"{stand.url}/move/{sat.participation_id}"
    assert client.post(move, data=data | {"label": "9"}).status_code == 422
    assert client.post(move, data=data).status_code == 303
    assert session.get_one(Participation, sat.participation_id).hall == "丙"
    extra = session.scalars(select(TimeGrant.extra_s).where(TimeGrant.attempt_id == sat.attempt_id)).all()
    assert extra == [600], "900 s in the old hall, 300 s in the new one"


def test_the_ticket_is_there_from_its_time_and_names_nobody_in_its_picture(
    client: FlaskClient, session: Session
) -> None:
    stand = Stand(client, session)
    stand.upload()
    stand.seat()
    account = stand.account(stand.ids[0])
    sign_in(client, account)
    assert client.get(f"/halls/{stand.exam_id}/ticket").status_code == 409
    assert "还未开放" in client.get("/halls").text
    sign_in(client, stand.host)
    data = {"tickets_from": "2020-01-01T08:00", "late_from": "2020-01-02T08:00", "words": "不得携带手机"}
    assert client.post(f"{stand.url}/plan", data=data).status_code == 303
    sign_in(client, account)
    page = client.get(f"/halls/{stand.exam_id}/ticket")
    assert page.status_code == 200
    assert "不得携带手机" in page.text
    number = session.get_one(Person, account.person_id).document_mask
    assert number in page.text
    made = client.get(f"/halls/{stand.exam_id}/ticket.pdf")
    assert made.data.startswith(b"%PDF")
    assert made.headers["Cache-Control"] == "no-store"
    sign_in(client, make_account())
    assert client.get(f"/halls/{stand.exam_id}/ticket").status_code == 404
    assert client.get(f"/halls/{stand.exam_id}/ticket.pdf").status_code == 404


def test_lists_are_printed_by_seat_and_by_pinyin(client: FlaskClient, session: Session) -> None:
    stand = Stand(client, session)
    stand.upload()
    stand.seat()
    sign_in(client, stand.staff)
    hall_id = session.scalars(select(Hall.id).where(Hall.name == "甲")).one()
    for order in ("seat", "pinyin"):
        assert client.get(f"{stand.url}/{hall_id}/list.pdf?order={order}").data.startswith(b"%PDF")
        assert client.get(f"{stand.url}/{hall_id}?order={order}").status_code == 200


def test_who_is_not_checked_in_does_not_start_where_the_hall_asks_for_it(
    client: FlaskClient, session: Session
) -> None:
    stand = Stand(client, session, people=8)
    stand.upload()
    stand.seat()
    asked, free = stand.in_hall("甲"), stand.in_hall("乙")
    account = stand.account(asked)
    sign_in(client, account)
    refused = client.post(f"/exams/{stand.exam_id}/start")
    assert refused.status_code == 409
    assert "请先向考场工作人员签到" in refused.text
    sign_in(client, stand.staff)
    code = stand.seat_of(asked).code
    found = client.post(f"{stand.url}/check-in", data={"code": f"{code[:4]} {code[4:].lower()}"})
    assert found.location == f"{stand.url}/identity/{asked}?how=ticket"
    half = client.post(found.location, data={"how": "ticket", "document_seen": "y"})
    assert half.status_code == 422
    whole = {"how": "ticket", "document_seen": "y", "face_agrees": "y"}
    assert client.post(found.location, data=whole).status_code == 303
    check = session.scalars(select(HallCheck)).one()
    assert (check.how, check.by_account_id, check.is_late) == ("ticket", stand.staff.id, False)
    client.post(found.location, data=whole)
    assert len(session.scalars(select(HallCheck)).all()) == 1, "once is enough"
    sign_in(client, account)
    assert client.post(f"/exams/{stand.exam_id}/start").status_code == 303
    sign_in(client, stand.account(free))
    assert client.post(f"/exams/{stand.exam_id}/start").status_code == 303


def test_the_picture_on_the_ticket_leads_staff_to_the_person(client: FlaskClient, session: Session) -> None:
    from webapp.halls.rules import codes

    stand = Stand(client, session)
    stand.upload()
    stand.seat()
    who = stand.ids[0]
    secret = client.application.config["SECRET_KEY"]
    token = codes.signed(secret, stand.exam_id, stand.seat_of(who).code)
    sign_in(client, stand.staff)
    target = f"{stand.url}/identity/{who}?how=ticket"
    assert client.get(f"/staff/halls/ticket/{token}").location == target
    posted = client.post(
        f"{stand.url}/check-in", data={"code": f"http://localhost/staff/halls/ticket/{token}"}
    )
    assert posted.location == target
    # The first sign of the signature, not the last: the last one holds bits that decoding drops.
    head, signature = token.rsplit(".", 1)
    forged = f"{head}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    assert client.get(f"/staff/halls/ticket/{forged}").status_code == 404
    assert client.post(f"{stand.url}/check-in", data={"code": forged}).status_code == 422
    assert client.post(f"{stand.url}/check-in", data={"code": "AAAABBBB"}).status_code == 422
    camera = client.get(f"{stand.url}/check-in").headers["Permissions-Policy"]
    assert "camera=(self)" in camera


def test_a_check_in_is_taken_back_with_a_reason_until_the_person_writes(
    client: FlaskClient, session: Session
) -> None:
    stand = Stand(client, session)
    stand.upload()
    stand.seat()
    who = stand.ids[0]
    sign_in(client, stand.staff)
    url = f"{stand.url}/identity/{who}"
    client.post(url, data={"document_seen": "y", "face_agrees": "y"})
    assert client.post(f"{url}/undo", data={"reason": " "}).status_code == 422
    assert client.post(f"{url}/undo", data={"reason": "认错了人"}).status_code == 303
    assert stand.seat_of(who).checked_in_at is None
    assert client.post(f"{url}/undo", data={"reason": "再来"}).status_code == 409
    client.post(url, data={"document_seen": "y", "face_agrees": "y"})
    sign_in(client, stand.account(who))
    assert client.post(f"/exams/{stand.exam_id}/start").status_code == 303
    sign_in(client, stand.staff)
    assert client.post(f"{url}/undo", data={"reason": "太迟"}).status_code == 409
    kinds = session.scalars(select(HallCheck.kind).order_by(HallCheck.id)).all()
    assert kinds == ["in", "undone", "in"]


def test_absentees_are_listed_and_late_comers_are_marked(client: FlaskClient, session: Session) -> None:
    stand = Stand(client, session)
    stand.upload()
    stand.seat()
    past = (clock.now() - timedelta(minutes=5)).astimezone(clock.SHANGHAI)
    client.post(f"{stand.url}/plan", data={"late_from": past.strftime("%Y-%m-%dT%H:%M")})
    sign_in(client, stand.staff)
    assert "6 人尚未签到" in client.get(f"{stand.url}/absent").text
    client.post(f"{stand.url}/identity/{stand.ids[0]}", data={"document_seen": "y", "face_agrees": "y"})
    assert "5 人尚未签到" in client.get(f"{stand.url}/absent").text
    assert session.scalars(select(HallCheck.is_late)).one() is True


def test_the_seating_stands_once_somebody_is_there(client: FlaskClient, session: Session) -> None:
    stand = Stand(client, session)
    stand.upload()
    stand.seat()
    sign_in(client, stand.staff)
    client.post(f"{stand.url}/identity/{stand.ids[0]}", data={"document_seen": "y", "face_agrees": "y"})
    sign_in(client, stand.host)
    assert client.get(f"{stand.url}/seating?rule=apart&seed=1").status_code == 422


def test_hall_staff_of_another_event_see_nothing_and_change_nothing(
    client: FlaskClient, session: Session
) -> None:
    stand = Stand(client, session)
    stand.upload()
    stand.seat()
    sign_in(client, stand.staff)
    assert client.get(stand.url).status_code == 200
    assert client.get(f"{stand.url}/seating").status_code == 403
    stranger = make_account()
    other = make_exam()
    grant(stranger, Role.INVIGILATOR, session.get_one(Event, session.get_one(Exam, other).event_id))
    session.commit()
    sign_in(client, stranger)
    assert client.get(stand.url).status_code == 404
    assert client.get(f"{stand.url}/identity/{stand.ids[0]}").status_code == 404


def test_the_log_of_check_ins_cannot_be_changed_by_pages(client: FlaskClient, session: Session) -> None:
    stand = Stand(client, session)
    stand.upload()
    stand.seat()
    with pytest.raises(IntegrityError):
        session.execute(
            text(
                "INSERT INTO hall_checks (exam_id, participation_id, hall_id, kind, by_account_id, at)"
                " SELECT exam_id, participation_id, hall_id, 'in', 1, now() FROM hall_seats LIMIT 1"
            )
        )
    session.rollback()


def test_the_list_of_a_hall_needs_as_many_queries_for_thirty_as_for_three(
    client: FlaskClient, session: Session, count_queries: list[str]
) -> None:
    counts = []
    for people in (3, 30):
        stand = Stand(client, session, people=people)
        stand.upload("考点,考场,座位\n职教中心,大厅,6×5\n")
        stand.seat()
        hall_id = session.scalars(select(Hall.id).where(Hall.exam_id == stand.exam_id)).one()
        sign_in(client, stand.staff)
        count_queries.clear()
        assert client.get(f"{stand.url}/{hall_id}").status_code == 200
        counts.append(len(count_queries))
    assert counts[0] == counts[1]


def test_an_exam_without_halls_starts_as_before(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    person = participant(exam_id)
    sign_in(client, make_account(session.get_one(Person, person.person_id)))
    assert client.post(f"/exams/{exam_id}/start").status_code == 303
    assert session.scalars(select(Sheet.state)).one() == "open"


def test_halls_added_after_the_start_say_that_nobody_is_seated_any_more(
    client: FlaskClient, session: Session
) -> None:
    """The page pointed to a list of the hall that has nobody on it."""
    stand = Stand(client, session)
    sit(stand.exam_id)
    assert stand.upload() == 303
    page = client.get(stand.url).text
    assert "开考前没有编排座位" in page
    assert "仍可在考场名单中" not in page


def test_nobody_is_called_present_before_anybody_is_seated(client: FlaskClient, session: Session) -> None:
    stand = Stand(client, session)
    stand.upload()
    page = client.get(f"{stand.url}/absent").text
    assert "还没有给任何人编排座位" in page
    assert "全部到齐" not in page
    stand.seat()
    participant(stand.exam_id)
    session.commit()
    page = client.get(f"{stand.url}/absent").text
    assert "6 人尚未签到" in page
    assert "有 1 人没有座位，不在此名单上" in page
