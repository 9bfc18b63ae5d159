"""All certificates of an event in one job: one click, its progress, stopping, a killed worker, the print file along."""

import io
import zipfile

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from tests.functional.awards.pages import post
from tests.functional.certificates.pages import (
    ALL,
    NUMBERS,
    RunJobs,
    decide,
    final_of,
    issued,
    keep_final,
    page_of,
    small_batches,
    the_run,
)
from tests.integration.stages.stand import Graded
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.certificates import jobs
from webapp.certificates.models import Certificate, CertificatePrint, CertificateRun
from webapp.certificates.service import running, stepping
from webapp.contests.models import Event
from webapp.contests.queries import stage_by_id
from webapp.core import clock, turns
from webapp.core.transaction import transaction
from webapp.notifications.models import Notice


def test_one_click_issues_everything_and_names_what_waits(
    app: Flask, client: FlaskClient, session: Session, graded: Graded, run_jobs: RunJobs
) -> None:
    sign_in(client, make_staff(Role.HOST))
    page = page_of(graded)
    before = client.get(page).text
    waits = before[before.index('id="waits"') :]
    assert "电子版晋级证书" in waits
    assert "本阶段还没有最终名单" in waits
    assert "尚未由它推导奖项" in waits
    decide(client, session, graded)
    before = client.get(page).text
    waits = before[before.index('id="waits"') :]
    assert "一次性现金奖励" in waits, "its amount is undecided"
    assert "尚不能决定的条目：4 项" in waits
    assert "尚未由它推导奖项" not in waits
    assert f'href="{page}"' in client.get("/staff/certificates").text
    for address in (
        f"/staff/certificates/stages/{graded.stage_id}",
        f"/staff/awards/{final_of(session, graded)}",
    ):
        assert f'href="{page}"' in client.get(address).text, address

    post(client, f"{page}/issue")
    watching = client.get(page).text
    assert f'hx-get="{page}/issuing"' in watching
    assert ("0", "14") in NUMBERS.findall(watching)
    assert "第 1 部分，共 4 部分" in watching
    assert client.post(f"{page}/issue").status_code == 409
    run_jobs()
    assert issued(session) == ALL
    run = the_run(session)
    assert (run.state, run.done, run.total, run.issued) == ("done", 14, 14, 14)
    ended = client.get(f"{page}/issuing").text
    assert "hx-get" not in ended
    assert "新发 14 份证书" in ended
    assert "电子版晋级证书" in ended, "what waits is named in the result too"
    final = select(Certificate).where(Certificate.award_code == "medal").order_by(Certificate.id)
    assert [one.facts["rank"] for one in session.scalars(final)] == [1, 2, 3]
    told = session.scalar(select(func.count()).select_from(Notice).where(Notice.link == "/my/certificates"))

    # Nothing is due any more: only the print file is offered, and asking nevertheless begins nothing.
    shown = client.get(page).text
    assert "目前没有应发的证书" in shown
    assert "发放本赛项的全部证书" not in shown
    assert "制作印刷文件" in shown
    post(client, f"{page}/issue")
    assert the_run(session).id == run.id
    # A newer list with one more: only what is missing is issued and told.
    keep_final(session, graded, 5, number=91)
    assert "发放本赛项的全部证书" in client.get(page).text
    post(client, f"{page}/issue")
    run_jobs()
    assert issued(session) == ALL | {"rank-certificate": 5}
    run = the_run(session)
    assert (run.state, run.total, run.issued) == ("done", 5, 1)
    again = session.scalar(select(func.count()).select_from(Notice).where(Notice.link == "/my/certificates"))
    assert again == (told or 0) + 1
    rows = session.scalars(
        select(AuditRow).where(AuditRow.action.startswith("certificate.run")).order_by(AuditRow.id)
    ).all()
    assert [one.action for one in rows] == ["certificate.run.ask", "certificate.run.end"] * 2
    assert {(one.target_kind, one.target_id) for one in rows} == {("event", str(graded.event_id))}


