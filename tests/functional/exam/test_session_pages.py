"""Pages of sessions: a contestant books, changes, cancels; a host sees the fill, moves, closes."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_account, make_person, make_staff, sign_in
from tests.integration.exam.exams import make_exam, participant
from tests.integration.exam.test_sessions import offer, rule
from webapp.access.permissions import Role
from webapp.accounts.models import Person
from webapp.audit.models import AuditRow
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.exam.models import Exam, ExamSession, SessionBooking
from webapp.exam.service import sessions
from webapp.exam.service.papers import paper_for
from webapp.registration.models import Participation


def contestant(client: FlaskClient, session: Session, exam_id: int) -> Participation:
    person = participant(exam_id)
    sign_in(client, make_account(session.get_one(Person, person.person_id)))
    return person


def two_sessions(**changes: Any) -> tuple[int, dict[str, int]]:
    exam_id, at = make_exam(), clock.now()
    return exam_id, offer(exam_id, rule("上午场", at, 2), rule("下午场", at, 2, 240), **changes)


def test_a_contestant_books_changes_and_cancels(client: FlaskClient, session: Session) -> None:
    exam_id, ids = two_sessions()
    contestant(client, session, exam_id)
    mine = client.get("/exams").text
    assert f"/exams/{exam_id}/sessions" in mine
    assert "选择场次" in client.get(f"/exams/{exam_id}/start").text
    assert client.post(f"/exams/{exam_id}/start").status_code == 409, "no start without a seat"
    page = client.get(f"/exams/{exam_id}/sessions").text
    assert page.count("预约本场次") == 2
    for key in ("上午场", "下午场"):
        done = client.post(f"/exams/{exam_id}/sessions", data={"session": ids[key]})
        assert done.status_code == 303
        assert session.scalars(select(SessionBooking.session_id)).one() == ids[key]
    assert "我的场次：下午场" in client.get(f"/exams/{exam_id}/start").text
    assert client.post(f"/exams/{exam_id}/sessions", data={"session": "none"}).status_code == 303
    assert session.scalars(select(SessionBooking)).all() == []
    told = select(AuditRow.action).where(AuditRow.action.startswith("session.")).order_by(AuditRow.id)
    actions = session.scalars(told).all()
    assert actions == ["session.self", "session.self", "session.cancel"]


@pytest.mark.parametrize("asked", ["", "x", "0", "999999", "-1", "9" * 30])
def test_a_session_that_does_not_exist_is_refused_in_the_form(
    client: FlaskClient, session: Session, asked: str
) -> None:
    exam_id, _ids = two_sessions()
    contestant(client, session, exam_id)
    refused = client.post(f"/exams/{exam_id}/sessions", data={"session": asked})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text


def test_a_full_session_and_a_closed_booking_say_so(client: FlaskClient, session: Session) -> None:
    exam_id, ids = two_sessions()
    others = [participant(exam_id).id for _ in range(2)]
    with transaction():
        for one in others:
            sessions.book(exam_id, one, ids["上午场"], clock.now())
    contestant(client, session, exam_id)
    assert "已满" in client.get(f"/exams/{exam_id}/sessions").text
    refused = client.post(f"/exams/{exam_id}/sessions", data={"session": ids["上午场"]})
    assert refused.status_code == 422
    assert "本场次已满" in refused.text
    session.get_one(Exam, exam_id).booking_closes_at = clock.now() - timedelta(seconds=1)
    session.commit()
    page = client.get(f"/exams/{exam_id}/sessions").text
    assert "预约已结束" in page
    assert "<button" not in page.split("<h1", 1)[1].split("<footer", 1)[0]
    refused = client.post(f"/exams/{exam_id}/sessions", data={"session": ids["下午场"]})
    assert refused.status_code == 422


def test_an_exam_without_sessions_has_no_such_page(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    contestant(client, session, exam_id)
    assert client.get(f"/exams/{exam_id}/sessions").status_code == 404
    assert client.post(f"/exams/{exam_id}/sessions", data={"session": "1"}).status_code == 404


def test_strangers_neither_see_nor_book(client: FlaskClient, session: Session) -> None:
    exam_id, ids = two_sessions()
    sign_in(client, make_account(make_person()))
    assert client.get(f"/exams/{exam_id}/sessions").status_code == 404
    assert client.post(f"/exams/{exam_id}/sessions", data={"session": ids["上午场"]}).status_code == 404
    assert client.get(f"/staff/exams/{exam_id}/sessions").status_code == 403


def test_a_host_sees_the_fill_moves_a_person_and_closes(client: FlaskClient, session: Session) -> None:
    exam_id, ids = two_sessions()
    who = participant(exam_id).id
    with transaction():
        sessions.book(exam_id, who, ids["上午场"], clock.now())
    sign_in(client, make_staff(Role.HOST))
    address = f"/staff/exams/{exam_id}/sessions"
    assert address in client.get("/staff/exams").text
    page = client.get(address).text
    assert "1 / 2" in page
    assert f"person={who}" in page
    wanted = {"participation_id": who, "session": ids["下午场"]}
    assert "error-summary" in client.post(f"{address}/move?person={who}", data=wanted | {"reason": ""}).text
    moved = client.post(f"{address}/move", data=wanted | {"reason": "上午另有比赛"})
    assert moved.status_code == 303
    assert session.scalars(select(SessionBooking.session_id)).one() == ids["下午场"]
    wrong = client.post(f"{address}/move", data=wanted | {"participation_id": "0", "reason": "x"})
    assert wrong.status_code == 422
    without_reason = client.post(f"{address}/{ids['下午场']}", data={"move_people": "y", "reason": ""})
    assert without_reason.status_code == 422
    closed = client.post(f"{address}/{ids['下午场']}", data={"move_people": "y", "reason": "机房停电"})
    assert closed.status_code == 303
    assert session.scalars(select(SessionBooking.session_id)).one() == ids["上午场"]
    assert session.get_one(ExamSession, ids["下午场"]).is_closed
    assert client.post(f"{address}/{ids['下午场']}", data={"action": "reopen"}).status_code == 303
    assert not session.get_one(ExamSession, ids["下午场"]).is_closed
    assert client.post(f"{address}/999999", data={"reason": "x"}).status_code == 404


def test_an_exam_without_sessions_shows_the_host_an_empty_state(
    client: FlaskClient, session: Session
) -> None:
    exam_id = make_exam()
    sign_in(client, make_staff(Role.HOST))
    assert "本考试不分场次" in client.get(f"/staff/exams/{exam_id}/sessions").text


def test_lists_need_the_same_statements_for_one_and_for_many(
    client: FlaskClient, session: Session, count_queries: list[str]
) -> None:
    exam_id, _ids = two_sessions()
    participant(exam_id)
    sign_in(client, make_staff(Role.HOST))
    counts = []
    for people in (0, 12):
        for _ in range(people):
            participant(exam_id)
        for address in (f"/staff/exams/{exam_id}/sessions", "/staff/exams"):
            client.get(address)
            count_queries.clear()
            assert client.get(address).status_code == 200
            counts.append(len(count_queries))
    assert counts[:2] == counts[2:]


def test_the_hosts_list_counts_drawn_papers(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    people = [participant(exam_id).id for _ in range(3)]
    with transaction():
        paper_for(exam_id, people[0])
    sign_in(client, make_staff(Role.HOST))
    assert "1 / 3" in client.get("/staff/exams").text
