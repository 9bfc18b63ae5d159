"""After the decision: an event in the contest file, payments, the performance file in pieces, a bar, reminders."""

import hashlib
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_organisation, make_staff, sign_in
from tests.functional.hosting.stand import (
    MONEY,
    PEOPLE,
    WHAT,
    District,
    begin,
    day,
    fill,
    make_district,
    plan,
)
from tests.functional.hosting.test_journeys import desk, post
from tests.unit.hosting.test_after import mp4
from webapp.access.permissions import Role
from webapp.contests import queries
from webapp.contests.formats.edits import with_windows
from webapp.contests.models import Contest, ContestProposal, Event
from webapp.contests.rules.parse import parse_contest
from webapp.contests.service import load_contest
from webapp.contests.service.moves import foresee
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.hosting import jobs
from webapp.hosting.models import HostingApplication, HostingBar, HostingPerformance
from webapp.hosting.service import reminding
from webapp.notifications.models import Notice

GO_ON = {"review-outcome": "go-on", "review-reason": "同意"}


def settle(client: FlaskClient, district: District, address: str, steps: int = 3) -> None:
    """Send it, review it without a second person, sign the agreement where there is one."""
    post(client, f"{address}/send")
    sign_in(client, district.host)
    for _ in range(steps):
        post(client, f"{desk(address)}/review", **GO_ON)
    if steps == 3:
        post(client, f"{desk(address)}/agreement", **{"agreement-signed_on": day(0)})


def granted_trade(client: FlaskClient, district: District) -> str:
    address = begin(client, district.liaison, district.firm)
    fill(client, address)
    settle(client, district, address)
    return address


def photo(number: int, dpi: int = 300) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), (number, 0, 0)).save(out, "PNG", dpi=(dpi, dpi))
    return out.getvalue()


def send_in_pieces(client: FlaskClient, address: str, name: str, content: bytes) -> Any:
    """As the script of the page does it, for a file of one piece."""
    digest = hashlib.sha256(hashlib.sha256(content).hexdigest().encode()).hexdigest()
    body = {"name": name, "size": len(content), "digest": digest}
    begun = client.post(f"{address}/file/begin", json=body).get_json()
    assert client.put(f"{begun['pieces']}0", data=content).status_code == 200
    return client.post(begun["complete"])


