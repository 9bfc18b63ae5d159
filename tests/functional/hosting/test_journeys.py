"""From a draft to the agreement, through the pages of the applicant, a partner, two hosts and a supervisor."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from tests.functional.hosting.stand import WHAT, District, begin, fill, make_district, plan
from webapp.access.permissions import Role
from webapp.accounts.models import Person
from webapp.audit.models import AuditRow
from webapp.contests.models import Contest
from webapp.hosting.models import HostingApplication
from webapp.notifications.models import Notice


@pytest.fixture
def district(session: Session) -> District:
    return make_district()


def desk(address: str) -> str:
    """Where the host sees what the applicant has at this address."""
    return address.replace("/own/", "/")


def post(client: FlaskClient, address: str, status: Any = 303, **data: Any) -> str:
    answer = client.post(address, data=data)
    assert answer.status_code == status, answer.text
    return answer.text


def test_the_applicant_fills_the_form_in_pieces_and_nothing_typed_is_lost(
    client: FlaskClient, session: Session, district: District
) -> None:
    address = begin(client, district.liaison, district.firm)
    assert "海淀区2026年" in client.get("/staff/hosting/own").text
    page = client.get(address).text
    assert "请填写工种名称" in page
    wrong = post(client, f"{address}/form/plan", 422, **plan(contestants="many", venue="清河体育馆"))
    assert "清河体育馆" in wrong
    assert "many" in wrong
    assert session.scalars(select(HostingApplication.told)).one() == {}, "a refused section is not kept"
    assert "还有" in post(client, f"{address}/send", 422)

    # A plan that breaks normal rules only may be sent: the warnings are shown before.
    few = plan(contestants="150")
    fill(client, address, plan=few, what={**WHAT, "certificate": "no"})
    page = client.get(address).text
    assert "预计 150 名选手" in page
    assert "0.0 %" in page, "no trade of this applicant leads to a certificate"
    post(client, f"{address}/send")
    assert client.post(f"{address}/form/plan", data=plan()).status_code == 409
    post(client, f"{address}/withdraw")
    assert "已撤回" in client.get(address).text


def test_a_joint_application_waits_for_each_organisation(
    client: FlaskClient, session: Session, district: District
) -> None:
    address = begin(client, district.liaison, district.firm)
    fill(client, address)
    assert "没有" in post(client, f"{address}/partners", 422, **{"partner-code": "nobody"})
    post(client, f"{address}/partners", **{"partner-code": "small"})
    assert "学院路小微企业" in post(client, f"{address}/send", 422), "it has not agreed"
    sign_in(client, district.small_liaison)
    assert address in client.get("/staff/hosting/own").text
    assert client.get(f"{address}/form/plan").status_code == 404, "whoever joins does not write"
    post(client, f"{address}/join", join="yes")
    told = session.scalars(select(Notice.person_id)).all()
    assert {district.liaison.person_id, district.small_liaison.person_id} <= set(told)

    # The lead changes the form: what was agreed to is another now.
    sign_in(client, district.liaison)
    post(client, f"{address}/form/plan", **plan(venue="西山会议中心"))
    post(client, f"{address}/send", 422)
    sign_in(client, district.small_liaison)
    post(client, f"{address}/join", join="yes")
    sign_in(client, district.liaison)
    post(client, f"{address}/send")


SHARE = {
    "except-rule": "innovative-trades",
    "except-reason": "本年度经费有限",
    "except-support": "30000",
}


def test_three_steps_a_second_person_and_the_agreement(
    app: Flask, client: FlaskClient, session: Session, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "TWO_PERSON", True)
    address = begin(client, district.liaison, district.firm)
    fill(client, address, plan=plan(contestants="150"))
    file = {"attach-file": (io.BytesIO(b"%PDF-1.7 plan"), "方案.pdf")}
    assert client.post(f"{address}/files", data=file).status_code == 303
    bad = {"attach-file": (io.BytesIO(b"MZ"), "a.exe")}
    assert client.post(f"{address}/files", data=bad).status_code == 422
    post(client, f"{address}/send")

    sign_in(client, district.host)
    assert "工业机器人系统操作员" in client.get("/staff/hosting?q=机器人").text
    page = client.get(desk(address)).text
    [link] = re.findall(r'href="(/staff/hosting/files/\d+/export)"', page)
    assert client.get(link).data == b"%PDF-1.7 plan"
    step = f"{desk(address)}/review"
    assert post(client, step, 422, **{"review-outcome": "go-on"}), "every step needs a reason"
    post(client, step, **{"review-outcome": "return", "review-reason": "请补充安全预案"})
    sign_in(client, district.liaison)
    assert "请补充安全预案" in client.get(address).text
    post(client, f"{address}/form/plan", **plan(contestants="150", part_emergency="有医护人员在场"))
    post(client, f"{address}/send")

    sign_in(client, district.host)
    for _ in range(2):
        post(client, step, **{"review-outcome": "go-on", "review-reason": "同意"})
    grant = {"review-outcome": "go-on", "review-reason": "党组会同意", "review-support": "30000"}
    refused = post(client, step, 422, **grant)
    assert "补助占该工种总预算" in refused, (
        "30,000 of 60,000 yuan is less than an innovative trade normally gets"
    )
    assert 'name="except-support" value="30000"' in refused
    assert client.post(f"{desk(address)}/except", data={**SHARE, "except-support": ""}).status_code == 409
    post(client, f"{desk(address)}/except", **SHARE)
    assert post(client, step, 422, **grant), "another warning is open"
    excepted = {"except-rule": "min-contestants", "except-reason": "新职业，从业人数少"}
    post(client, f"{desk(address)}/except", **excepted)
    assert client.post(f"{desk(address)}/except", data=excepted).status_code == 409
    post(client, step, 422, **{**grant, "review-support": "50000"})
    post(client, step, **grant)
    assert client.post(f"{desk(address)}/answer", data={"agree": "yes"}).status_code == 403
    sign_in(client, district.second)
    post(client, f"{desk(address)}/answer", agree="yes")
    row = session.scalars(select(HostingApplication)).one()
    assert (row.state, row.granted_support) == ("granted", 30000)
    post(client, f"{desk(address)}/agreement", 422)
    post(client, f"{desk(address)}/agreement", **{"agreement-signed_on": "2026-07-01"})
    session.expire_all()
    assert row.state == "settled"
    html = client.get("/staff/hosting/programme/haidian-2026").text
    assert "100.0 %" in html, "one innovative trade of one"
    actions = set(session.scalars(select(AuditRow.action).where(AuditRow.action.like("hosting.%"))))
    assert {
        "hosting.send",
        "hosting.review",
        "hosting.except",
        "hosting.decide",
        "hosting.agreement",
    } <= actions
    sign_in(client, district.liaison)
    assert "党组会同意" in client.get(address).text


def test_who_may_see_and_decide(client: FlaskClient, session: Session, district: District) -> None:
    address = begin(client, district.liaison, district.firm)
    fill(client, address)
    sign_in(client, district.host)
    assert client.get(desk(address)).status_code == 404, "a draft is the applicant's own"
    sign_in(client, district.liaison)
    post(client, f"{address}/send")
    sign_in(client, district.supervisor)
    assert client.get(desk(address)).status_code == 200
    assert client.post(f"{desk(address)}/review").status_code == 403
    sign_in(client, district.small_liaison)
    assert client.get(address).status_code == 404
    contest = session.get_one(Contest, district.contest_id)
    other = make_staff(Role.HOST, contest)
    sign_in(client, other)
    assert client.get(desk(address)).status_code == 200
    # Whoever belongs to the unit stands aside.
    own = make_staff(Role.HOST)
    session.get_one(Person, own.person_id).unit_id = district.firm.id
    session.commit()
    sign_in(client, own)
    review = {"review-outcome": "go-on", "review-reason": "同意"}
    assert client.post(f"{desk(address)}/review", data=review).status_code == 403
