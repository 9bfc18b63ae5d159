"""The list of a large event: every step is carried out by a worker, whole or not at all, and its page says how far it is."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from tests.functional.stages.pages import post
from tests.integration.stages.stand import Graded, later
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.audit.models import AuditRow
from webapp.certificates.models import Certificate, CertificateRun
from webapp.core import clock, progress, turns
from webapp.core.db import db
from webapp.core.hot import hot_statement
from webapp.leaderboard.models import BoardSnapshot
from webapp.notifications.models import Notice
from webapp.organisations.models import RoleGrant
from webapp.stages import jobs
from webapp.stages.models import StageAction, StageList, StageNotice, StageRun
from webapp.stages.queries import recheck, runs
from webapp.stages.routes import public
from webapp.stages.service import exporting, running, telling

RunJobs = Callable[[], int]


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event of six is a large one, and every step of the way is written down."""
    monkeypatch.setattr(runs, "LARGE", 5)
    monkeypatch.setattr(running, "EVERY_S", 0)


@pytest.fixture(autouse=True)
def signed_in(client: FlaskClient, host: Account) -> None:
    sign_in(client, host)


def staff(graded: Graded) -> str:
    return f"/staff/stages/{graded.stage_id}"


def run_of(session: Session) -> StageRun:
    session.rollback()
    return session.scalars(select(StageRun).order_by(StageRun.id.desc()).limit(1)).one()


