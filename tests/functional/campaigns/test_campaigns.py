"""A labour competition from enrolment to the posted list, as units, leader, hosts and everybody meet it."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import make_organisation, make_staff, sign_in
from tests.functional.campaigns.stand import CODE, Stand, make_stand
from tests.integration.stages.stand import later
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.audit.models import AuditRow
from webapp.campaigns.jobs import remind_of_reports
from webapp.campaigns.models import CampaignCandidate, CampaignReport, CampaignUnit
from webapp.core import clock
from webapp.core.db import db
from webapp.notifications.models import Notice

PUBLIC = f"/campaigns/{CODE}/new-energy"
STAFF = f"/staff/campaigns/{CODE}/new-energy"
PDF = b"%PDF-1.7 plan"
ClientOf = Callable[[Account], FlaskClient]


@pytest.fixture
def stand(session: Session) -> Stand:
    made = make_stand()
    session.commit()
    return made


@pytest.fixture
def client_of(app: Flask) -> ClientOf:
    """A browser in which somebody is signed in."""

    def open_client(account: Account) -> FlaskClient:
        client = app.test_client()
        sign_in(client, account)
        return client

    return open_client


def post(client: FlaskClient, address: str, status: Any = 303, **data: Any) -> str:
    response = client.post(address, data=data)
    assert response.status_code == status, response.text
    return response.text


def enrol(client: FlaskClient, stand: Stand, firm: int, workers: int = 120) -> str:
    """Enrol a unit; the address of its page."""
    data = {"unit": firm, "firms": 2, "workers": workers}
    answer = client.post(f"{STAFF}/enrol", data=data)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def lead_by_the_city(client_of: ClientOf, stand: Stand) -> None:
    post(client_of(stand.host), f"{STAFF}/leader", **{"leader-organisation": "city-union"})


def report(**said: Any) -> dict[str, Any]:
    words = {"progress": "安装风机十二台", "firms": "3", "workers": "1,350", **said}
    return {"period": "mobilise", **{f"said-{name}": value for name, value in words.items()}}


def test_a_unit_goes_from_enrolment_to_an_accepted_report(
    client_of: ClientOf, session: Session, stand: Stand
) -> None:
    lead_by_the_city(client_of, stand)
    liaison, leader = client_of(stand.liaison), client_of(stand.leader)
    assert "新能源基地建设劳动竞赛" in liaison.get("/staff/campaigns").text
    wrong = post(liaison, f"{STAFF}/enrol", 422, unit=stand.other_firm.id, firms=1, workers=5)
    assert "error-summary" in wrong
    assert "示例风电公司" in wrong, "only the own unit is there to choose"
    page = enrol(liaison, stand, stand.firm.id)
    post(liaison, f"{STAFF}/enrol", 409, unit=stand.firm.id, firms=1, workers=5)

    # The plan: words with a file; a file that is not what it says is refused and keeps the words.
    bad = {"plan-words": "动员全体职工", "plan-files": (io.BytesIO(b"MZ"), "方案.pdf")}
    assert "动员全体职工" in post(liaison, f"{page}/plan", 422, **bad)
    post(
        liaison, f"{page}/plan", **{"plan-words": "动员全体职工", "plan-files": (io.BytesIO(PDF), "方案.pdf")}
    )
    assert "请写明理由" in post(leader, f"{page}/review", 422, **{"review-decision": "return"})
    post(leader, f"{page}/review", **{"review-decision": "return", "review-reason": "请补充时间安排"})
    html = liaison.get(page).text
    assert "请补充时间安排" in html
    post(liaison, f"{page}/plan", **{"plan-words": "动员全体职工，五月完成"})
    post(leader, f"{page}/review", **{"review-decision": "accept"})
    post(liaison, f"{page}/plan", 409, **{"plan-words": "再改"})

    # The report: fields of the file, what is wrong is said and what was typed stays.
    html = post(liaison, f"{page}/reports", 422, **report(workers="很多", progress=""))
    assert "不带单位" in html
    assert 'value="很多"' in html
    post(liaison, f"{page}/reports", 409, **{**report(), "period": "summarise"})
    post(liaison, f"{page}/reports", **report(workers="900"))
    first = session.scalars(select(CampaignReport)).one()
    post(
        leader,
        f"{page}/reports/{first.id}/review",
        **{"review-decision": "return", "review-reason": "人数不符"},
    )
    post(liaison, f"{page}/reports", **report(), files=(io.BytesIO(PDF), "照片.pdf"))
    post(leader, f"{page}/reports/{first.id}/review", 409, **{"review-decision": "accept"})
    newest = session.scalars(select(CampaignReport).order_by(CampaignReport.id.desc())).first()
    assert newest is not None
    post(leader, f"{page}/reports/{newest.id}/review", **{"review-decision": "accept"})
    post(liaison, f"{page}/reports", 409, **report())

    html = client_of(stand.host).get(STAFF).text
    assert "1350" in html, "the accepted report counts, not what was enrolled"
    assert liaison.get("/staff/campaigns/files/1").status_code in {200, 404}
    told = session.scalars(select(Notice.text).where(Notice.person_id == stand.liaison.person_id)).all()
    assert sum("came back" in text for text in told) == 2
    assert sum("is accepted" in text for text in told) == 2
    actions = set(session.scalars(select(AuditRow.action).where(AuditRow.action.like("campaign.%"))))
    assert {"campaign.leader", "campaign.enrol", "campaign.plan", "campaign.plan.review", "campaign.report",
            "campaign.report.review"} <= actions  # fmt: skip


def test_nobody_else_reaches_a_unit_or_its_files(client_of: ClientOf, session: Session, stand: Stand) -> None:
    lead_by_the_city(client_of, stand)
    liaison = client_of(stand.liaison)
    page = enrol(liaison, stand, stand.firm.id)
    post(liaison, f"{page}/plan", **{"plan-words": "动员", "plan-files": (io.BytesIO(PDF), "方案.pdf")})
    file_page = f"/staff/campaigns/files/{liaison.get(page).text.partition('/staff/campaigns/files/')[2].partition(chr(34))[0]}"
    taken = liaison.get(file_page)
    assert taken.data == PDF
    assert taken.headers["Content-Disposition"].startswith("attachment")
    foreign_leader = make_staff(Role.UNION_REVIEWER, stand.other_city)
    for stranger in (stand.other_liaison, foreign_leader):
        client = client_of(stranger)
        for address in (page, file_page):
            assert client.get(address).status_code == 404, address
    assert client_of(stand.other_liaison).post(f"{page}/plan", data={"plan-words": "x"}).status_code == 404
    assert client_of(foreign_leader).get(STAFF).status_code == 404
    assert client_of(foreign_leader).post(f"{page}/review", data={}).status_code == 404
    supervisor = client_of(make_staff(Role.SUPERVISOR, stand.contest))
    html = supervisor.get(page).text
    assert "动员" in html
    assert "<form" not in html.partition("<main")[2].partition("</main>")[0]
    assert supervisor.post(f"{page}/review", data={}).status_code == 403


def test_reminders_come_once_before_and_once_after(
    client_of: ClientOf, session: Session, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_by_the_city(client_of, stand)
    page = enrol(client_of(stand.liaison), stand, stand.firm.id)
    enrol(client_of(stand.other_liaison), stand, stand.other_firm.id)
    post(client_of(stand.other_liaison), page.replace(page.rpartition("/")[2], str(_other(session, stand))) + "/reports",
         **report())  # fmt: skip

    def told(account: Account, part: str) -> int:
        db.session.expire_all()
        query = select(func.count()).select_from(Notice).where(
            Notice.person_id == account.person_id, Notice.text.contains(part)
        )  # fmt: skip
        return db.session.scalar(query) or 0

    remind_of_reports()
    remind_of_reports()
    assert told(stand.liaison, "is due on") == 1
    assert told(stand.other_liaison, "is due on") == 0, "who has reported is not reminded"
    later(monkeypatch, timedelta(days=2))
    remind_of_reports()
    remind_of_reports()
    assert told(stand.liaison, "is late") == 1
    assert told(stand.leader, "are late") == 1
    assert "1 个单位逾期" in client_of(stand.leader).get(STAFF).text
    html = client_of(stand.liaison).get("/staff/campaigns").text
    assert "逾期：动员部署" in html


def _other(session: Session, stand: Stand) -> int:
    return session.scalars(select(CampaignUnit.id).where(CampaignUnit.unit_id == stand.other_firm.id)).one()


def test_an_undecided_rule_asks_for_nothing_and_says_so(client_of: ClientOf, stand: Stand) -> None:
    liaison = client_of(stand.liaison)
    other = f"/staff/campaigns/{CODE}/open-rules"
    page = liaison.post(f"{other}/enrol", data={"unit": stand.firm.id, "firms": 1, "workers": 10}).location
    html = liaison.get(page).text
    assert "待主办方确定" in html
    assert "提交一份报告" not in html
    post(liaison, f"{page}/reports", 409, period="2026-05", **{"said-progress": "有进展"})
    remind_of_reports()
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 0
    assert "待主办方确定" in liaison.get(f"/campaigns/{CODE}/open-rules").text


def test_commendation_is_named_decided_and_posted_by_two(
    app: Flask, client_of: ClientOf, session: Session, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "TWO_PERSON", True)
    lead_by_the_city(client_of, stand)
    host, second, leader = client_of(stand.host), client_of(stand.second), client_of(stand.leader)
    enrol(client_of(stand.liaison), stand, stand.firm.id)
    unit = session.scalars(select(CampaignUnit)).one()
    naming = {"candidate-unit": unit.id, "candidate-reason": "提前一个月并网"}
    post(leader, f"{STAFF}/candidates", 422, **{"candidate-unit": unit.id})
    post(leader, f"{STAFF}/candidates", **naming)
    post(leader, f"{STAFF}/candidates", **naming, **{"candidate-person": "何晓芸"})
    post(leader, f"{STAFF}/candidates", **naming, **{"candidate-person": "贺明"})
    assert leader.post(f"{STAFF}/lists").status_code == 403, "the leader names, the host decides"
    post(host, f"{STAFF}/lists", 409)
    by_name = {one.person: one.id for one in session.scalars(select(CampaignCandidate))}
    post(host, f"{STAFF}/candidates/{by_name['']}", decision="granted")
    post(host, f"{STAFF}/candidates/{by_name['何晓芸']}", decision="granted")
    assert "不予表彰须写明理由" in post(
        host, f"{STAFF}/candidates/{by_name['贺明']}", 422, decision="declined"
    )
    post(host, f"{STAFF}/candidates/{by_name['贺明']}", decision="declined", reason="事迹材料不全")
    post(host, f"{STAFF}/lists")
    list_id = session.scalars(select(CampaignCandidate.list_id).where(CampaignCandidate.person == "")).one()
    post(host, f"{STAFF}/candidates/{by_name['']}", 409, decision="declined", reason="改主意")
    assert host.post(f"{STAFF}/lists/{list_id}", data={"agree": "yes"}).status_code == 403
    public = app.test_client()
    assert "提前一个月并网" not in public.get(PUBLIC).text
    post(second, f"{STAFF}/lists/{list_id}", agree="yes")
    html = public.get(PUBLIC).text
    assert "提前一个月并网" in html
    assert "何**" in html
    assert "何晓芸" not in html
    assert "贺" not in html
    told = session.scalars(select(Notice.text).where(Notice.person_id == stand.liaison.person_id)).all()
    assert any("is commended" in text for text in told)


def test_totals_are_taken_away_with_a_reason(client_of: ClientOf, session: Session, stand: Stand) -> None:
    host = client_of(stand.host)
    page = enrol(client_of(stand.liaison), stand, stand.firm.id, 120)
    enrol(client_of(stand.other_liaison), stand, stand.other_firm.id, 30)
    post(client_of(stand.liaison), f"{page}/reports", **report())
    sent = session.scalars(select(CampaignReport)).one()
    post(host, f"{page}/reports/{sent.id}/review", **{"review-decision": "accept"})
    post(host, f"{STAFF}/export", 422)
    answer = host.post(f"{STAFF}/export", data={"export-reason": "年度总结"})
    sheet: Any = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    rows = [
        row
        for row in sheet.iter_rows(values_only=True)
        if row[0] in {"报告期", "地区", "行业", "产业（行业）"}
    ]
    found = {row[1]: row[2:5] for row in rows}
    assert found["动员部署"] == (1, 3, 1350)
    assert found["示例市"] == (1, 3, 1350)
    assert found["邻市"] == (1, 2, 30)
    assert found["机械"] == (1, 2, 30)
    assert (
        session.scalars(select(AuditRow.why).where(AuditRow.action == "campaign.export")).one() == "年度总结"
    )


def test_pages_ask_no_more_for_more_units(
    client_of: ClientOf, session: Session, stand: Stand, count_queries: list[str]
) -> None:
    host = client_of(stand.host)
    session.add(_unit(stand, stand.firm.id))
    session.commit()
    addresses = (STAFF, "/staff/campaigns", PUBLIC, f"/campaigns/{CODE}")

    def asked(address: str) -> int:
        host.get(address)
        count_queries.clear()
        assert host.get(address).status_code == 200
        return len(count_queries)

    few = [asked(address) for address in addresses]
    for n in range(60):
        unit = make_organisation(f"第{n}分公司", stand.city, kind="unit", level="unit", region=f"第{n % 4}区")
        session.add(_unit(stand, unit.id))
    session.commit()
    assert [asked(address) for address in addresses] == few
    assert max(few) < 22
    assert host.get(f"{STAFF}?q=第3区").text.count("/staff/campaigns/units/") == 15
    assert host.get(STAFF).text.count("/staff/campaigns/units/") >= 50
    assert "没有符合的单位" in host.get(f"{STAFF}?q=没有").text


def _unit(stand: Stand, unit_id: int) -> CampaignUnit:
    return CampaignUnit(
        contest_id=stand.contest.id, campaign="new-energy", unit_id=unit_id, firms=1, workers=10,
        enrolled_at=clock.now(),
    )  # fmt: skip


def test_a_unit_withdraws_and_comes_back(client_of: ClientOf, session: Session, stand: Stand) -> None:
    liaison = client_of(stand.liaison)
    page = enrol(liaison, stand, stand.firm.id)
    post(liaison, f"{page}/plan", **{"plan-words": "动员"})
    post(liaison, f"{page}/withdraw")
    post(liaison, f"{page}/reports", 409, **report())
    assert "已退出" in client_of(stand.host).get(STAFF).text
    assert enrol(liaison, stand, stand.firm.id, 99) == page
    assert "动员" in liaison.get(page).text