def test_it_is_stopped_and_begun_again(
    app: Flask, client: FlaskClient, session: Session, graded: Graded, run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    small_batches(monkeypatch)
    sign_in(client, make_staff(Role.HOST))
    decide(client, session, graded)
    page = page_of(graded)
    post(client, f"{page}/issue", **{"issue-with_print": "y", "issue-reason": "送印刷厂"})
    run = the_run(session)
    token = turns.claim(CertificateRun, run.id, clock.now())
    session.commit()
    work = stepping.work_of(run.id)
    with transaction():
        assert stepping.step(work, token, clock.now())
    post(client, f"/staff/certificates/runs/{run.id}/stop")
    assert client.post(f"/staff/certificates/runs/{run.id}/stop").status_code == 409
    with transaction():
        assert not stepping.step(work, token, clock.now()), "nothing more after it is stopped"
    run_jobs()
    assert issued(session) == {"e-participation": 2}
    shown = client.get(page).text
    assert "上次发放于" in shown
    assert "未制作印刷文件" in shown
    post(client, f"{page}/issue")
    monkeypatch.setattr(jobs, "TURN_S", -1.0)
    assert run_jobs() > 7, "other work gets its turn between the steps"
    assert issued(session) == ALL
    assert the_run(session).issued == 12
    assert session.scalar(select(func.count()).select_from(CertificatePrint)) == 0


def test_a_killed_worker_is_followed_while_stage_and_awards_are_issued_beside(
    app: Flask, client: FlaskClient, session: Session, graded: Graded, run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    small_batches(monkeypatch)
    sign_in(client, make_staff(Role.HOST))
    decide(client, session, graded)
    final_id = final_of(session, graded)
    page, stage = page_of(graded), f"/staff/certificates/stages/{graded.stage_id}"
    post(client, f"{page}/issue")
    post(client, f"{stage}/issue")
    post(client, f"/staff/awards/{final_id}/certificates", **{"certify-awards": ["medal"]})
    app.extensions["jobs_inline"].clear()
    runs = session.scalars(select(CertificateRun).order_by(CertificateRun.id)).all()
    assert [one.scope for one in runs] == ["event", "stage", "awards"]
    ids = [one.id for one in runs]
    tokens = {one: turns.claim(CertificateRun, one, clock.now()) for one in ids}
    session.commit()
    works = {one: stepping.work_of(one) for one in ids}
    for _time in range(3):
        for one in ids:
            with transaction():
                stepping.step(works[one], tokens[one], clock.now())
    assert 0 < sum(issued(session).values()) < sum(ALL.values())
    # All three workers are killed; nobody takes over while they may still live.
    jobs.look_after_prints()
    assert run_jobs() == 0
    long_ago = clock.now() - turns.STALE * 2
    for run in session.scalars(select(CertificateRun)):
        run.beat_at = run.asked_at = long_ago
    session.commit()
    jobs.look_after_prints()
    run_jobs()
    assert issued(session) == ALL
    runs = session.scalars(select(CertificateRun).order_by(CertificateRun.id)).all()
    assert [(one.state, one.done - one.total) for one in runs] == [("done", 0)] * 3
    assert sum(one.issued for one in runs) == sum(ALL.values())
    with transaction():
        assert not stepping.step(works[ids[0]], tokens[ids[0]], clock.now()), (
            "the first worker comes too late"
        )
    assert f"/staff/certificates/runs/{ids[1]}/stop" not in client.get(stage).text


def test_a_newer_final_list_is_followed_at_the_next_step(
    session: Session, graded: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_batches(monkeypatch)
    with transaction():
        running.ask_event(graded.event_id, stage_by_id(graded.stage_id).contest_id, 0, clock.now())
    run = the_run(session)
    token, work = turns.claim(CertificateRun, run.id, clock.now()), stepping.work_of(run.id)
    session.commit()

    def step() -> CertificateRun:
        with transaction():
            stepping.step(work, token, clock.now())
        return the_run(session)

    while "rank-certificate" not in issued(session):
        step()
    assert (the_run(session).done, the_run(session).total) == (8, 10)
    keep_final(session, graded, 3, number=91, order=-1)
    run = step()
    assert (run.done, run.total) == (8, 9), "begun anew by the list that counts now"
    while run.state == "making":
        run = step()
    ranks = {
        one.entry_id: one.facts["rank"]
        for one in session.scalars(select(Certificate).where(Certificate.award_code == "rank-certificate"))
    }
    assert ranks == dict(zip(graded.entries[:3], (1, 2, 1), strict=True)), "each once, as the list said then"
    assert (run.done, run.total, run.issued) == (9, 9, 9)


def test_the_print_file_comes_along_where_it_is_asked_for(
    app: Flask, client: FlaskClient, session: Session, graded: Graded, run_jobs: RunJobs
) -> None:
    sign_in(client, make_staff(Role.HOST))
    decide(client, session, graded)
    page = page_of(graded)
    kept = post(client, f"{page}/issue", 422, **{"issue-with_print": "y", "issue-reason": ""})
    assert "请写明用途" in kept
    assert "checked" in kept[kept.index("issue-with_print") - 200 : kept.index("issue-with_print") + 200]
    client.set_cookie("language", "en")
    post(client, f"{page}/issue", **{"issue-with_print": "y", "issue-reason": "送印刷厂"})
    assert "The print file is made when all is issued." in client.get(page).text
    run_jobs()
    made = session.scalars(select(CertificatePrint)).one()
    assert (made.state, made.done, made.event_id, made.stage_id) == ("ready", 14, graded.event_id, None)
    assert (made.reason, made.language) == ("送印刷厂", "en")
    assert the_run(session).print_id == made.id
    ended = client.get(page).text
    assert "The print file of the event is ready." in ended
    assert f"/staff/certificates/stages/{graded.stage_id}/print" in ended
    taken = client.post(f"/staff/certificates/prints/{made.id}/take", data={"take-reason": "交给印刷厂"})
    book = zipfile.ZipFile(io.BytesIO(taken.data))
    sheet = openpyxl.load_workbook(io.BytesIO(book.read("index.xlsx"))).active
    assert sheet is not None
    assert sheet.max_row == 4 + 14
    noted = session.scalars(select(AuditRow).where(AuditRow.action == "certificate.run.ask")).one()
    assert noted.why == "送印刷厂"
    # One that is under way already is told, not hidden.
    keep_final(session, graded, 5, number=91)
    post(client, f"{page}/issue", **{"issue-with_print": "y", "issue-reason": "再印一次"})
    stage_print = f"/staff/certificates/stages/{graded.stage_id}/print"
    post(client, stage_print, **{"make-kind": "event", "make-reason": "先印"})
    jobs.run_certificates(the_run(session).id)
    assert "was being made already" in client.get(page).text


def test_who_may_and_what_it_costs(
    app: Flask,
    client: FlaskClient,
    session: Session,
    graded: Graded,
    run_jobs: RunJobs,
    count_queries: list[str],
) -> None:
    page = page_of(graded)
    event = session.get_one(Event, graded.event_id)
    sign_in(client, make_staff(Role.HOST, event))
    decide(client, session, graded)
    counts = []
    for number, people in enumerate((2, 2, 6), 91):  # the first time nothing was issued before
        keep_final(session, graded, people, number)
        asked = []
        for address in (page, f"{page}/issuing"):
            client.get(address)
            count_queries.clear()
            assert client.get(address).status_code == 200
            asked.append(len(count_queries))
        counts.append(asked)
        post(client, f"{page}/issue")
        app.extensions["jobs_inline"].clear()
        session.execute(update(CertificateRun).values(state="stopped", finished_at=clock.now()))
        session.commit()
    assert counts[0][0] <= counts[1][0] == counts[2][0] <= 36, counts
    assert counts[1][1] == counts[2][1] <= 32, counts
    run = the_run(session)
    sign_in(client, make_staff(Role.SUPERVISOR))
    read = client.get(page)
    assert read.status_code == 200
    assert "issue-with_print" not in read.text
    assert client.post(f"{page}/issue").status_code == 403
    other = session.scalars(select(Event).where(Event.code == "electrician")).one()
    sign_in(client, make_staff(Role.HOST, other))
    for address in (page, f"{page}/issuing"):
        assert client.get(address).status_code == 404
    for address in (f"{page}/issue", f"/staff/certificates/runs/{run.id}/stop"):
        assert client.post(address).status_code == 404
    empty = client.get(f"/staff/certificates/events/{other.id}").text
    assert "目前没有应发的证书" in empty
    assert "制作印刷文件" not in empty
    assert f'action="/staff/certificates/events/{other.id}/issue"' not in empty
    post(client, f"/staff/certificates/events/{other.id}/issue")
    assert session.scalar(select(func.count()).where(CertificateRun.event_id == other.id)) == 0
    refused = client.post(
        f"/staff/certificates/events/{other.id}/issue",
        data={"issue-with_print": "y", "issue-reason": "送印刷厂"},
    )
    assert refused.status_code == 409, "there is nothing to print"
