"""Hosts find a question, stop it, and after the close decide about it with the effect on the page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import make_account, make_staff, sign_in
from tests.integration.exam.all_types import make_exam_of_all_types
from tests.integration.exam.exams import make_exam, sit
from tests.integration.leaderboard.boards import DEFINITION
from tests.unit.banks.tables import png
from webapp.access.permissions import Role
from webapp.banks.models import QuestionVersion
from webapp.contests import queries as contests
from webapp.contests import service as contests_service
from webapp.contests.models import Event, Stage
from webapp.core import clock
from webapp.exam import jobs
from webapp.exam.models import Attempt, Exam, Ruling, Sheet, StoppedQuestion
from webapp.media import service as media
from webapp.registration.models import Participation


def test_a_question_is_found_by_its_place_on_a_paper_and_stopped_by_one_person(
    client: FlaskClient, session: Session
) -> None:
    exam_id = make_exam()
    sat = sit(exam_id)
    version_id = session.get_one(Attempt, sat.attempt_id).paper[6]
    sign_in(client, make_staff(Role.HOST))
    empty = client.get(f"/staff/exams/{exam_id}/questions")
    assert "没有停止抽取的题目" in empty.text
    number = session.get_one(Participation, sat.participation_id).number
    found = client.get(f"/staff/exams/{exam_id}/questions?contestant={number}&number=7")
    address = f"/staff/exams/{exam_id}/questions/{version_id}"
    assert address in found.text
    assert client.post(f"{address}/stop", data={"why": ""}).status_code == 422
    assert client.post(f"{address}/stop", data={"why": "题目泄露"}).status_code == 303
    again = client.post(f"{address}/stop", data={"why": "题目泄露"})
    assert again.status_code == 422
    assert "此题已经停止抽取" in again.text
    page = client.get(address)
    assert "有一道题正在核查" in page.text, "the announcement is ready to be sent"
    assert session.scalars(select(StoppedQuestion.question_version_id)).one() == version_id
    listed = client.get(f"/staff/exams/{exam_id}/questions", headers={"Cookie": "language=en"})
    assert listed.status_code == 200


def test_before_the_exam_the_words_of_the_bank_are_not_shown(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam(opens_at=clock.now() + timedelta(hours=1))
    sign_in(client, make_staff(Role.HOST))
    searched = client.get(f"/staff/exams/{exam_id}/questions?words=第1题")
    assert "没有找到题目" in searched.text
    assert "____" not in searched.text


def test_hosts_see_pictures_and_sounds_once_the_exam_has_begun(client: FlaskClient, session: Session) -> None:
    """And not before: neither the file nor its name."""
    exam_id = make_exam()
    version_id = session.get_one(Attempt, sit(exam_id).attempt_id).paper[6]
    file_id = media.store(png(), "image/png")
    name = media.public_names([file_id])[file_id]
    session.execute(
        update(QuestionVersion)
        .where(QuestionVersion.id == version_id)
        .values(
            stem="看图 [[media:甲.png]] 回答",
            options=["左 [[media:甲.png]]", "右"],
            extra={"media": {"甲.png": file_id}},
        )
    )
    session.commit()
    address = f"/staff/exams/{exam_id}/questions/{version_id}"
    sign_in(client, make_staff(Role.HOST))
    page = client.get(address).text
    assert page.count(f'src="/media/{name}"') == 2
    assert "[[" not in page
    listed = client.get(f"/staff/exams/{exam_id}/questions?words=看图").text
    assert "看图" in listed
    assert "[[" not in listed
    assert name not in listed
    session.execute(update(Exam).values(opens_at=clock.now() + timedelta(hours=1)))
    session.commit()
    assert name not in client.get(address).text
    sign_in(client, make_account())
    refused = client.get(address)
    assert refused.status_code == 403
    assert name not in refused.text


def test_hosts_read_every_part_of_a_question(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam_of_all_types(session)
    sign_in(client, make_staff(Role.HOST))
    words = {
        "matching": ("红色", "提示"), "ordering": ("心肺复苏",), "passage": ("总承包", "应设"),
        "fill": ("绿色 / 红色 / 黄色",), "numeric": ("多少伏",),
    }  # fmt: skip
    for row in session.scalars(select(QuestionVersion)):
        page = client.get(f"/staff/exams/{exam_id}/questions/{row.id}").text
        for one in words[row.type]:
            assert one in page, (row.type, one)
        assert "GB 2893" not in page, "no key, no explanation"


def test_g06_the_effect_is_shown_and_a_second_host_agrees(
    client: FlaskClient, session: Session, app: Any, run_jobs: Callable[[], Any]
) -> None:
    contests_service.load_contest(DEFINITION.read_text(encoding="utf-8"))
    stage = contests.stage_by_codes("jilin-5", "welding", "preliminary")
    exam_id = make_exam(session.get_one(Stage, stage.stage_id))
    sat = sit(exam_id, at=clock.now() - timedelta(hours=2))
    jobs.sweep_expired()
    jobs.grade_pending(exam_id)
    version_id = session.get_one(Attempt, sat.attempt_id).paper[0]
    sign_in(client, make_staff(Role.HOST))
    address = f"/staff/exams/{exam_id}/questions/{version_id}/rulings"
    data = {"kind": "everybody", "key": "", "reason": "题干有误"}
    early = client.post(address, data=data)
    assert early.status_code == 422
    session.execute(update(Exam).values(closes_at=clock.now() - timedelta(minutes=1)))
    session.commit()
    assert client.post(address, data={**data, "reason": ""}).status_code == 422
    assert client.post(address, data={**data, "kind": "key", "key": "Z"}).status_code == 422
    drafted = client.post(address, data=data)
    assert drafted.status_code == 303
    jobs.weigh(session.scalars(select(Ruling.id)).one())
    shown = client.get(drafted.location)
    assert "0 → 5<" in shown.text
    assert client.get(drafted.location, headers={"HX-Request": "true"}).text.count("<html") == 0
    app.config["TWO_PERSON"] = True
    try:
        asked = client.post(f"{drafted.location}/ask", follow_redirects=True)
        assert "全体选手均得分" in asked.text
        action = session.scalars(select(Ruling.id)).one()
        second = client.application.test_client()
        sign_in(second, make_staff(Role.HOST))
        page = second.get(f"/staff/exams/{exam_id}/questions").text
        place = page.split('action="/staff/exams/')[1].split('"')[0]
        assert (
            second.post(f"/staff/exams/{place}", data={"agree": "yes", "back": "exam.questions"}).status_code
            == 303
        )
    finally:
        app.config["TWO_PERSON"] = False
    jobs.apply_ruling(action)
    assert "已生效" in second.get(drafted.location).text
    session.expire_all()
    assert session.get_one(Sheet, sat.attempt_id).state == "graded"


def test_g06_a_ruling_may_be_given_up_and_strangers_see_nothing(
    client: FlaskClient, session: Session
) -> None:
    exam_id = make_exam()
    sat = sit(exam_id, at=clock.now() - timedelta(hours=2))
    jobs.sweep_expired()
    jobs.grade_pending(exam_id)
    version_id = session.get_one(Attempt, sat.attempt_id).paper[0]
    session.execute(update(Exam).values(closes_at=clock.now() - timedelta(minutes=1)))
    session.commit()
    host = make_staff(Role.HOST)
    sign_in(client, host)
    data = {"kind": "drop", "key": "", "reason": "题干有误"}
    drafted = client.post(f"/staff/exams/{exam_id}/questions/{version_id}/rulings", data=data)
    given_up = client.post(f"{drafted.location}/cancel", follow_redirects=True)
    assert "保持原样" in given_up.text
    assert client.post(f"{drafted.location}/ask").status_code == 409
    stranger = client.application.test_client()
    sign_in(stranger, make_account())
    assert stranger.get(drafted.location).status_code in {403, 404}


@pytest.mark.parametrize("path", ["questions", "questions/1"])
def test_the_pages_of_another_scope_are_not_found(client: FlaskClient, session: Session, path: str) -> None:
    exam_id, other = make_exam(), make_exam()
    event = session.get_one(Event, session.get_one(Exam, other).event_id)
    sign_in(client, make_staff(Role.HOST, event))
    assert client.get(f"/staff/exams/{exam_id}/{path}").status_code == 404
