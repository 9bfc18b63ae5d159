"""From a paper with a written answer to its result: two judges, a chief judge, a host, and who is kept out."""

import html
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import make_account, make_staff, sign_in
from tests.functional.exam.test_all_types import slots_of
from tests.functional.exam.test_sitting import Sitting
from tests.integration.marking.written import answers_of, close, make_written_exam, mark_next, marker, write
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person
from webapp.contests.models import Event
from webapp.core import clock
from webapp.exam import jobs
from webapp.exam.models import Exam
from webapp.exam.routes.fragments import forget_fragments
from webapp.integrity.models import Interest
from webapp.marking.models import EssayMark

TEXT = "先断电，\n再用干粉灭火器。"


def page_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def take(client: FlaskClient, exam_id: int, account: Account) -> str:
    """Sign in, ask for the next answer, and return the address that opens."""
    sign_in(client, account)
    answer = client.post(f"/staff/marking/{exam_id}/next")
    assert answer.status_code == 303
    return str(answer.location)


def host_of(session: Session, exam_id: int) -> Account:
    return make_staff(Role.HOST, session.get_one(Event, session.get_one(Exam, exam_id).event_id))


def test_from_the_paper_over_two_judges_and_a_chief_judge_to_the_result(
    client: FlaskClient, session: Session
) -> None:
    forget_fragments()
    exam_id = make_written_exam(session)
    sitting = Sitting(client, session, exam_id)
    slots = slots_of(client.get(sitting.url).text)
    sitting.send({"slot": slots["essay"], "seq": 1, "answer": TEXT, "flag": False})
    client.post(f"{sitting.url}/submit")
    session.commit()
    jobs.grade_pending(exam_id)
    waiting = page_of(client, f"{sitting.url}/result")
    assert "问答题由两位评卷人分别评阅" in waiting
    assert "every 3s" not in waiting, "people take longer than three seconds"
    close(session, exam_id)
    contestant = session.scalars(select(Account).join(Person, Person.id == Account.person_id)).all()

    staff = client.application.test_client()
    one, other, chief = (
        marker(session, exam_id), marker(session, exam_id), marker(session, exam_id, Role.CHIEF_JUDGE),
    )  # fmt: skip
    address = take(staff, exam_id, one)
    page = page_of(staff, address)
    assert "再用干粉灭火器" in page
    assert "先断电，再报告" in page, "the reference answer"
    names = {person.name for person in session.scalars(select(Person))} - {
        session.get_one(Person, one.person_id).name
    }
    assert not [name for name in names if name in page], "nobody's name"
    refused = staff.post(address, data={"mark": "11", "comment": "要点少"})
    assert (refused.status_code, "要点少" in refused.text, 'value="11"' in refused.text) == (422, True, True)
    assert staff.post(address, data={"mark": "4", "comment": "要点少"}).location == "/staff/marking"
    assert staff.get(address).status_code == 404, "marked is marked"

    address = take(staff, exam_id, other)
    assert "要点少" not in page_of(staff, address), "blind"
    staff.post(address, data={"mark": "8.5"})
    sign_in(staff, chief)
    progress = page_of(staff, f"/staff/marking/{exam_id}")
    decide = re.search(r'href="(/staff/marking/answers/\d+/decide)"', progress)
    assert decide is not None
    page = page_of(staff, decide[1])
    assert "8.5" in page
    assert "要点少" in page
    assert session.get_one(Person, other.person_id).name not in page
    assert staff.post(decide[1], data={"mark": "7", "comment": ""}).status_code == 422
    assert staff.post(decide[1], data={"mark": "7", "comment": "两点齐全"}).status_code == 303
    session.commit()
    jobs.grade_pending(exam_id)
    result = page_of(client, f"{sitting.url}/result")
    assert re.search(r"score-big\">7 <small>/ 14", result), "7 of 10, 0 of 3, 0 of 1"
    assert contestant


