"""From marked papers to evidence, from evidence to a case, from a case to a decision of a person."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import make_account, make_staff, sign_in
from tests.integration.exam.exams import Sat, make_bank_version, make_exam, sit
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person
from webapp.audit.models import AuditRow
from webapp.contests.models import Event
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.exam import jobs as exam_jobs
from webapp.exam.models import Exam, ExamAction, Sheet
from webapp.exam.rules.saving import Item
from webapp.exam.service import hot
from webapp.exam.service.submitting import submit_with_key
from webapp.integrity import jobs
from webapp.integrity.models import Evidence, EvidenceRun, IntegrityCase
from webapp.integrity.routes.blueprint import watermark_key
from webapp.integrity.rules.watermark import code_of
from webapp.notifications.models import Notice

Run = Callable[[], int]


@pytest.fixture
def exam_id(session: Session) -> int:
    return make_exam(bank_version=make_bank_version(20))


def papers(session: Session, exam_id: int, count: int) -> list[Sat]:
    """Marked papers of a closed exam: everybody answers alike, which is what the marks are for."""
    sats = [sit(exam_id, device=f"device-{n}") for n in range(count)]
    for sat in sats:
        hot.save(sat.attempt_id, sat.person_id, sat.lease, [Item(0, 1, "B", False)], clock.now())
        account = make_account(session.get_one(Person, sat.person_id))
        session.commit()
        with transaction():
            submit_with_key(
                sat.attempt_id, sat.person_id, account.id, sat.lease, f"key-{sat.attempt_id}", clock.now()
            )
    exam_jobs.grade_pending(exam_id)
    current_app.extensions["jobs_inline"].clear()  # combining scores is not what these tests are about
    close(session, exam_id)
    return sats


def close(session: Session, exam_id: int) -> None:
    session.execute(update(Exam).where(Exam.id == exam_id).values(closes_at=clock.now() - timedelta(hours=1)))
    session.commit()


def host(session: Session, client: FlaskClient) -> Account:
    account = make_staff(Role.HOST)
    session.commit()
    sign_in(client, account)
    return account


def report(session: Session, exam_id: int, sat: Sat, kinds: list[str], client: FlaskClient) -> None:
    account = session.scalars(select(Account).where(Account.person_id == sat.person_id)).one_or_none()
    sign_in(client, account or make_account(session.get_one(Person, sat.person_id)))
    times = [str(n * 200_000) for n in range(len(kinds))]
    data = {"kind": kinds, "ms": times, "page": "p", "device": "computer"}
    assert client.post(f"/attempts/{sat.attempt_id}/focus", data=data).status_code == 204


def test_an_exam_is_compared_once_it_is_over(
    client: FlaskClient, session: Session, exam_id: int, run_jobs: Run
) -> None:
    sats = papers(session, exam_id, 3)
    report(session, exam_id, sats[0], ["opened", "hidden", "visible"] * 4, client)
    for sat in sats[1:]:
        report(session, exam_id, sat, ["opened"], client)
    host(session, client)
    page = client.get(f"/staff/exams/{exam_id}/evidence").text
    assert "尚未比对" in page
    assert client.post(f"/staff/exams/{exam_id}/evidence").status_code == 303
    assert client.post(f"/staff/exams/{exam_id}/evidence").status_code == 409, "one at a time"
    run_jobs()
    run = session.scalars(select(EvidenceRun)).one()
    assert (run.state, run.progress) == ("done", 100)
    page = client.get(f"/staff/exams/{exam_id}/evidence").text
    assert "3 份" in page
    assert "不足以判断" in page, "too few papers are said to be too few"
    assert f"/evidence/{sats[0].attempt_id}" in page
    assert f"/evidence/{sats[1].attempt_id}" not in page
    assert "不是结论" in page


def test_an_open_exam_is_not_compared(client: FlaskClient, session: Session, exam_id: int) -> None:
    sit(exam_id)
    host(session, client)
    assert client.post(f"/staff/exams/{exam_id}/evidence").status_code == 409
    close(session, exam_id)
    assert client.post(f"/staff/exams/{exam_id}/evidence").status_code == 409, "a paper is still open"


def test_a_step_that_runs_twice_stores_nothing_twice(
    client: FlaskClient, session: Session, exam_id: int, run_jobs: Run
) -> None:
    sats = papers(session, exam_id, 3)
    for sat in sats:
        report(session, exam_id, sat, ["opened", "hidden", "visible"] * 3, client)
    host(session, client)
    client.post(f"/staff/exams/{exam_id}/evidence")
    run = session.scalars(select(EvidenceRun)).one()
    jobs.gather_evidence(run.id, 0)
    count = len(session.scalars(select(Evidence)).all())
    assert count >= 3
    run_jobs()
    jobs.gather_evidence(run.id, 0)
    assert len(session.scalars(select(Evidence)).all()) == count


def test_the_clock_looks_at_closed_exams_once(session: Session, exam_id: int, run_jobs: Run) -> None:
    papers(session, exam_id, 2)
    jobs.gather_closed()
    run_jobs()
    jobs.gather_closed()
    assert [run.state for run in session.scalars(select(EvidenceRun))] == ["done"]


def test_a_case_is_opened_told_answered_and_decided_by_people(
    client: FlaskClient, session: Session, exam_id: int
) -> None:
    sat = papers(session, exam_id, 1)[0]
    staff = host(session, client)
    of_attempt = f"/staff/exams/{exam_id}/evidence/{sat.attempt_id}"
    assert client.get(of_attempt).status_code == 200
    assert client.post(of_attempt, data={"words": ""}).status_code == 422
    opened = client.post(of_attempt, data={"words": "考场报告：使用两部手机"})
    page = opened.location
    assert client.post(of_attempt, data={"words": "再来一次"}).status_code == 409
    case = session.scalars(select(IntegrityCase)).one()
    refused = client.post(f"{page}/decide", data={"decision": "void", "words": "作弊"})
    assert refused.status_code == 422
    assert "先向选手告知" in refused.text
    assert client.post(f"{page}/note", data={"words": "内部：已查看录像"}).status_code == 303

    contestant = session.scalars(select(Account).where(Account.person_id == sat.person_id)).one()
    sign_in(client, contestant)
    assert client.get(f"/my/cases/{case.id}").status_code == 404, "not shown yet"
    sign_in(client, staff)
    assert client.post(f"{page}/tell", data={"words": "请说明两部手机的情况"}).status_code == 303

    sign_in(client, contestant)
    assert session.scalars(select(Notice).where(Notice.link == f"/my/cases/{case.id}")).all()
    assert "考试的询问" in client.get("/my/cases").text
    mine = client.get(f"/my/cases/{case.id}").text
    assert "请说明两部手机的情况" in mine
    assert "内部：已查看录像" not in mine
    assert client.post(f"/my/cases/{case.id}", data={"words": " "}).status_code == 422
    assert client.post(f"/my/cases/{case.id}", data={"words": "第二部手机用作热点"}).status_code == 303
    sign_in(client, make_account())
    assert client.get(f"/my/cases/{case.id}").status_code == 404

    sign_in(client, staff)
    assert "第二部手机用作热点" in client.get(page).text
    assert (
        client.post(f"{page}/decide", data={"decision": "no-action", "words": "说明可信"}).status_code == 303
    )
    session.expire_all()
    assert (session.get_one(IntegrityCase, case.id).state, session.get_one(Sheet, sat.attempt_id).state) == (
        "decided",
        "graded",
    )
    assert client.post(f"{page}/note", data={"words": "后补"}).status_code == 409
    sign_in(client, contestant)
    assert "说明可信" in client.get(f"/my/cases/{case.id}").text
    actions = set(session.scalars(select(AuditRow.action)))
    assert {"case.open", "case.tell", "case.statement", "case.decide", "evidence.view"} <= actions


def test_a_void_goes_the_way_of_every_void(client: FlaskClient, session: Session, exam_id: int) -> None:
    client.application.config["TWO_PERSON"] = True
    try:
        sat = papers(session, exam_id, 1)[0]
        host(session, client)
        page = client.post(
            f"/staff/exams/{exam_id}/evidence/{sat.attempt_id}", data={"words": "代考举报"}
        ).location
        client.post(f"{page}/tell", data={"words": "请说明"})
        assert (
            client.post(f"{page}/decide", data={"decision": "void", "words": "本人承认"}).status_code == 303
        )
        session.expire_all()
        assert session.get_one(Sheet, sat.attempt_id).state == "graded", "a second person has to agree"
        assert [(one.kind, one.state) for one in session.scalars(select(ExamAction))] == [("void", "waiting")]
    finally:
        client.application.config["TWO_PERSON"] = False


def test_a_code_from_a_photo_leads_to_the_person_and_leaves_a_trace(
    client: FlaskClient, session: Session, exam_id: int
) -> None:
    sats = papers(session, exam_id, 2)
    host(session, client)
    url = f"/staff/exams/{exam_id}/watermark"
    code = code_of(watermark_key(), sats[1].attempt_id)
    name = session.get_one(Person, sats[1].person_id).name
    page = client.post(url, data={"code": code.lower(), "why": "网上流传的照片"}).text
    assert name in page
    assert session.get_one(Person, sats[0].person_id).name not in page
    row = session.scalars(select(AuditRow).where(AuditRow.action == "watermark.find")).one()
    assert row.why == "网上流传的照片"
    assert client.post(url, data={"code": "ABC", "why": "x"}).status_code == 422
    assert "没有对应该短码的答卷" in client.post(url, data={"code": "2222222", "why": "x"}).text


def test_known_sites_are_named_and_removed(client: FlaskClient, session: Session, exam_id: int) -> None:
    host(session, client)
    url = f"/staff/exams/{exam_id}/sites"
    assert "尚未登记场所" in client.get(url).text
    wrong = client.post(url, data={"network": "第三考场", "label": "第三考场"})
    assert wrong.status_code == 422
    assert 'value="第三考场"' in wrong.text, "what was typed stays"
    assert client.post(url, data={"network": "10.77.0.5/16", "label": "第三考场"}).status_code == 303
    page = client.get(url).text
    assert "10.77.0.0/16" in page
    remove = page.split('action="')[1:]
    target = next(part.split('"')[0] for part in remove if part.split('"')[0].endswith("/remove"))
    assert client.post(target).status_code == 303
    assert "10.77.0.0/16" not in client.get(url).text
    assert client.post(target).status_code == 404


def test_hosts_of_other_events_see_nothing(client: FlaskClient, session: Session, exam_id: int) -> None:
    other = session.get_one(Event, session.get_one(Exam, make_exam()).event_id)
    account = make_staff(Role.HOST, other)
    session.commit()
    sign_in(client, account)
    for path in ("evidence", "watermark", "sites"):
        assert client.get(f"/staff/exams/{exam_id}/{path}").status_code == 404


def test_the_list_asks_as_often_for_many_attempts_as_for_few(
    client: FlaskClient, session: Session, exam_id: int, run_jobs: Run, count_queries: list[str]
) -> None:
    sats = papers(session, exam_id, 6)
    host(session, client)
    client.post(f"/staff/exams/{exam_id}/evidence")
    run_jobs()
    run = session.scalars(select(EvidenceRun)).one()
    counts = []
    for sat in sats:
        session.add(
            Evidence(
                run_id=run.id,
                attempt_id=sat.attempt_id,
                kind="device",
                weight=1,
                facts={"people": 2, "prefix": ""},
            )
        )
        session.commit()
        count_queries.clear()
        assert f"/evidence/{sat.attempt_id}" in client.get(f"/staff/exams/{exam_id}/evidence").text
        counts.append(len(count_queries))
    assert counts[-1] <= counts[1]
    assert counts[-1] <= 15
