"""All certificates of a contest in one run: what is due event by event, one click, what became due meanwhile, who may."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tests.factories import make_participation, make_staff, sign_in
from tests.functional.awards.pages import post
from tests.functional.certificates.pages import (
    ALL,
    NUMBERS,
    RunJobs,
    decide,
    final_of,
    issued,
    keep_final,
    small_batches,
    the_run,
)
from tests.integration.stages.stand import Graded
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.certificates import jobs
from webapp.certificates.models import Certificate, CertificateRun
from webapp.certificates.service import running, stepping
from webapp.contests.models import Contest, Event, Stage
from webapp.core import clock, turns
from webapp.core.transaction import transaction
from webapp.leaderboard.models import BoardSnapshot
from webapp.registration.models import Entry

OFFERED = "发放全部应发证书"


@pytest.fixture
def electrician(session: Session, graded: Graded) -> Event:
    """Another event of the contest, with three people on the final list of its final."""
    event = session.scalars(select(Event).where(Event.code == "electrician")).one()
    people = [make_participation(event).id for _nth in range(3)]
    entries = session.scalars(
        select(Entry.id).where(Entry.participation_id.in_(people)).order_by(Entry.id)
    ).all()
    rows = [{"entry_id": entry, "rank": rank} for rank, entry in enumerate(entries, 1)]
    stage_id = session.scalars(
        select(Stage.id).where(Stage.event_id == event.id, Stage.code == "final")
    ).one()
    session.add(BoardSnapshot(stage_id=stage_id, number=90, kind="final", rows=rows, digest="0" * 64))
    session.commit()
    return event


def page_of(event: Event) -> str:
    return f"/staff/certificates/contests/{event.contest_id}"


def row_of(page: str, event: Event) -> str:
    """The event's row of the table."""
    at = page.index(f'href="/staff/certificates/events/{event.id}"')
    return page[at : page.index("</tr>", at)]