def test_only_judges_of_the_event_reach_the_answers(client: FlaskClient, session: Session) -> None:
    exam_id = make_written_exam(session)
    sat = write(exam_id)
    jobs.grade_pending(exam_id)
    close(session, exam_id)
    answer = answers_of(session, sat)[0].id
    host = host_of(session, exam_id)
    foreign = marker(session, make_written_exam_elsewhere(session))
    sign_in(client, host)
    assert client.post(f"/staff/marking/{exam_id}/next").status_code == 403
    assert client.get(f"/staff/marking/answers/{answer}").status_code == 403
    assert client.get(f"/staff/marking/{exam_id}").status_code == 200
    sign_in(client, foreign)
    assert client.post(f"/staff/marking/{exam_id}/next").status_code == 404
    assert client.get(f"/staff/marking/answers/{answer}").status_code == 404
    assert client.post(f"/staff/marking/answers/{answer}", data={"mark": "3"}).status_code == 404
    judge = marker(session, exam_id)
    sign_in(client, judge)
    assert client.get(f"/staff/marking/answers/{answer}").status_code == 404, "not handed to them"
    assert client.post(f"/staff/marking/answers/{answer}", data={"mark": "3"}).status_code == 404
    assert client.get(f"/staff/marking/answers/{answer}/decide").status_code == 403
    assert client.get(f"/staff/marking/{exam_id}").status_code == 403, "judges see no figures of others"
    assert session.scalar(select(func.count()).select_from(EssayMark)) == 0


def make_written_exam_elsewhere(session: Session) -> int:
    from tests.integration.exam.exams import make_exam

    return make_exam()


def test_a_relative_is_handed_nothing(client: FlaskClient, session: Session) -> None:
    exam_id = make_written_exam(session)
    sat = write(exam_id)
    jobs.grade_pending(exam_id)
    close(session, exam_id)
    uncle = marker(session, exam_id)
    session.add(
        Interest(
            person_id=uncle.person_id,
            relation="relative",
            about_person_id=sat.person_id,
            declared_at=clock.now(),
        )
    )
    session.commit()
    assert take(client, exam_id, uncle) == "/staff/marking"
    assert "没有需要您评阅的作答" in page_of(client, "/staff/marking")


def test_the_list_is_empty_says_so_and_asks_a_bounded_number_of_questions(
    client: FlaskClient, session: Session, count_queries: list[str]
) -> None:
    judge = make_staff(Role.JUDGE)
    session.commit()
    sign_in(client, judge)
    assert "没有需要评阅的作答" in page_of(client, "/staff/marking")
    exam_id = make_written_exam(session)
    for _ in range(3):
        write(exam_id)
    jobs.grade_pending(exam_id)
    close(session, exam_id)
    one, other = marker(session, exam_id), marker(session, exam_id)
    for who in (one, other):
        mark_next(exam_id, who, "6")
    sign_in(client, host_of(session, exam_id))
    count_queries.clear()
    page = page_of(client, f"/staff/marking/{exam_id}")
    assert len(count_queries) <= 16
    assert "60.0" in page
    assert "1 / 1" in page


def test_before_the_end_a_judge_is_told_to_wait(client: FlaskClient, session: Session) -> None:
    exam_id = make_written_exam(session)
    write(exam_id)
    jobs.grade_pending(exam_id)
    sign_in(client, marker(session, exam_id))
    assert "全部选手考试结束后方可评阅" in page_of(client, "/staff/marking")
    refused = client.post(f"/staff/marking/{exam_id}/next")
    assert refused.status_code == 409


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pages_speak_both_languages(client: FlaskClient, session: Session, language: str) -> None:
    judge = make_staff(Role.JUDGE)
    session.commit()
    sign_in(client, judge)
    client.set_cookie("language", language)
    page = client.get("/staff/marking", headers={"Accept-Language": language}).text
    assert ("Nothing to mark" in page) != ("没有需要评阅的作答" in page)


@pytest.mark.parametrize(
    ("comments", "release", "shown"),
    [(True, "after_close", True), (False, "after_close", False), (True, "never", False)],
)
def test_comments_reach_their_contestant_only_where_the_host_and_the_key_allow(
    client: FlaskClient, session: Session, comments: bool, release: str, shown: bool
) -> None:
    exam_id = make_written_exam(session, comments=comments, key_release=release)
    sat = write(exam_id)
    jobs.grade_pending(exam_id)
    close(session, exam_id)
    for _ in range(2):
        mark_next(exam_id, marker(session, exam_id), "6", "缺少报告一步")
    jobs.grade_pending(exam_id)
    sign_in(client, make_account(session.get_one(Person, sat.person_id)))
    result = page_of(client, f"/attempts/{sat.attempt_id}/result")
    assert f'hx-get="/attempts/{sat.attempt_id}/comments"' in result
    assert ("缺少报告一步" in page_of(client, f"/attempts/{sat.attempt_id}/comments")) is shown
    assert ("先断电，再报告" in result) is (release == "after_close"), "the reference answer with the key"
    sign_in(client, make_account())
    assert client.get(f"/attempts/{sat.attempt_id}/comments").status_code == 404
