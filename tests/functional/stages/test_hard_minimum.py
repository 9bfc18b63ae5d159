"""Fewer contestants than a hard minimum: the first stage does not begin until there are enough, and nothing stops who has."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.factories import make_participation, make_staff, sign_in
from tests.integration.exam.exams import DEVICE, make_exam
from tests.integration.judging.stand import definition, make_workshop
from webapp.access.permissions import Role
from webapp.contests import service as contests
from webapp.contests.models import Stage
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.exam.errors import ExamHeldBack
from webapp.exam.service import hot
from webapp.exam.service.papers import paper_for
from webapp.operations.service import gate

RULE = '[[limits]]\nrule = "min-contestants"\nforce = "hard"\nvalue = 4\n'


def with_rule(days: int) -> str:
    """The contest with a hard minimum of four, and its registration over in so many days."""
    at = clock.now()
    span = f'["{(at - timedelta(days=9)).isoformat()}", "{(at + timedelta(days=days)).isoformat()}"]'
    return re.sub(r"registration = \[[^\]]*\]", f"registration = {span}", definition()) + RULE


def state_of(session: Session, exam_id: int) -> str:
    session.rollback()
    return str(session.scalar(text("SELECT state FROM exams WHERE id = :id"), {"id": exam_id}))


def decide() -> list[int]:
    with transaction():
        return gate.decide()


def load(text_: str) -> None:
    with transaction():
        contests.load_contest(text_, because="人数不足")


def test_the_first_stage_begins_only_with_enough_and_goes_on_once_it_has(
    app: Flask, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "DEMO", True)  # only what the contest file asks holds an exam back then
    shop = make_workshop(people=3)
    load(with_rule(2))
    opens_at = clock.now() + timedelta(minutes=20)
    exam_id = make_exam(session.get_one(Stage, shop.stage_id), opens_at=opens_at)
    attempt_id = paper_for(exam_id, shop.people[0].id).attempt_id
    session.commit()
    sign_in(client, make_staff(Role.HOST))
    address, hand_out = (
        f"/staff/stages/{shop.stage_id}",
        f"/staff/judging/{shop.stage_id}/modules/m2/hand-out",
    )
    page = client.get(address).text
    assert "现有 3 人，最低 4 人" in page
    assert "报名和审核结束时仍然不足的，本阶段不能开始" in page
    assert decide() == [], "registration runs: somebody may still come"
    assert "由竞赛规则管理员办理" in page

    load(with_rule(-1))
    page = client.get(address).text
    assert "现有 3 人，最低 4 人：本阶段不能开始" in page
    assert "人数不足，不能开始" in client.get("/staff/stages?show=due").text
    assert "个赛项不能开始" in client.get("/staff").text
    administrator = app.test_client()
    sign_in(administrator, make_staff(Role.ADMINISTRATOR))
    assert "个赛项不能开始" in administrator.get("/staff").text, "who may change the rules sees it too"
    assert decide() == [exam_id]
    with pytest.raises(ExamHeldBack):
        hot.start(attempt_id, shop.people[0].person_id, DEVICE, opens_at + timedelta(minutes=5))
    waived = {"check_key": "minimum", "reason": "大家都到了"}
    refused = client.post(f"/staff/health/exams/{exam_id}/waivers", data=waived)
    assert (refused.status_code, "不能例外" in refused.text) == (409, True)
    health = client.get("/staff/health").text
    assert "规则要求至少 4 人，不得例外" in health
    assert 'value="minimum"' not in health
    for refusing, status in ((f"{address}/freeze", 409), (hand_out, 422)):
        answer = client.post(refusing)
        assert (answer.status_code, "延长报名时间" in answer.text) == (status, True), refusing

    make_participation(shop.event, number="100099")
    session.commit()
    assert decide() == []
    assert state_of(session, exam_id) == "ready"
    assert hot.start(attempt_id, shop.people[0].person_id, DEVICE, opens_at + timedelta(minutes=5)).lease
    for person in shop.people[1:]:
        session.merge(person).state = "withdrawn"
    session.commit()
    assert decide() == []
    assert state_of(session, exam_id) == "ready", "who has begun is never stopped by it"
    assert client.post(hand_out).status_code == 303
    assert "本阶段不能开始" not in client.get(address).text.replace("仍然不足的，本阶段不能开始", "")
