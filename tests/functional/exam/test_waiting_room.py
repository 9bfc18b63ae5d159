"""The waiting room: what is told when, what is released when, and the question to late-comers."""

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import make_account, make_person, sign_in
from tests.integration.exam.exams import make_bank_version, make_exam, participant
from webapp.accounts.models import Person
from webapp.banks.models import QuestionVersion
from webapp.core import clock
from webapp.exam.models import Attempt, Exam, Sheet
from webapp.exam.routes.fragments import forget_fragments
from webapp.media.models import StoredFile


@pytest.fixture(autouse=True)
def _fresh_caches() -> None:
    forget_fragments()


def page_state(html: str) -> dict[str, Any]:
    found = re.search(r'id="waiting-room" data-page="([^"]*)"', html)
    assert found is not None
    state: dict[str, Any] = json.loads(unescape(found[1]))
    return state


def contestant(client: FlaskClient, session: Session, exam_id: int, **columns: Any) -> None:
    person = participant(exam_id, **columns)
    sign_in(client, make_account(session.get_one(Person, person.person_id)))


def window(session: Session, exam_id: int, opens_s: float, closes_s: float) -> None:
    """Move the exam's window, in seconds from now."""
    at = clock.now()
    session.execute(
        update(Exam)
        .where(Exam.id == exam_id)
        .values(opens_at=at + timedelta(seconds=opens_s), closes_at=at + timedelta(seconds=closes_s))
    )
    session.commit()


def pictured_exam(session: Session) -> int:
    """An exam of which every question has a picture of its own."""
    bank = make_bank_version(20)
    for n, version in enumerate(session.scalars(select(QuestionVersion))):
        file = StoredFile(digest=f"{n:064d}", public_name=f"{n:032x}", size_bytes=1, media_type="image/png")
        session.add(file)
        session.flush()
        version.picture_file_id = file.id
    session.commit()
    return make_exam(bank_version=bank)


def test_before_the_opening_the_page_counts_and_keeps_the_pictures_back(
    client: FlaskClient, session: Session
) -> None:
    exam_id = pictured_exam(session)
    window(session, exam_id, 600, 86_400)
    contestant(client, session, exam_id)
    html = client.get(f"/exams/{exam_id}/start").text
    state = page_state(html)
    assert state["phase"] == "upcoming"
    assert 590_000 < state["opens_in_ms"] < 621_000
    assert "再看一次" in html
    told = client.post(f"/exams/{exam_id}/prepare").get_json()
    assert (told["pictures"], told["attempt_url"], told["wants_paper"]) == ([], "", False)
    assert session.scalars(select(Attempt)).all() == []
    assert client.post(f"/exams/{exam_id}/start").status_code == 409


def test_two_minutes_before_the_paper_is_drawn_and_its_pictures_are_released(
    client: FlaskClient, session: Session
) -> None:
    exam_id = pictured_exam(session)
    window(session, exam_id, 100, 86_400)
    contestant(client, session, exam_id)
    assert page_state(client.get(f"/exams/{exam_id}/start").text)["wants_paper"] is True
    told = client.post(f"/exams/{exam_id}/prepare").get_json()
    again = client.post(f"/exams/{exam_id}/prepare").get_json()
    attempt = session.scalars(select(Attempt)).one()
    assert session.get_one(Sheet, attempt.id).state == "created"
    assert told["attempt_url"] == again["attempt_url"] == f"/attempts/{attempt.id}"
    assert len(told["pictures"]) == 20
    assert all(re.fullmatch(r"/media/[0-9a-f]{32}", address) for address in told["pictures"])
    assert [name for name in told["assets"] if "exam" in name], "the exam page's own script"
    assert client.get(told["attempt_url"]).status_code == 303, "the paper itself stays closed"


def test_the_room_belongs_to_the_people_of_the_exam(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    sign_in(client, make_account(make_person()))
    assert client.post(f"/exams/{exam_id}/prepare").status_code == 404
    assert client.get(f"/exams/{exam_id}/start").status_code == 404


def test_a_late_comer_is_told_the_minutes_and_asked_first(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    window(session, exam_id, -3000, 25 * 60 + 30)
    contestant(client, session, exam_id)
    page = client.get(f"/exams/{exam_id}/start").text
    assert "只剩 25 分钟" in page
    assert 'name="late_confirmed"' in page
    refused = client.post(f"/exams/{exam_id}/start")
    assert refused.status_code == 422
    assert "计时尚未开始" in refused.text
    assert session.scalars(select(Sheet).where(Sheet.state == "open")).all() == []
    for wrong in ("", "no", "YES"):
        assert client.post(f"/exams/{exam_id}/start", data={"late_confirmed": wrong}).status_code == 422
    started = client.post(f"/exams/{exam_id}/start", data={"late_confirmed": "yes"})
    assert started.status_code == 303
    sheet = session.scalars(select(Sheet)).one()
    assert sheet.started_at is not None
    assert sheet.deadline_at is not None
    assert 24 * 60 < (sheet.deadline_at - sheet.started_at).total_seconds() <= 25 * 60 + 30
    assert client.post(f"/exams/{exam_id}/start").status_code == 303, "a second click goes on writing"


def test_extra_time_counts_when_lateness_is_judged(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    window(session, exam_id, -60, 3600 + 600)
    contestant(client, session, exam_id, time_factor="1.5")
    assert "只剩 69 分钟" in client.get(f"/exams/{exam_id}/start").text
    assert client.post(f"/exams/{exam_id}/start").status_code == 422


def test_who_is_in_time_is_not_asked(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    contestant(client, session, exam_id)
    page = client.get(f"/exams/{exam_id}/start").text
    assert "late_confirmed" not in page
    assert page_state(page)["opens_in_ms"] == 0
    assert client.post(f"/exams/{exam_id}/start").status_code == 303


def test_a_window_too_short_for_extra_time_is_told_before_it_opens(
    client: FlaskClient, session: Session
) -> None:
    exam_id = make_exam()
    window(session, exam_id, 600, 600 + 3600)
    contestant(client, session, exam_id, time_factor="1.5")
    page = client.get(f"/exams/{exam_id}/start").text
    assert "总共 90 分钟只剩 60 分钟" in page
    assert 'name="late_confirmed"' in page