def test_one_click_issues_what_all_events_owe_and_what_comes_meanwhile(
    app: Flask, client: FlaskClient, session: Session, graded: Graded, electrician: Event, run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    small_batches(monkeypatch)
    welding = session.get_one(Event, graded.event_id)
    sign_in(client, make_staff(Role.HOST))
    page = page_of(electrician)
    assert f'href="{page}"' in client.get("/staff/certificates").text
    before = client.get(page).text
    assert "目前应发 13 份证书，涉及 2 个赛项" in before
    assert 'tabular">10<' in row_of(before, welding)
    assert 'tabular">3<' in row_of(before, electrician)
    assert "名次证书: 3" in row_of(before, electrician)
    assert "尚未由它推导奖项" in row_of(before, welding)
    assert before.index("焊工") < before.index("电工") < before.index("砌筑工"), "what is due comes first"
    assert OFFERED in before

    post(client, f"{page}/issue")
    watching = client.get(page).text
    assert f'hx-get="{page}/issuing"' in watching
    assert OFFERED not in watching
    assert ("0", "13") in NUMBERS.findall(watching)
    assert "第 1 部分，共 3 部分" in watching
    assert "本次只涉及" not in watching
    assert client.post(f"{page}/issue").status_code == 409
    run = the_run(session)
    token, work = turns.claim(CertificateRun, run.id, clock.now()), stepping.work_of(run.id)
    session.commit()
    while "rank-certificate" not in issued(session) or the_run(session).phase < 2:
        with transaction():
            assert stepping.step(work, token, clock.now())
    # Meanwhile awards are decided, and of a part that is through there is a newer list; then the worker is killed.
    decide(client, session, graded)
    keep_final(session, graded, 5, number=91)
    app.extensions["jobs_inline"].clear()
    session.execute(
        update(CertificateRun).values(
            beat_at=clock.now() - turns.STALE * 2, asked_at=clock.now() - turns.STALE * 2
        )
    )
    session.commit()
    jobs.look_after_prints()
    run_jobs()
    assert issued(session) == ALL | {"rank-certificate": 8}
    run = the_run(session)
    assert (run.state, run.issued, run.done - run.total) == ("done", 18, 0)
    ended = client.get(f"{page}/issuing").text
    assert "hx-get" not in ended
    assert "新发 18 份证书" in ended
    shown = client.get(page).text
    assert OFFERED not in shown
    assert "目前没有应发放的证书" in shown
    assert "/staff/certificates/stages/" in shown[shown.index("</table>") :], "the print files"
    post(client, f"{page}/issue")
    assert the_run(session).id == run.id
    rows = session.scalars(
        select(AuditRow).where(AuditRow.action.startswith("certificate.run")).order_by(AuditRow.id)
    ).all()
    assert [(one.action, one.target_kind) for one in rows] == [
        ("certificate.run.ask", "contest"),
        ("certificate.run.end", "contest"),
    ]


def test_a_host_of_one_event_issues_that_one_alone(
    app: Flask, client: FlaskClient, session: Session, graded: Graded, electrician: Event, run_jobs: RunJobs,
    count_queries: list[str],
) -> None:  # fmt: skip
    page = page_of(electrician)
    sign_in(client, make_staff(Role.HOST))
    client.get(page)
    count_queries.clear()
    client.get(page)
    assert len(count_queries) <= 20, "as many for 175 events as for two"
    post(client, f"{page}/issue")
    wide = the_run(session).id
    app.extensions["jobs_inline"].clear()

    sign_in(client, make_staff(Role.HOST, electrician))
    mine = client.get(page).text
    assert "焊工" not in mine
    assert "目前应发 3 份证书" in mine
    assert OFFERED in mine, "somebody else's issuing is not shown here"
    assert client.post(f"/staff/certificates/runs/{wide}/stop").status_code == 404
    post(client, f"{page}/issue")
    narrow = the_run(session)
    assert narrow.id != wide

    # The one of all events is stopped; then its host sees the other one, and may begin beside it.
    sign_in(client, make_staff(Role.HOST))
    post(client, f"/staff/certificates/runs/{wide}/stop")
    assert client.post(f"/staff/certificates/runs/{wide}/stop").status_code == 409
    beside = client.get(page).text
    assert "本次只涉及 1 个赛项" in beside
    assert OFFERED in beside
    jobs.run_certificates(wide)
    assert issued(session) == {}
    jobs.run_certificates(narrow.id)
    assert issued(session) == {"rank-certificate": 3}
    assert "目前应发 10 份证书" in client.get(page).text
    session.execute(delete(CertificateRun).where(CertificateRun.id == narrow.id))
    session.commit()
    assert "可以重新开始" in client.get(page).text
    post(client, f"{page}/issue")
    run_jobs()
    assert issued(session) == {"e-participation": 6, "rank-certificate": 7}

    sign_in(client, make_staff(Role.SUPERVISOR))
    keep_final(session, graded, 5, number=91)
    read = client.get(page).text
    assert "目前应发 1 份证书" in read
    assert OFFERED not in read
    assert client.post(f"{page}/issue").status_code == 403
    sign_in(client, make_staff(Role.HOST, Contest(code="other", title={"zh": "另一届", "en": "Other"})))
    for address in (page, f"{page}/issuing"):
        assert client.get(address).status_code == 404
    assert client.post(f"{page}/issue").status_code == 404


def test_a_part_that_cannot_go_on_is_named_and_the_others_go_on(
    client: FlaskClient, session: Session, graded: Graded, electrician: Event, run_jobs: RunJobs
) -> None:
    page = page_of(electrician)
    sign_in(client, make_staff(Role.HOST))
    post(client, f"{page}/issue")
    # The one event is withdrawn meanwhile; the list of the other is replaced by one that nobody can read.
    electrician.is_withdrawn = True
    session.add(
        BoardSnapshot(
            stage_id=final_of(session, graded),
            number=91,
            kind="final",
            rows=[{"entry_id": 0}],
            digest="0" * 64,
        )
    )
    session.commit()
    run_jobs()
    run = the_run(session)
    assert (run.state, run.issued, len(run.problems), run.done - run.total) == ("done", 6, 2, 0)
    assert issued(session) == {"e-participation": 6}
    shown = client.get(page).text
    named = shown[shown.index("以下部分无法继续") : shown.index("各赛项应发的证书")]
    assert "电工" in named
    assert "赛项或阶段已不存在" in named
    assert "焊工 · 决赛" in named
    assert "此处发生故障" in named
    # Where nothing at all can go on, the issuing has failed.
    with transaction():
        running.ask_event(graded.event_id, electrician.contest_id, 0, clock.now())
    assert the_run(session).id == run.id, "the broken list owes nothing that could be counted"


def test_an_issuing_ends_though_something_that_it_cannot_issue_stays_due(
    app: Flask, session: Session, graded: Graded, run_jobs: RunJobs
) -> None:
    """Whoever has a standing but no paper that counts is owed by the standing, and gets nothing."""
    session.execute(update(CertificateRun).values(state="stopped"))
    contest_id = session.get_one(Event, graded.event_id).contest_id
    with transaction():
        assert running.ask_contest(contest_id, [graded.event_id], 0, clock.now()) == 10
    app.extensions["jobs_inline"].clear()
    for sat in graded.sats[4:]:
        sheet = session.connection().exec_driver_sql(
            "UPDATE sheets SET current_grade_id = NULL WHERE attempt_id = %s RETURNING 1", (sat.attempt_id,)
        )
        assert sheet.rowcount == 1
    session.commit()
    jobs.run_certificates(the_run(session).id)
    run = the_run(session)
    assert run.state == "done"
    assert issued(session) == {"e-participation": 4, "rank-certificate": 4}
    assert 1 < run.looks < 5
    assert session.scalar(select(func.count()).select_from(Certificate)) == run.issued
