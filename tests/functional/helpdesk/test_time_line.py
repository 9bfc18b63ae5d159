"""One click to everything that happened to a contestant, and never to an answer."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.factories import make_account, make_contest, make_staff, sign_in
from tests.integration.exam.exams import Sat, make_exam, sit
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person
from webapp.audit.models import AuditRow
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.exam import jobs
from webapp.exam.errors import LeaseLost
from webapp.exam.models import TimeGrant
from webapp.exam.rules.saving import Item
from webapp.exam.service import hot
from webapp.exam.service.announcing import To, announce, mark_read
from webapp.exam.service.leases import take_over

CANARY = "金丝雀答案"


@pytest.fixture
def exam_id(session: Session) -> int:
    return make_exam()


@pytest.fixture
def sat(session: Session, exam_id: int) -> Sat:
    """Somebody who saved twice, was refused, silent, given time, spoken to, and went on elsewhere."""
    one = sit(exam_id, hall="一考场")
    account = make_account(session.get_one(Person, one.person_id))
    session.commit()
    at = clock.now()
    hot.save(one.attempt_id, one.person_id, one.lease, [Item(0, 1, CANARY, False)], at)
    hot.save(one.attempt_id, one.person_id, one.lease, [Item(4, 1, "B", False)], at)
    with pytest.raises(LeaseLost):
        hot.save(one.attempt_id, one.person_id, "stale", [Item(6, 1, CANARY, False)], at)
    session.execute(text("UPDATE sheets SET seen_at = seen_at - interval '200 seconds'"))
    session.commit()
    jobs.watch_exams()
    hot.heartbeat(one.attempt_id, one.person_id, one.lease, clock.now())
    jobs.watch_exams()
    with transaction():
        said = announce(exam_id, To("一考场"), "请检查座位号", True, account.id)
        mark_read(said, one.participation_id, clock.now())
        take_over(one.attempt_id, one.person_id, account.id, "phone-cookie", "屏幕坏了", clock.now())
        session.add(TimeGrant(exam_id=exam_id, hall="一考场", extra_s=300, reason="停电五分钟"))
    return one


def path(exam_id: int, sat: Sat) -> str:
    return f"/staff/exams/{exam_id}/people/{sat.participation_id}"


def test_the_time_line_tells_all_in_order_without_answers(
    client: FlaskClient, session: Session, exam_id: int, sat: Sat
) -> None:
    sign_in(client, make_staff(Role.HOST, name="值班主任"))
    page = client.get(path(exam_id, sat)).text
    told = (
        "补时 5 分钟", "停电五分钟", "换设备继续作答", "屏幕坏了", "已确认通知", "请检查座位号",
        "第 7 题未保存：已在另一窗口作答", "第 5 题已保存", "第 1 题已保存", "开始考试", "第 1 份试卷已组卷",
    )  # fmt: skip
    for words in told:
        assert words in page, words
    assert "页面 20" in page  # silent for some 200 seconds
    assert CANARY not in page
    assert "phone-cookie" not in page
    assert sat.lease not in page
    order = [page.index(words) for words in ("已确认通知", "第 5 题已保存", "第 1 份试卷已组卷")]
    assert order == sorted(order)


def test_the_line_is_narrowed_to_a_kind(
    client: FlaskClient, session: Session, exam_id: int, sat: Sat
) -> None:
    sign_in(client, make_staff(Role.HELP_DESK))
    page = client.get(path(exam_id, sat) + "?kind=save").text
    assert "第 5 题已保存" in page
    assert "补时 5 分钟" not in page


def test_taking_it_away_needs_a_reason_and_is_noted(
    client: FlaskClient, session: Session, exam_id: int, sat: Sat
) -> None:
    sign_in(client, make_staff(Role.HOST))
    assert client.post(path(exam_id, sat), data={"why": ""}).status_code == 422
    answer = client.post(path(exam_id, sat), data={"why": "处理投诉"})
    assert answer.mimetype == "text/csv"
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("时间（北京）")
    assert any("第 5 题已保存" in line for line in lines)
    assert CANARY not in answer.text
    row = session.scalars(select(AuditRow).where(AuditRow.action == "person.time-line")).one()
    assert (row.why, row.target_id, row.facts["rows"]) == ("处理投诉", str(sat.person_id), len(lines) - 1)
    assert "时间线被导出" in client.get(path(exam_id, sat)).text


def test_strangers_and_foreign_hosts_find_nothing(
    client: FlaskClient, session: Session, exam_id: int, sat: Sat
) -> None:
    other = make_exam()
    sign_in(client, make_staff(Role.HOST, make_contest()))
    assert client.get(path(exam_id, sat)).status_code == 404
    sign_in(client, make_staff(Role.HELP_DESK, make_contest()))
    assert client.get(path(exam_id, sat)).status_code == 404
    sign_in(client, make_staff(Role.HOST))
    assert client.get(path(other, sat)).status_code == 404
    sign_in(client, session.scalars(select(Account).where(Account.person_id == sat.person_id)).one())
    assert client.get(path(exam_id, sat)).status_code == 403


def test_a_spell_of_silence_is_kept_once_and_ends_with_the_next_sign(session: Session, exam_id: int) -> None:
    one = sit(exam_id)
    session.execute(text("UPDATE sheets SET seen_at = seen_at - interval '5 minutes'"))
    session.commit()
    for _ in range(2):
        jobs.watch_exams()
    rows = session.execute(text("SELECT until FROM silences")).all()
    assert [row.until for row in rows] == [None]
    hot.heartbeat(one.attempt_id, one.person_id, one.lease, clock.now())
    jobs.watch_exams()
    session.expire_all()
    ended = session.execute(text("SELECT until - since AS lasted FROM silences")).one()
    assert ended.lasted > timedelta(minutes=5)


def test_levels_of_the_review_and_signing_in_are_said_in_words(client: FlaskClient, session: Session) -> None:
    from webapp.core.i18n import say
    from webapp.core.words import Message
    from webapp.helpdesk.queries.timeline import _DECISIONS, of_level

    with client.application.test_request_context():
        assert say(Message(_DECISIONS["confirm"], {"level": of_level("organiser")})) == (
            "报名审核通过（赛项承办单位）"
        )
        assert say(Message("Signed in on a device")) == "登录"