def count(session: Session, table: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


def to_confirmed(client: FlaskClient, graded: Graded, run_jobs: RunJobs) -> None:
    """Frozen, everybody decided, computed a second time."""
    for step in ("freeze", "decide", "close-recheck", "regrade"):
        post(client, f"{staff(graded)}/{step}", everyone="y", decision="eligible")
        run_jobs()


def test_from_the_board_to_the_certificates_by_a_worker(
    app: Flask, client: FlaskClient, session: Session, graded: Graded, host: Account, run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    # Asked for: nothing is done yet; the page shows that it waits, to others too, and asks again with and without script.
    post(client, f"{staff(graded)}/freeze")
    post(client, f"{staff(graded)}/freeze")
    assert (count(session, StageRun), count(session, StageList)) == (1, 0), "a double click asks once"
    watching = client.get(staff(graded)).text
    assert "正在冻结排行榜" in watching
    assert f'hx-get="{staff(graded)}/run"' in watching
    assert ">再看一次</a>" in watching
    assert "<form" not in watching.split('id="list-run"')[1].split("</main>")[0]
    other = app.test_client()
    sign_in(other, make_staff(Role.HOST, name="温如言"))
    assert "韩亦舟" in other.get(f"{staff(graded)}/run").text
    refused = other.post(f"{staff(graded)}/freeze")
    assert refused.status_code == 409
    assert "正在冻结排行榜" in refused.text
    assert other.post(f"{staff(graded)}/drop", data={"drop-reason": "x"}).status_code == 409

    # Carried out: how far it is was written while its own transaction was open; then the page shows the result by itself.
    seen: list[tuple[str, int, int]] = []

    def watched(statement: str, values: dict[str, object]) -> object:
        made = hot_statement(statement, values)
        seen.append((str(values["phase"]), *_far()))
        return made

    monkeypatch.setattr(running, "hot_statement", watched)
    run_jobs()
    assert seen == [("standings", 6, 6), ("rows", 0, 6)]
    run = run_of(session)
    assert (run.state, run.done, run.total, run.tries) == ("done", 6, 6, 1)
    assert client.get(f"{staff(graded)}/run").headers["HX-Refresh"] == "true"
    assert "排行榜已冻结" in client.get(staff(graded)).text
    frozen = session.scalars(select(AuditRow).where(AuditRow.action == "list.freeze")).one()
    assert (frozen.actor_account_id, frozen.actor_name) == (host.id, "韩亦舟"), "who asked, not the worker"
    jobs.run_list(run.id)
    assert count(session, StageList) == 1, "done once, however often it is sent"

    # A refusal is the outcome of the run, in the reader's language.
    post(client, f"{staff(graded)}/post")
    run_jobs()
    assert run_of(session).state == "refused"
    said = client.get(staff(graded)).text
    assert "公示没有发布" in said
    assert "名单已不在这一步" in said
    client.set_cookie("language", "en")
    assert "The public notice was not posted." in client.get(staff(graded)).text
    client.set_cookie("language", "zh_CN")

    # The rest of the way, with a second person.
    post(client, f"{staff(graded)}/decide", everyone="y", decision="eligible")
    run_jobs()
    assert "已记录 3 名选手的复核结论" in client.get(staff(graded)).text
    for step in ("close-recheck", "regrade"):
        post(client, f"{staff(graded)}/{step}")
        run_jobs()
    app.config["TWO_PERSON"] = True
    try:
        post(client, f"{staff(graded)}/post")
        run_jobs()
        assert "须由另一人同意" in client.get(staff(graded)).text
        asked = session.scalars(select(StageAction).where(StageAction.state == "waiting")).one()
        post(other, f"{staff(graded)}/actions/{asked.id}", agree="yes")
        assert count(session, StageNotice) == 0
        run_jobs()
    finally:
        app.config["TWO_PERSON"] = False
    assert count(session, StageNotice) == 1
    assert (
        session.scalars(select(AuditRow.actor_name).where(AuditRow.action == "list.post.agree")).one()
        == "温如言"
    )
    later(monkeypatch, timedelta(days=30))
    sign_in(client, host)
    post(client, f"{staff(graded)}/finalise")
    run_jobs()
    assert run_of(session).state == "done"
    issuing = session.scalars(select(CertificateRun)).one()
    assert (issuing.state, issuing.asked_by_account_id) == ("done", host.id)
    assert session.scalar(select(func.count()).where(Certificate.award_code == "e-promotion")) == 3


def _far() -> tuple[int, int]:
    """What others read meanwhile."""
    with db.engine.connect() as other:
        row = other.execute(text("SELECT done, total FROM stage_runs ORDER BY id DESC LIMIT 1")).one()
    return row.done, row.total


def test_a_killed_worker_is_followed_by_another_and_nothing_is_done_twice(
    client: FlaskClient, session: Session, graded: Graded, host: Account, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    to_confirmed(client, graded, run_jobs)
    post(client, f"{staff(graded)}/post")

    def killed(*_args: object) -> None:
        raise SystemExit(9)

    with monkeypatch.context() as patch:
        patch.setattr(telling, "notify_many", killed)
        with pytest.raises(SystemExit):
            run_jobs()
    assert run_of(session).state == "making"
    assert (count(session, StageNotice), told(session, graded)) == (0, 0), "nothing of it was kept"
    jobs.look_after_runs()
    assert run_jobs() == 0, "the other may still be alive"
    later(monkeypatch, turns.STALE + timedelta(seconds=30))
    sign_in(client, host)
    assert "没有任何动静" in client.get(staff(graded)).text
    jobs.look_after_runs()
    run_jobs()
    run = run_of(session)
    assert (run.state, run.tries) == ("done", 2)
    assert (count(session, StageNotice), told(session, graded)) == (1, 3)


def told(session: Session, graded: Graded) -> int:
    words = select(func.count()).where(
        Notice.text == telling.ON_THE_LIST, Notice.person_id.in_(graded.person_ids)
    )
    return session.scalar(words) or 0


def test_who_was_overtaken_keeps_nothing(
    client: FlaskClient, session: Session, graded: Graded, host: Account, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """A worker that was silent for too long finds another at its run: at the next sign of life, or at the end."""
    post(client, f"{staff(graded)}/freeze")
    for at in ("standings", ""):

        def overtaken(phase: str, done: int, total: int | None = None, at: str = at) -> None:
            if phase == at:
                _overtake()
                listener = progress._listener.get()
                assert listener is not None
                listener(phase, done, total)
            elif not at and phase == "rows":
                _overtake()

        with monkeypatch.context() as patch:
            patch.setattr("webapp.leaderboard.service.keeping.progress.tell", overtaken)
            jobs.run_list(run_of(session).id)
        assert (run_of(session).state, count(session, StageList)) == ("making", 0)
        session.execute(update(StageRun).values(worker=""))
        session.commit()
    jobs.run_list(run_of(session).id)
    assert (run_of(session).state, count(session, StageList), count(session, BoardSnapshot)) == ("done", 1, 1)


def _overtake() -> None:
    with db.engine.begin() as other:
        other.execute(text("UPDATE stage_runs SET worker = 'another'"))


def test_what_breaks_is_told_and_can_be_asked_for_again(
    client: FlaskClient, session: Session, graded: Graded, host: Account, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    post(client, f"{staff(graded)}/freeze")
    with monkeypatch.context() as patch:
        patch.setattr("webapp.stages.service.freezing.keep_frozen", broken)
        with pytest.raises(ZeroDivisionError):
            run_jobs()
    said = client.get(staff(graded)).text
    assert "排行榜没有冻结" in said
    assert "中断" in said
    assert count(session, StageList) == 0
    post(client, f"{staff(graded)}/freeze")
    run = run_of(session)
    session.execute(update(StageRun).where(StageRun.id == run.id).values(tries=3))
    session.commit()
    run_jobs()
    assert run_of(session).state == "failed", "it would kill the next worker too"
    post(client, f"{staff(graded)}/freeze")
    run_jobs()
    assert count(session, StageList) == 1


def test_whoever_lost_the_role_meanwhile_has_nothing_done(
    client: FlaskClient, session: Session, graded: Graded, host: Account, run_jobs: RunJobs
) -> None:
    post(client, f"{staff(graded)}/freeze")
    session.execute(
        update(RoleGrant).where(RoleGrant.person_id == host.person_id).values(revoked_at=clock.now())
    )
    session.commit()
    run_jobs()
    assert (run_of(session).state, count(session, StageList)) == ("refused", 0)
    sign_in(client, make_staff(Role.HOST))
    assert "已不再具有" in client.get(staff(graded)).text
    assert client.get(f"/staff/stages/{graded.stage_id + 1000}/run").status_code == 404


def test_watching_asks_little(
    client: FlaskClient, session: Session, graded: Graded, host: Account, count_queries: list[str]
) -> None:
    """Every two seconds from every open page, while a worker needs the database."""
    post(client, f"{staff(graded)}/freeze")
    client.get(f"{staff(graded)}/run")
    for address in (f"{staff(graded)}/run", staff(graded)):
        count_queries.clear()
        client.get(address)
        assert len([one for one in count_queries if re.match(r"\s*(SELECT|WITH)", one)]) <= 4, count_queries


def test_a_long_list_is_shown_in_pages_and_searched_by_number(
    client: FlaskClient, session: Session, graded: Graded, host: Account, run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch, count_queries: list[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(recheck, "A_PAGE", 2)
    monkeypatch.setattr(public, "A_PAGE", 2)
    post(client, f"{staff(graded)}/freeze")
    run_jobs()
    assert numbers_on(client, f"{staff(graded)}?page=1", graded) == list(graded.numbers[:2])
    count_queries.clear()
    assert numbers_on(client, f"{staff(graded)}?page=3", graded) == list(graded.numbers[4:])
    assert len(count_queries) <= 40, "as many for a page of many as for one of few"
    assert numbers_on(client, f"{staff(graded)}?number={graded.numbers[4]}", graded) == [graded.numbers[4]]
    assert numbers_on(client, f"{staff(graded)}?show=undecided&page=2", graded) == [graded.numbers[2]]
    chosen = {"entries": [graded.entries[2]], "decision": "ineligible", "reason": ""}
    refused = client.post(f"{staff(graded)}/decide?show=undecided&page=2", data=chosen)
    assert refused.status_code == 422
    assert f"{staff(graded)}?show=undecided&amp;page=1" in refused.text, (
        "its pages lead to the page, not to the form"
    )
    noted = client.post(
        f"{staff(graded)}/decide?show=undecided&page=2", data={**chosen, "decision": "eligible"}
    )
    assert noted.headers["Location"] == f"{staff(graded)}?show=undecided&page=2#recheck"
    post(client, f"{staff(graded)}/drop", **{"drop-reason": "重来"})
    to_confirmed(client, graded, run_jobs)
    assert numbers_on(client, f"{staff(graded)}/preview?page=2", graded) == [graded.numbers[2]]
    post(client, f"{staff(graded)}/post")
    run_jobs()
    notice = f"/notices/{graded.address}"
    assert numbers_on(client, notice, graded) == list(graded.numbers[:2])
    assert numbers_on(client, f"{notice}?page=9", graded) == [graded.numbers[2]]
    assert numbers_on(client, f"{notice}?number={graded.numbers[1]}", graded) == [graded.numbers[1]]
    assert "名单中没有这个编号" in client.get(f"{notice}?number=999999").text
    monkeypatch.setattr(exporting, "PDF_LINES", 2)
    assert "PDF 版，共 2 份" in client.get(notice).text
    documents = [client.get(f"{notice}/1.pdf?part={part}") for part in (1, 2, 3)]
    assert [one.status_code for one in documents] == [200, 200, 404]
    assert documents[0].data != documents[1].data


def numbers_on(client: FlaskClient, address: str, graded: Graded) -> list[str]:
    """The contestant numbers in the table of a page."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return [one for one in graded.numbers if f'tabular">{one}<' in answer.text]