def test_a_granted_trade_becomes_an_event_with_its_organiser(
    app: Flask, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    district = make_district()
    address = granted_trade(client, district)
    place = f"{desk(address)}/event"
    assert client.get(place).status_code == 403, "hosts decide; administrators change the file"
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    assert "工业机器人系统操作员" in client.get(place).text
    wrong = {"code": "drone", "profile": "trade", "reason": "已签协议"}
    assert "已有此代码" in post(client, place, 422, **wrong)
    assert post(client, place, 422, **{**wrong, "code": "No Code"})
    post(client, place, code="robot-operator", profile="trade", reason="已签协议")
    event = session.scalars(select(Event).where(Event.code == "robot-operator")).one()
    assert (event.organiser_id, event.event_class) == (district.firm.id, "innovative")
    assert "robot-operator" in client.get(desk(address)).text
    assert client.post(place, data={**wrong, "code": "again"}).status_code == 409
    # Everybody reads who organises what, and where.
    session.get_one(Contest, district.contest_id).is_listed = True
    session.commit()
    html = app.test_client().get("/hosts/haidian-2026").text
    assert "清河机器人公司" in html
    assert "清河体育馆" in html


def test_an_event_that_waits_for_a_second_person_gets_its_organiser_later(
    app: Flask, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    district = make_district()
    address = granted_trade(client, district)
    row = session.scalars(select(HostingApplication)).one()
    row.event_code = "later"
    session.commit()
    assert jobs.follow_events() == 0
    session.add(
        Event(
            contest_id=row.contest_id,
            code="later",
            title={"zh": "x"},
            track="competition",
            event_class="innovative",
            position=99,
        )
    )
    session.commit()
    assert jobs.follow_events() == 1
    assert jobs.follow_events() == 0
    assert session.scalars(select(Event.organiser_id).where(Event.code == "later")).one() == district.firm.id
    assert session.scalars(select(ContestProposal)).all() == []
    assert desk(address)


def test_the_performance_file_is_filled_checked_and_reviewed(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    district = make_district()
    address = granted_trade(client, district)
    sign_in(client, district.host)
    pay = f"{desk(address)}/pay"
    assert client.post(pay, data={"paid-half": "second", "paid-paid_on": day(0)}).status_code == 409
    post(client, pay, 422, **{"paid-half": "first"})
    post(client, pay, **{"paid-half": "first", "paid-paid_on": day(0)})
    assert "20,000 元" in client.get(desk(address)).text, "half of what was granted"

    sign_in(client, district.liaison)
    page = client.get(f"{address}/file").text
    assert "照片 50 至 100 张" in page
    assert "还有" in post(client, f"{address}/file/send", 422)
    headings = re.findall(r'name="(part_[a-z]+)"', page)
    assert len(headings) == 9
    post(client, f"{address}/file/report", **dict.fromkeys(headings, "字" * 166))
    several = {"file": [(io.BytesIO(photo(number)), f"{number}.png") for number in range(49)]}
    assert client.post(f"{address}/file/media", data=several).status_code == 303
    bad = {"file": [(io.BytesIO(b"MZ"), "a.exe")]}
    assert "a.exe" in client.post(f"{address}/file/media", data=bad).text
    assert send_in_pieces(client, address, "49.png", photo(99)).get_json() == {"kind": "photo"}
    assert send_in_pieces(client, address, "a.mp4", mp4(1199)).get_json() == {"kind": "video"}
    assert "视频时长 19 分钟" in client.get(f"{address}/file").text
    assert send_in_pieces(client, address, "b.mp4", mp4(1201)).get_json() == {"kind": "video"}
    assert send_in_pieces(client, address, "c.exe", b"MZ").status_code == 422
    post(client, f"{address}/file/recordings")
    page = client.get(f"{address}/file").text
    link = re.findall(r'href="(/staff/hosting/uploads/\d+/export)"', page)[0]
    assert client.get(link).data == photo(0)
    post(client, f"{address}/file/send")
    assert client.post(f"{address}/file/recordings").status_code == 409

    sign_in(client, district.supervisor)
    assert client.get(link).status_code == 200
    sign_in(client, district.host)
    review = f"{desk(address)}/file/review"
    post(client, review, 422, **{"review-result": "accepted"})
    post(client, review, **{"review-result": "returned", "review-reason": "请更换模糊照片"})
    sign_in(client, district.liaison)
    assert "请更换模糊照片" in client.get(f"{address}/file").text
    first = re.findall(r'action="(/staff/hosting/uploads/\d+/remove)"', client.get(f"{address}/file").text)[0]
    post(client, first)
    assert send_in_pieces(client, address, "new.png", photo(120)).status_code == 200
    post(client, f"{address}/file/send")
    sign_in(client, district.host)
    post(client, review, **{"review-result": "accepted", "review-reason": "材料齐全"})
    post(client, pay, **{"paid-half": "second", "paid-paid_on": day(0)})
    assert client.post(pay, data={"paid-half": "second", "paid-paid_on": day(0)}).status_code == 409


def test_a_poor_organiser_of_tongliao_is_barred_by_two_people_and_refused(
    app: Flask, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    district = make_district("tongliao-2025")
    sign_in(client, district.liaison)
    wanted = {"organisation": district.firm.id, "offer": "event", "event": ""}
    assert "请选择赛项" in client.post("/staff/hosting/apply?contest=tongliao-2025", data=wanted).text
    made = client.post("/staff/hosting/apply?contest=tongliao-2025", data={**wanted, "event": "bank-counter"})
    address = made.location.removesuffix("/form/what")
    groups = {f"group_{name}": "某某" for name in ("judges", "publicity", "supervision", "safety")}
    parts = {f"part_{part}": "有" for part in ("course", "conditions", "emergency")}
    for name, data in (("plan", {**plan(), **parts}), ("people", {**PEOPLE, **groups}), ("money", MONEY)):
        assert client.post(f"{address}/form/{name}", data=data).status_code == 303
    settle(client, district, address, steps=1)
    event = session.scalars(select(Event).where(Event.code == "bank-counter")).one()
    assert event.organiser_id == district.firm.id

    sign_in(client, district.liaison)
    assert "成绩上报截止" in client.get(f"{address}/file").text
    scores = {
        "scores-signed_on": day(0),
        "scores-chief": "江一",
        "scores-scan": (io.BytesIO(b"no scan"), "a.pdf"),
    }
    assert client.post(f"{address}/file/scores", data=scores).status_code == 422
    scores["scores-scan"] = (io.BytesIO(b"%PDF-1.7 signed"), "a.pdf")
    assert client.post(f"{address}/file/scores", data=scores).status_code == 303
    assert client.get(f"{desk(address)}/scores/export").data == b"%PDF-1.7 signed"
    post(client, f"{address}/file/send")

    monkeypatch.setitem(app.config, "TWO_PERSON", True)
    sign_in(client, district.host)
    bar = f"{desk(address)}/bar"
    assert client.post(bar, data={"bar-reason": "失序"}).status_code == 409, "not found poor"
    post(client, f"{desk(address)}/file/review", **{"review-result": "poor", "review-reason": "秩序混乱"})
    post(client, bar, 422)
    post(client, bar, **{"bar-reason": "组织混乱，造成不良影响"})
    assert client.post(f"{bar}/answer", data={"agree": "yes"}).status_code == 403
    sign_in(client, district.second)
    assert "清河机器人公司" in client.get("/staff/hosting/bars").text
    post(client, f"{bar}/answer", agree="yes")
    row = session.scalars(select(HostingBar)).one()
    assert row.since_on is not None
    assert row.until_on is not None
    assert row.until_on.year == row.since_on.year + 2

    # A new application of the barred organisation is refused with the day and the reason.
    sign_in(client, district.liaison)
    again = client.post(
        "/staff/hosting/apply?contest=tongliao-2025", data={**wanted, "event": "bank-counter"}
    )
    html = client.get(again.location.removesuffix("/form/what")).text
    assert row.until_on.isoformat() in html
    assert "组织混乱" in html
    # An organisation that would join counts too.
    sign_in(client, district.small_liaison)
    named = client.get("/staff/hosting/own").text
    assert "目前不得申报的承办单位" in named, "others who organise events read who is barred and why"
    assert "组织混乱，造成不良影响" in named
    other = {"organisation": district.small.id, "offer": "event", "event": "bank-counter"}
    joint = client.post("/staff/hosting/apply?contest=tongliao-2025", data=other).location.removesuffix(
        "/form/what"
    )
    post(client, f"{joint}/partners", **{"partner-code": "firm"})
    assert "组织混乱" in client.get(joint).text


def test_organisers_are_reminded_once_and_the_host_moves_the_end(
    client: FlaskClient, session: Session
) -> None:
    district = make_district()
    address = granted_trade(client, district)
    found = session.scalars(select(HostingPerformance)).one()
    due = found.due_at
    assert due is not None

    def told() -> int:
        session.expire_all()
        return len(session.scalars(select(Notice).where(Notice.text.like("%performance file%due%"))).all())

    for at, count in ((due - timedelta(days=8), 0), (due - timedelta(days=6), 1), (due - timedelta(days=6), 1),
                      (due - timedelta(days=1), 2), (due, 3), (due + timedelta(days=9), 3)):  # fmt: skip
        with transaction():
            reminding.remind(at)
        assert told() == count
    assert jobs.remind() == 0, "by the clock of today nothing is due"
    sign_in(client, district.host)
    end = f"{desk(address)}/file/end"
    post(client, end, 422, **{"end-ended_on": day(70)})
    post(client, end, **{"end-ended_on": day(70), "end-reason": "场馆维修，延期八天"})
    session.expire_all()
    assert found.due_at == due + timedelta(days=8)
    assert found.reminded == []
    assert clock.now() < due


def test_a_city_union_applies_to_host_a_semi_final_of_jilin(client: FlaskClient, session: Session) -> None:
    district = make_district("jilin-5")
    with transaction():
        city = make_organisation("松江市总工会", kind="union", level="city")
        representative = make_staff(Role.ORGANISER, city, "白桦")
    sign_in(client, representative)
    wanted = {"organisation": city.id, "offer": "stage/semi-final", "event": "welding"}
    made = client.post("/staff/hosting/apply?contest=jilin-5", data=wanted)
    address = made.location.removesuffix("/form/what")
    parts = {f"part_{part}": "有" for part in ("conditions", "equipment", "service", "emergency")}
    inside = {"first_day": "2026-08-01", "last_day": "2026-08-03"}
    assert client.post(f"{address}/form/what", data={"applies_as": "school"}).status_code == 422
    assert client.post(f"{address}/form/what", data={"applies_as": "city-union"}).status_code == 303
    assert client.post(f"{address}/form/plan", data={**plan(), **parts, **inside}).status_code == 303
    html = client.get(address).text
    assert "焊工" in html
    assert WHAT["title"] not in html
    sign_in(client, district.host)
    assert client.get(desk(address)).status_code == 404, "not sent"


def test_one_application_hosts_the_semi_finals_of_several_events(
    client: FlaskClient, session: Session
) -> None:
    district = make_district("jilin-5")
    later = f'final = ["{day(100)}", "{day(120)}"]'
    text = queries.definition_text("jilin-5").replace('final = ["2026-09-11", "2026-10-20"]', later)
    text = text.replace('["2026-06-10", "2026-09-10"]', f'["{day(40)}", "{day(90)}"]')
    own = f'windows = {{semi_final = ["{day(51)}", "{day(80)}"], {later}}}'
    text = text.replace('code = "fitter"\n', f'code = "fitter"\n{own}\n', 1)
    with transaction():
        load_contest(text, because="场地")
        city = make_organisation("松江市总工会", kind="union", level="city")
        representative = make_staff(Role.ORGANISER, city, "白桦")
    parts = {f"part_{part}": "有" for part in ("conditions", "equipment", "service", "emergency")}
    ahead = {"first_day": day(50), "last_day": day(52)}

    def apply(event: str, more: list[str]) -> str:
        sign_in(client, representative)
        wanted = {"organisation": city.id, "offer": "stage/semi-final", "event": event}
        made = client.post("/staff/hosting/apply?contest=jilin-5", data=wanted)
        address = str(made.location).removesuffix("/form/what")
        what = {"applies_as": "city-union", "more": more}
        assert client.post(f"{address}/form/what", data=what).status_code == 303
        assert client.post(f"{address}/form/plan", data={**plan(), **parts, **ahead}).status_code == 303
        return address

    address = apply("welding", ["electrician", "fitter"])
    for wrong in ("none", "welding", "open-fire"):
        refused = client.post(f"{address}/form/what", data={"applies_as": "city-union", "more": [wrong]})
        assert refused.status_code == 422, (
            "an event that is unknown, the first one, and one without this stage"
        )
    assert "方案日期不在其内" in post(client, f"{address}/send", 422), (
        "the fitters' semi-final begins a day later"
    )
    post(client, f"{address}/form/plan", **{**plan(), **parts, **ahead, "first_day": day(51)})
    html = client.get(address).text
    assert "同一场地的其他赛项" in html
    assert "电工、钳工" in html
    settle(client, district, address, steps=2)
    session.expire_all()
    assert session.scalars(select(HostingApplication.state)).one() == "settled"
    assert "及其他 2 个赛项" in client.get("/staff/hosting").text
    hosts = client.get("/hosts/jilin-5").text
    assert [name for name in ("焊工", "电工", "钳工") if name in hosts] == ["焊工", "电工", "钳工"]
    assert hosts.count("松江市总工会") == 3
    for again in (apply("electrician", []), apply("cnc-lathe", ["welding"])):
        assert "已批准由松江市总工会承办" in post(client, f"{again}/send", 422)

    with transaction():
        judge = make_staff(Role.JUDGE, session.scalars(select(Event).where(Event.code == "fitter")).one())
        load_contest(text.replace(own, own.replace(day(51), day(55))), because="场馆维修")
    told = select(Notice).where(Notice.text.contains("host or judge"))
    assert {(one.person_id, one.params["event"]["zh"]) for one in session.scalars(told)} == {
        (representative.person_id, "钳工"),
        (judge.person_id, "钳工"),
    }


def put_off(codes: tuple[str, ...], ahead: int) -> str:
    """Tongliao's file with the finals of these events in so many days."""
    text = queries.definition_text("tongliao-2025")
    for code in codes:
        spans = {"final": (day(ahead), day(ahead + 2))}
        text = with_windows(text, spans, code)
    return text


def test_one_application_organises_several_events(client: FlaskClient, session: Session) -> None:
    """One plan, one decision, one performance file; every event has its organiser, and nobody is granted one again."""
    district = make_district("tongliao-2025")
    with transaction():
        firm = make_organisation("锦程铝业有限公司", kind="organiser", code="jincheng")
        representative = make_staff(Role.ORGANISER, firm, "白桦")
    parts = {f"part_{part}": "有" for part in ("course", "conditions", "emergency")}
    groups = {f"group_{group}": "李四" for group in ("judges", "publicity", "supervision", "safety")}

    def apply(event: str, more: list[str]) -> str:
        sign_in(client, representative)
        wanted = {"organisation": firm.id, "offer": "event", "event": event}
        made = client.post("/staff/hosting/apply?contest=tongliao-2025", data=wanted)
        address = str(made.location).removesuffix("/form/what")
        for name, data in (("what", {"more": more}), ("plan", {**plan(), **parts}), ("people", groups)):
            assert client.post(f"{address}/form/{name}", data=data).status_code == 303
        return address

    address = apply("aluminium", ["metal-chemistry", "fitter"])
    html = client.get(address).text
    assert "同一单位一并承办的其他赛项" in html
    assert "化学检验（金属）、" in html
    assert "再申报一个工种" not in html
    assert client.post(f"{address}/again").status_code == 404
    settle(client, district, address, steps=1)
    ended = session.scalars(select(HostingPerformance)).one().ended_on
    with transaction():
        load_contest(put_off(("aluminium", "metal-chemistry", "fitter"), 200), because="设备检修")
        load_contest(put_off(("aluminium", "metal-chemistry", "fitter"), 207), because="设备检修")
    session.expire_all()
    assert session.scalars(select(HostingPerformance)).one().ended_on == ended + timedelta(days=7)
    before, alone = (
        parse_contest(queries.definition_text("tongliao-2025")),
        parse_contest(put_off(("fitter",), 214)),
    )
    [line] = foresee(district.contest_id, ["fitter"], before, alone, clock.now())["fitter"].instants
    assert (line.what.params["organisation"], line.after) == ("锦程铝业有限公司", None), (
        "other events of it stay"
    )
    assert session.scalars(select(Notice.params).where(Notice.text.contains("held later"))).all()
    codes = ("aluminium", "metal-chemistry", "fitter", "tiling")
    rows = session.execute(select(Event.code, Event.organiser_id).where(Event.code.in_(codes)))
    assert {row.code: row.organiser_id for row in rows} == dict.fromkeys(codes[:3], firm.id) | {
        "tiling": None
    }
    assert len(session.scalars(select(HostingPerformance)).all()) == 1
    assert client.get("/hosts/tongliao-2025").text.count("锦程铝业有限公司") == 3
    again = apply("tiling", ["fitter"])
    assert "已批准由锦程铝业有限公司承办" in post(client, f"{again}/send", 422)


def test_a_further_trade_is_written_from_the_plan_of_the_first(client: FlaskClient, session: Session) -> None:
    """Copied are plan, people and budget; name, kind and certificate are not, and the shares count each trade."""
    district = make_district()
    first = granted_trade(client, district)
    sign_in(client, district.small_liaison)
    assert client.post(f"{first}/again").status_code == 404, "another organisation's"
    sign_in(client, district.liaison)
    made = client.post(f"{first}/again")
    address = str(made.location).removesuffix("/form/what")
    rows = session.scalars(select(HostingApplication).order_by(HostingApplication.id)).all()
    assert rows[1].told == {
        **{key: rows[0].told[key] for key in ("plan", "people", "money")},
        "what": {"role": "host"},
    }
    assert (rows[1].state, rows[1].title, rows[1].asked_support) == ("draft", "", rows[0].asked_support)
    post(client, f"{address}/form/what", **{**WHAT, "title": "无人机驾驶员", "certificate": "no"})
    post(client, f"{address}/send")
    assert rows[1].organisation_id == rows[0].organisation_id
