"""The control room: numbers by hall, alarms, announcements that are acknowledged, papers that wait."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.factories import make_account, make_contest, make_staff, sign_in
from tests.functional.exam.test_sitting import Sitting
from tests.integration.exam.exams import Sat, make_exam, participant, sit
from webapp.access.permissions import Role
from webapp.accounts.models import Person
from webapp.audit.models import AuditRow
from webapp.core import clock
from webapp.exam import jobs
from webapp.exam.models import AnnouncementRead, ExamAlarm, ExamWatch, GradingFailure, Sheet
from webapp.exam.queries.messages import forget_announcements
from webapp.exam.queries.numbers import Counts, forget_numbers, read
from webapp.exam.service import hot


@pytest.fixture(autouse=True)
def _fresh_caches() -> None:
    forget_numbers()
    forget_announcements()


@pytest.fixture
def exam_id(session: Session) -> int:
    return make_exam()


@pytest.fixture
def host(client: FlaskClient, session: Session) -> FlaskClient:
    sign_in(client, make_staff(Role.HOST, name="值班主任"))
    return client


def silence(session: Session, *sat: Sat) -> None:
    session.execute(
        text("UPDATE sheets SET seen_at = seen_at - interval '5 minutes' WHERE attempt_id = ANY(:ids)"),
        {"ids": [one.attempt_id for one in sat]},
    )
    session.commit()


def event_of(session: Session, exam_id: int) -> int:
    return int(session.scalar(text("SELECT event_id FROM exams WHERE id = :id"), {"id": exam_id}) or 0)


def test_people_are_counted_by_hall_and_by_what_they_do(session: Session, exam_id: int) -> None:
    participant(exam_id, hall="一考场")
    writing, silent = sit(exam_id, hall="一考场"), sit(exam_id, hall="二考场")
    late, done = sit(exam_id, hall="二考场"), sit(exam_id)
    silence(session, silent)
    session.execute(text("UPDATE sheets SET late_count = 2 WHERE attempt_id = :id"), {"id": late.attempt_id})
    session.execute(
        text("UPDATE sheets SET state = 'submitted', submitted_at = now() WHERE attempt_id = :id"),
        {"id": done.attempt_id},
    )
    session.commit()
    numbers = read(exam_id, event_of(session, exam_id), clock.now(), 75)
    assert numbers.of("一考场") == Counts(admitted=2, waiting=1, writing=1)
    assert numbers.of("二考场") == Counts(admitted=2, writing=2, silent=1, late=1)
    assert numbers.of("") == Counts(admitted=1, submitted=1)
    assert numbers.total == Counts(admitted=5, waiting=1, writing=3, silent=1, late=1, submitted=1)
    assert writing.attempt_id


def test_a_void_paper_with_a_new_one_counts_once(session: Session, exam_id: int) -> None:
    from webapp.exam.queries.plans import plan
    from webapp.exam.service.papers import draw_attempt

    sat = sit(exam_id)
    session.execute(text("UPDATE sheets SET state = 'void', void_reason = 'x'"))
    draw_attempt(plan(exam_id), sat.participation_id, sat.person_id, 2, sat.attempt_id)
    session.commit()
    numbers = read(exam_id, event_of(session, exam_id), clock.now(), 75)
    assert numbers.total == Counts(admitted=1, waiting=1)


def test_the_live_part_costs_the_same_for_three_people_and_for_thirty(
    host: FlaskClient, session: Session, exam_id: int, count_queries: list[str]
) -> None:
    address = f"/staff/exams/{exam_id}/control/live"

    def cost() -> int:
        session.commit()
        forget_numbers()
        count_queries.clear()
        assert host.get(address, headers={"HX-Request": "true"}).status_code == 200
        return len(count_queries)

    for hall in ("一考场", "二考场", "三考场"):
        sit(exam_id, hall=hall)
    cost()
    few = cost()
    for number in range(27):
        sit(exam_id, hall=("一考场", "二考场", "三考场")[number % 3])
    assert cost() == few
    count_queries.clear()
    host.get(address, headers={"HX-Request": "true"})
    assert len(count_queries) == few - 1  # the numbers come from the cache


def test_the_list_costs_the_same_for_three_people_and_for_thirty(
    host: FlaskClient, session: Session, exam_id: int, count_queries: list[str]
) -> None:
    costs = []
    for people in (3, 27):
        for _ in range(people):
            sit(exam_id)
        session.commit()
        for address in (f"/staff/exams/{exam_id}/control", "/staff/exams"):
            forget_numbers()
            host.get(address)
            forget_numbers()
            count_queries.clear()
            assert host.get(address).status_code == 200
            costs.append(len(count_queries))
    assert costs[:2] == costs[2:]


def test_filters_show_the_people_of_a_state_and_a_hall(
    host: FlaskClient, session: Session, exam_id: int
) -> None:
    one = participant(exam_id, hall="一考场")
    silent = sit(exam_id, hall="二考场")
    silence(session, silent)
    numbers = {
        row.id: row.number for row in session.execute(text("SELECT id, number FROM participations")).all()
    }
    room = f"/staff/exams/{exam_id}/control"
    waits, quiet = numbers[one.id], numbers[silent.participation_id]
    for query, shown, hidden in (
        ("state=silent", quiet, waits),
        ("state=waiting", waits, quiet),
        ("hall=一考场", waits, quiet),
        (f"words={quiet}", quiet, waits),
    ):
        page = host.get(f"{room}?{query}", headers={"HX-Request": "true"}).text
        assert f">{shown}<" in page
        assert f">{hidden}<" not in page
    assert f"/people/{one.id}" in host.get(room).text
    assert "没有" in host.get(f"{room}?words=无此人").text


def test_an_alarm_begins_is_acknowledged_by_name_and_ends_by_itself(
    host: FlaskClient, session: Session, exam_id: int
) -> None:
    sat = [sit(exam_id, hall="一考场") for _ in range(6)]
    silence(session, *sat)
    jobs.watch_exams()
    alarm = session.scalars(select(ExamAlarm)).one()
    assert (alarm.kind, alarm.subject, alarm.ended_at) == ("silent", "一考场", None)
    since = alarm.since
    jobs.watch_exams()
    session.expire_all()
    assert session.scalars(select(ExamAlarm)).one().since == since
    page = host.get(f"/staff/exams/{exam_id}/control").text
    assert "正在答题的 6 人中有 6 人无响应（一考场）" in page
    address = f"/staff/exams/{exam_id}/alarms/{alarm.id}/acknowledge"
    assert host.post(address, data={"note": "已致电考场"}).status_code == 303
    assert host.post(address, data={"note": "再来一次"}).status_code == 409
    page = host.get(f"/staff/exams/{exam_id}/alarms").text
    assert "值班主任" in page
    assert "已致电考场" in page
    for one in sat:
        hot.heartbeat(one.attempt_id, one.person_id, one.lease, clock.now())
    jobs.watch_exams()
    session.expire_all()
    assert session.scalars(select(ExamAlarm)).one().ended_at is not None
    actions = set(session.scalars(select(AuditRow.action)))
    assert "exam.acknowledge-alarm" in actions


def test_refused_saves_are_counted_by_reason(host: FlaskClient, session: Session, exam_id: int) -> None:
    sat = sit(exam_id)
    from webapp.exam.errors import LeaseLost
    from webapp.exam.rules.saving import Item

    for number in range(20):
        with pytest.raises(LeaseLost):
            hot.save(sat.attempt_id, sat.person_id, "stale", [Item(0, number + 1, "A", False)], clock.now())
    jobs.watch_exams()
    alarm = session.scalars(select(ExamAlarm)).one()
    assert (alarm.kind, alarm.subject, alarm.facts["n"]) == ("refusals", "refused-lease", 20)
    page = host.get(f"/staff/exams/{exam_id}/alarms").text
    assert re.search(r"已在另一窗口作答</td><td[^>]*>20<", page)


def test_a_host_changes_the_thresholds_of_an_exam(host: FlaskClient, session: Session, exam_id: int) -> None:
    page = host.get(f"/staff/exams/{exam_id}/alarms").text
    fields = dict(re.findall(r'name="(\w+)"[^>]*value="(\d+)"', page))
    assert fields["silent_least"] == "5"
    address = f"/staff/exams/{exam_id}/alarms"
    refused = host.post(address, data=fields | {"silent_least": "0"})
    assert refused.status_code == 422
    assert host.post(address, data=fields | {"silent_least": "1"}).status_code == 303
    assert session.get_one(ExamWatch, exam_id).thresholds["silent_least"] == 1
    silence(session, sit(exam_id))
    jobs.watch_exams()
    assert session.scalars(select(ExamAlarm)).one().kind == "silent"


def test_without_the_clock_process_the_room_says_that_nobody_watches(
    host: FlaskClient, session: Session, exam_id: int
) -> None:
    room = f"/staff/exams/{exam_id}/control"
    assert "警报监测已中断" in host.get(room).text
    jobs.watch_exams()
    assert "警报监测已中断" not in host.get(room).text
    session.execute(text("UPDATE exam_watches SET looked_at = looked_at - interval '2 minutes'"))
    assert "警报监测已中断" in host.get(room).text


def test_papers_that_wait_are_listed_and_marked_again(
    host: FlaskClient, session: Session, exam_id: int
) -> None:
    sat = sit(exam_id)
    session.execute(
        text("UPDATE sheets SET state = 'submitted', submitted_at = :at, grade_tries = 3"),
        {"at": clock.now() - timedelta(minutes=1)},
    )
    session.add(GradingFailure(attempt_id=sat.attempt_id, error="KeyError: 17"))
    address = f"/staff/exams/{exam_id}/waiting-papers"
    assert "KeyError: 17" in host.get(address).text
    assert host.post(address, data={"attempt_id": str(sat.attempt_id)}).status_code == 303
    session.expire_all()
    assert session.get_one(Sheet, sat.attempt_id).grade_tries == 0
    assert session.get_one(GradingFailure, sat.attempt_id).solved_at is not None
    assert "没有待处理的试卷" in host.get(address).text
    jobs.grade_pending(exam_id)
    session.expire_all()
    assert session.get_one(Sheet, sat.attempt_id).state == "graded"
    assert "attempt.mark-again" in set(session.scalars(select(AuditRow.action)))


def test_an_announcement_is_shown_read_and_counted(
    client: FlaskClient, session: Session, exam_id: int
) -> None:
    sitting = Sitting(client, session, exam_id, hall="一考场")
    other = sit(exam_id, hall="二考场")
    host = client.application.test_client()
    sign_in(host, make_staff(Role.HOST, name="值班主任"))
    address = f"/staff/exams/{exam_id}/announce"
    assert host.post(address, data={"hall": "", "words": ""}).status_code == 422
    nobody = host.post(address, data={"hall": "", "number": "无此号", "words": "请安静"})
    assert (nobody.status_code, "请安静" in nobody.text) == (422, True)
    said = {"hall": "一考场", "words": "请检查座位号", "needs_ack": "y"}
    assert host.post(address, data=said).status_code == 303
    forget_announcements()
    assert "1 名正在答题的选手未读" in host.get(address).text
    page = client.get(sitting.url).text
    assert re.search(r"data-ack[^>]*>请检查座位号", page)
    beat = client.post(f"{sitting.url}/heartbeat", json={"lease": sitting.lease, "items": []}).get_json()
    assert [(one["text"], one["ack"]) for one in beat["messages"]] == [("请检查座位号", True)]
    announcement_id = beat["messages"][0]["id"]
    read_it = f"{sitting.url}/announcements/{announcement_id}/read"
    for _ in range(2):
        assert client.post(read_it, json={}).get_json() == {"read": announcement_id}
    assert len(session.scalars(select(AnnouncementRead)).all()) == 1
    assert not re.search(r"data-ack[^>]*>请检查座位号", client.get(sitting.url).text)
    assert "您已阅读" in client.get(f"{sitting.url}/announcements").text
    assert "1 / 1" in host.get(address).text
    assert "所有人都已阅读" in host.get(f"{address}/{announcement_id}").text
    stranger = client.application.test_client()
    sign_in(stranger, make_account(session.get_one(Person, other.person_id)))
    theirs = f"/attempts/{other.attempt_id}/announcements/{announcement_id}/read"
    assert stranger.post(theirs, json={}).status_code == 404
    assert stranger.post(read_it, json={}).status_code == 404


def test_words_to_one_person_reach_nobody_else(client: FlaskClient, session: Session, exam_id: int) -> None:
    sitting = Sitting(client, session, exam_id)
    other = sit(exam_id)
    number = session.scalar(
        text("SELECT number FROM participations WHERE id = :id"), {"id": other.participation_id}
    )
    host = client.application.test_client()
    sign_in(host, make_staff(Role.HOST))
    address = f"/staff/exams/{exam_id}/announce"
    assert host.post(address, data={"hall": "", "number": number, "words": "请举手"}).status_code == 303
    forget_announcements()
    assert "请举手" not in client.get(sitting.url).text
    them = client.application.test_client()
    sign_in(them, make_account(session.get_one(Person, other.person_id)))
    assert "请举手" in them.get(f"/attempts/{other.attempt_id}/announcements").text
    assert str(number) in host.get(address).text


def test_a_host_of_another_contest_sees_none_of_it(
    client: FlaskClient, session: Session, exam_id: int
) -> None:
    sign_in(client, make_staff(Role.HOST, make_contest()))
    for path in ("control", "control/live", "alarms", "announce", "waiting-papers"):
        assert client.get(f"/staff/exams/{exam_id}/{path}").status_code == 404
