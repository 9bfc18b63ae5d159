"""Whoever has no seat gets one by one button, in halls that were added later too; nobody moves."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import sign_in
from tests.functional.halls.test_an_exam_in_halls import Stand
from tests.integration.exam.exams import participant, sit
from webapp.halls.models import Hall, HallPlan, HallSeat
from webapp.halls.service import checking
from webapp.notifications.models import Notice
from webapp.registration.models import Participation

HEADING = "考点,地址,考场,座位,作答方式,网段,须签到\n"
SMALL = HEADING + "职教中心,长春路1号,甲,1 2 3 4 5 6,机考,,是\n"
LATER = HEADING + "职教中心,长春路1号,丙,1 2 3,机考,,是\n"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    checking.forget_exams()


@pytest.fixture
def stand(client: FlaskClient, session: Session) -> Stand:
    """Six people fill the only hall; one of them is checked in, so that the seating stands."""
    made = Stand(client, session)
    made.upload(SMALL)
    made.seat()
    sign_in(client, made.staff)
    ticked = {"document_seen": "y", "face_agrees": "y"}
    assert client.post(f"{made.url}/identity/{made.ids[0]}", data=ticked).status_code == 303
    sign_in(client, made.host)
    return made


def places(session: Session) -> dict[int, tuple[str, str]]:
    """Who sits where: hall and seat."""
    session.expire_all()
    rows = session.execute(select(HallSeat.participation_id, Hall.name, HallSeat.label).join(Hall))
    return {row[0]: (row[1], row[2]) for row in rows}


def late_people(session: Session, stand: Stand, count: int) -> list[int]:
    made = [participant(stand.exam_id).id for _ in range(count)]
    session.commit()
    return made


def test_a_hall_added_while_the_exam_runs_takes_the_rest(
    stand: Stand, client: FlaskClient, session: Session
) -> None:
    before = places(session)
    late = late_people(session, stand, 2)
    full = client.get(stand.url).text
    assert "还有 2 人没有座位" in full
    assert "空座位 0 个" in full
    assert f'action="{stand.url}/late"' not in full
    assert "请添加考场，或给考场增加座位" in full
    assert stand.upload(LATER) == 303
    assert "为其余人员编排座位" in client.get(stand.url).text
    answer = client.post(f"{stand.url}/late", follow_redirects=True)
    assert "已编排 2 人" in answer.text
    after = places(session)
    assert {one: after[one] for one in before} == before, "nobody moves"
    assert {after[one] for one in late} == {("丙", "1"), ("丙", "2")}
    assert {session.get_one(Participation, one).hall for one in late} == {"丙"}
    assert "为其余人员编排座位" not in client.get(stand.url).text


def test_as_many_as_fit_are_seated_and_the_others_are_counted(
    stand: Stand, client: FlaskClient, session: Session
) -> None:
    before = places(session)
    late = late_people(session, stand, 5)
    stand.upload(LATER)
    answer = client.post(f"{stand.url}/late", follow_redirects=True)
    assert answer.status_code == 200
    assert "仍有 2 人没有座位" in answer.text
    after = places(session)
    assert {one: after[one] for one in before} == before
    assert len(after.keys() & set(late)) == 3
    client.post(f"{stand.url}/late")
    assert places(session) == after, "pressing again changes nothing"
    stand.upload(HEADING + "职教中心,长春路1号,丁,1 2,机考,,是\n")
    client.post(f"{stand.url}/late")
    last = places(session)
    assert {one: last[one] for one in after} == after
    assert last.keys() >= set(late)


def test_the_same_people_and_seats_give_the_same_places(
    stand: Stand, client: FlaskClient, session: Session
) -> None:
    late = late_people(session, stand, 3)
    stand.upload(LATER)
    client.post(f"{stand.url}/late")
    first = places(session)
    for one in late:
        session.delete(session.get_one(HallSeat, (stand.exam_id, one)))
    session.commit()
    client.post(f"{stand.url}/late")
    assert places(session) == first


def test_who_writes_without_a_seat_is_left_alone(client: FlaskClient, session: Session) -> None:
    """No seating before the first began: the others can still be seated; the rule and seed are kept."""
    stand = Stand(client, session, people=2)
    sat = sit(stand.exam_id)
    stand.upload(SMALL)
    page = client.get(stand.url).text
    assert "正在作答的人在原处继续" in page
    assert "还有 2 人没有座位" in page
    assert client.post(f"{stand.url}/late").status_code == 303
    assert places(session).keys() == set(stand.ids)
    assert session.get_one(Participation, sat.participation_id).hall == ""
    plan = session.get_one(HallPlan, stand.exam_id)
    assert plan.rule == "apart"
    assert plan.seed
    assert plan.seated_by_account_id == stand.host.id


def test_who_is_seated_after_the_tickets_are_out_is_told(
    stand: Stand, client: FlaskClient, session: Session
) -> None:
    client.post(f"{stand.url}/plan", data={"tickets_from": "2020-01-01T08:00"})
    late = late_people(session, stand, 1)
    stand.upload(LATER)
    client.post(f"{stand.url}/late")
    person_id = session.get_one(Participation, late[0]).person_id
    told = session.scalars(select(Notice).where(Notice.person_id == person_id)).all()
    assert [one.params for one in told] == [{"hall": "丙", "label": "1"}]
