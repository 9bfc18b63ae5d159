"""The hosts' pages for extra time and for coming back."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from tests.functional.exam.test_sitting import Sitting
from tests.integration.exam.exams import make_exam, participant, sit
from webapp.access.permissions import Role
from webapp.accounts.models import Person
from webapp.contests.models import Event
from webapp.core import clock
from webapp.exam.models import Attempt, Exam, Sheet, TimeGrant
from webapp.registration.models import Participation


def number_of(session: Session, attempt_id: int) -> str:
    """The contestant number of whose attempt this is."""
    attempt = session.get_one(Attempt, attempt_id)
    return session.get_one(Participation, attempt.participation_id).number


def test_a_contestant_handed_in_by_mistake_and_goes_on(client: FlaskClient, session: Session) -> None:
    sitting = Sitting(client, session, make_exam())
    sitting.client.post(f"{sitting.url}/submit", data={"key": "k"})
    host = client.application.test_client()
    sign_in(host, make_staff(Role.HOST))
    address = f"/staff/exams/{sitting.exam_id}/returning"
    number = number_of(session, sitting.attempt_id)
    assert "恢复作答" in host.get(f"{address}?number={number}").text
    data = {"number": number, "way": "reopen", "credit_s": "60", "reason": "误交卷"}
    assert host.post(address, data={**data, "reason": ""}).status_code == 422
    assert host.post(address, data={**data, "number": "999999"}).status_code == 422
    done = host.post(address, data=data, follow_redirects=True)
    assert "已通知选手" in done.text
    again = host.post(address, data=data)
    assert again.status_code == 422
    assert "只能恢复" in again.text
    session.expire_all()
    made = session.scalars(select(Attempt).where(Attempt.origin == "reopened")).one()
    there = client.get(f"/attempts/{made.id}")
    assert there.status_code == 200
    client.post(f"/attempts/{made.id}/takeover")
    assert 'id="exam"' in client.get(f"/attempts/{made.id}").text
    assert str(made.id) in client.get("/exams").text


def test_time_is_given_to_all_open_exams_of_the_contest_by_who_runs_it(
    client: FlaskClient, session: Session
) -> None:
    exam_id = make_exam()
    sit(exam_id)
    event = session.get_one(Event, session.get_one(Exam, exam_id).event_id)
    data = {"reach": "contest", "hall": "", "number": "", "minutes": "10", "reason": "停电"}
    sign_in(client, make_staff(Role.HOST, event))
    address = f"/staff/exams/{exam_id}/grants"
    page = client.get(address)
    assert "秒内到达服务器的答案仍然有效" in page.text
    assert client.post(address, data=data).status_code == 403
    assert client.post(address, data={**data, "reach": "event", "minutes": "0"}).status_code == 422
    assert client.post(address, data={**data, "reach": "event"}).status_code == 303
    sign_in(client, make_staff(Role.HOST))
    assert client.post(address, data=data).status_code == 303
    assert list(session.scalars(select(TimeGrant.extra_s).order_by(TimeGrant.id))) == [600, 600]


def test_the_factor_page_keeps_a_refused_form(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    number = participant(exam_id).number
    sign_in(client, make_staff(Role.HOST))
    address = f"/staff/exams/{exam_id}/factor"
    bad = client.post(address, data={"number": number, "factor": "7", "why": "视力"})
    assert bad.status_code == 422
    assert "延时系数应在" in bad.text
    assert client.post(address, data={"number": number, "factor": "1.5", "why": "视力"}).status_code == 303


def test_who_ran_out_of_time_is_told_that_a_credit_is_needed(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    sat = sit(exam_id, at=clock.now() - timedelta(hours=2))
    from webapp.exam import jobs

    jobs.sweep_expired()
    sign_in(client, make_staff(Role.HOST))
    data = {"number": number_of(session, sat.attempt_id), "way": "reopen", "credit_s": "", "reason": "断网"}
    refused = client.post(f"/staff/exams/{exam_id}/returning", data=data)
    assert "请补足时间" in refused.text
    given = client.post(f"/staff/exams/{exam_id}/returning", data={**data, "credit_s": "300"})
    assert given.status_code == 303
    session.expire_all()
    open_now = session.scalars(select(Sheet).where(Sheet.state == "open")).one()
    assert open_now.deadline_at is not None
    assert 295 <= (open_now.deadline_at - clock.now()).total_seconds() <= 301


def test_staff_name_people_by_contestant_number_and_the_second_person_reads_who_it_is(
    client: FlaskClient, session: Session
) -> None:
    exam_id = make_exam()
    sat = sit(exam_id)
    number, name = number_of(session, sat.attempt_id), session.get_one(Person, sat.person_id).name
    sign_in(client, make_staff(Role.HOST))
    grants, returning = f"/staff/exams/{exam_id}/grants", f"/staff/exams/{exam_id}/returning"
    data = {"reach": "contest", "hall": "", "number": number, "minutes": "10", "reason": "电脑故障"}
    assert client.post(grants, data={**data, "number": "404"}).status_code == 422
    assert client.post(grants, data=data).status_code == 303
    given = session.scalars(select(TimeGrant)).one()
    assert (given.attempt_id, given.exam_id) == (sat.attempt_id, exam_id), "one person, whatever the reach"
    assert f"{number} {name}" in client.get(grants).text
    assert f"{number} {name}" in client.get(f"{returning}?number={number}").text
    assert "没有这个编号" in client.get(f"{returning}?number=404").text
    back = {"number": number, "way": "void", "credit_s": "", "reason": "替考"}
    refused = client.post(returning, data={**back, "number": "404"})
    assert refused.status_code == 422
    assert "替考" in refused.text
    assert client.post(returning, data=back).status_code == 303
    assert f"{number} {name}" in client.get(returning).text


def test_a_refused_extension_of_one_person_is_still_for_this_person_alone(
    client: FlaskClient, session: Session
) -> None:
    """Without this, correcting the minutes would give the time to everybody."""
    exam_id = make_exam()
    sat = sit(exam_id)
    sign_in(client, make_staff(Role.HOST))
    data = {"attempt_id": str(sat.attempt_id), "hall": "", "minutes": "", "reason": "电脑故障"}
    refused = client.post(f"/staff/exams/{exam_id}/extend", data=data)
    assert refused.status_code == 422
    assert f'name="attempt_id" value="{sat.attempt_id}"' in refused.text
    assert "仅对" in refused.text
