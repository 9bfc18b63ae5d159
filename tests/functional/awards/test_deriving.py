"""From a final list to given awards, through the pages: derive, decide, a second person, the own page."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import grant, make_organisation, make_staff, sign_in
from tests.functional.awards.pages import AT_THE_END, CANDIDATES, account_of, keep_final, lines, post, rows_of
from tests.integration.stages.stand import DEFINITION, Graded, make_graded
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person
from webapp.audit.models import AuditRow
from webapp.awards.models import AwardLine, SkillLevelRecord
from webapp.awards.rules.levels import SkillLevel
from webapp.contests import queries as contest_queries
from webapp.contests import service as contest_service
from webapp.core.clock import now
from webapp.core.db import db
from webapp.notifications.models import Notice
from webapp.registration.models import EarlierWinner


def test_awards_are_derived_decided_by_two_people_and_told(
    app: Flask,
    client: FlaskClient,
    session: Session,
    graded: Graded,
    host: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(app.config, "TWO_PERSON", True)
    second = make_staff(Role.HOST, name="罗成")
    sign_in(client, host)
    staff = f"/staff/awards/{graded.stage_id}"
    assert "尚未推导" in client.get("/staff/awards").text
    post(client, f"{staff}/derive", **{"derive-local": ""})
    html = client.get(staff).text
    assert "吉林省五一劳动奖章推荐人选" in html
    assert "第 1 名，符合要求。" in html
    assert "奖金按类别和名次确定，具体数额待主办方确定。" in html
    technicians = lines(session, "technician")
    assert [line.rank for line in technicians] == [1, 2, 3]

    # An open line cannot be given; declining needs a reason; nothing ticked is told.
    cash = lines(session, "cash")
    assert (
        client.post(f"{staff}/decide", data={"lines": [cash[0].id], "decision": "granted"}).status_code == 409
    )
    assert "请写明" in post(client, f"{staff}/decide", 422, lines=[technicians[2].id], decision="declined")
    assert "勾选" in post(client, f"{staff}/decide", 422, decision="granted")

    post(client, f"{staff}/decide", lines=[technicians[2].id], decision="declined", reason="申报材料不全。")
    assert client.post(f"{staff}/close").status_code == 409, "others are not decided yet"
    rest = session.scalars(
        select(AwardLine.id).where(AwardLine.state == "candidate", AwardLine.decision == "")
    ).all()
    post(client, f"{staff}/decide", lines=list(rest), decision="granted")
    post(client, f"{staff}/close")
    assert client.post(f"{staff}/agree", data={"agree": "yes"}).status_code == 403, "not by the same person"
    client.get("/sign-out")
    sign_in(client, second)
    assert "/agree" in client.get(staff).text
    post(client, f"{staff}/agree", agree="yes")
    assert client.post(f"{staff}/derive").status_code == 409, "decided awards do not change"

    session.expire_all()
    kept = session.scalars(select(SkillLevelRecord).order_by(SkillLevelRecord.id)).all()
    assert [one.level for one in kept] == ["technician", "technician", *["senior-worker"] * 3]
    told = session.scalars(select(Notice.text).where(Notice.person_id == graded.person_ids[2])).all()
    assert any("is not given to you" in text for text in told)
    actions = set(session.scalars(select(AuditRow.action).where(AuditRow.action.like("awards.%"))))
    assert {"awards.derive", "awards.decide", "awards.close.ask", "awards.close.agree"} <= actions

    # The winner reads it with the rule.
    winner = app.test_client()
    sign_in(winner, account_of(graded.person_ids[0]))
    html = winner.get("/my/awards").text
    assert "晋升为技师（二级）。" in html


def test_the_next_contests_register_takes_over_who_was_given_awards(
    client: FlaskClient, session: Session, graded: Graded, host: Account
) -> None:
    sign_in(client, host)
    staff = f"/staff/awards/{graded.stage_id}"
    text = DEFINITION.read_text(encoding="utf-8").replace('code = "jilin-5"', 'code = "jilin-6"', 1)
    target = f"/staff/winners/contests/{contest_service.load_contest(text).contest_id}/take-over"
    source = contest_queries.contest_id("jilin-5")
    post(client, f"{staff}/derive")
    post(client, target, source=source)
    assert session.scalars(select(EarlierWinner)).all() == [], "nothing is decided yet"
    candidates = [line.id for line in lines(session, "technician") if line.state == "candidate"]
    rest = session.scalars(select(AwardLine.id).where(AwardLine.state == "candidate")).all()
    post(client, f"{staff}/decide", lines=list(rest), decision="declined", reason="材料不全")
    post(client, f"{staff}/decide", lines=candidates, decision="granted")
    post(client, f"{staff}/close")
    post(client, target, source=source)
    post(client, target, source=source)
    session.expire_all()
    kept = session.scalars(select(EarlierWinner).order_by(EarlierWinner.rank)).all()
    assert [(one.person_id, one.rank, one.match_state) for one in kept] == [
        (person_id, rank, "matched") for rank, person_id in enumerate(graded.person_ids[:3], 1)
    ]
    assert {(one.trade, one.source) for one in kept} == {("焊工", "jilin-5/welding/preliminary")}


def test_deriving_again_keeps_decisions_about_lines_that_stay(
    client: FlaskClient, session: Session, graded: Graded, host: Account
) -> None:
    sign_in(client, host)
    staff = f"/staff/awards/{graded.stage_id}"
    post(client, f"{staff}/derive")
    first = lines(session, "technician")
    post(client, f"{staff}/decide", lines=[line.id for line in first], decision="granted")
    post(client, f"{staff}/derive")
    assert [line.id for line in lines(session, "technician")] == [line.id for line in first], "nothing new"
    session.add(
        SkillLevelRecord(
            person_id=graded.person_ids[0], trade="焊工", level=SkillLevel.TECHNICIAN, source="checked",
            recorded_at=now(),
        )
    )  # fmt: skip
    session.commit()
    post(client, f"{staff}/derive")
    again = lines(session, "technician")
    assert [(line.level, line.decision) for line in again] == [
        ("senior-technician", ""), ("technician", "granted"), ("technician", "granted"),
    ]  # fmt: skip


def test_a_level_held_already_is_noted_and_put_right(
    client: FlaskClient, session: Session, graded: Graded, host: Account
) -> None:
    sign_in(client, host)
    staff = f"/staff/awards/{graded.stage_id}"
    post(client, f"{staff}/derive")
    noted = {
        "level-number": graded.numbers[0],
        "level-level": "technician",
        "level-certificate_number": "S-1",
    }
    post(client, f"{staff}/level", **noted)
    assert lines(session, "technician")[0].level == "senior-technician"
    post(client, f"{staff}/level", **{**noted, "level-level": "none"})
    assert lines(session, "technician")[0].level == "technician"
    assert 'value="999999"' in post(client, f"{staff}/level", 422, **{**noted, "level-number": "999999"})
    kept = session.scalars(select(SkillLevelRecord.level).order_by(SkillLevelRecord.id)).all()
    assert list(kept) == ["technician", "none"], "nothing is deleted"


def test_whoever_decides_decides_nothing_about_themselves(
    client: FlaskClient, session: Session, graded: Graded
) -> None:
    person = db.session.get_one(Person, graded.person_ids[0])
    own = account_of(person.id)
    grant(own, Role.HOST)
    sign_in(client, own)
    staff = f"/staff/awards/{graded.stage_id}"
    post(client, f"{staff}/derive")
    first = lines(session, "technician")[0]
    answer = client.post(f"{staff}/decide", data={"lines": [first.id], "decision": "granted"})
    assert answer.status_code == 403
    assert "您本人" in answer.text


def test_a_joint_event_ranks_the_local_contestants_among_themselves(
    client: FlaskClient, session: Session, graded: Graded, host: Account
) -> None:
    sign_in(client, host)
    staff = f"/staff/awards/{graded.stage_id}"
    assert "没有这个编码" in post(client, f"{staff}/derive", 422, **{"derive-local": "org-nowhere"})
    union = make_organisation(name="某市总工会", level="city")
    session.commit()
    post(client, f"{staff}/derive", **{"derive-local": union.code})
    assert lines(session, "technician") == [], "nobody belongs to that union"


HOSTING = '[[limits]]\nrule = "hosting"\nforce = "hard"\nvalue = {stage = "semi-final"'
MAX_PRIZE = '[[limits]]\nrule = "max-prize"\nforce = "normal"\nvalue = 5000\nnote = "一般不超过 5000 元"\n\n'
PRIZE = {
    'amount = "undecided"': "amount = 5000",
    'conditions = {by = ["class", "rank"], team_leader = true}': "conditions = {ceiling = true, several = true}",
    HOSTING: MAX_PRIZE + HOSTING,
}


def test_prizes_are_named_taken_back_and_paid_up_to_the_ceiling_or_with_a_reason_beyond(
    client: FlaskClient, session: Session, host: Account
) -> None:
    graded = make_graded(changes={**AT_THE_END, **PRIZE})
    keep_final(graded)
    sign_in(client, host)
    staff = f"/staff/awards/{graded.stage_id}"
    post(client, f"{staff}/derive")
    prize = {"name-award": "cash", "name-number": graded.numbers[1], "do": "name"}
    post(client, f"{staff}/name", **prize)
    post(client, f"{staff}/name", **{**prize, "name-number": graded.numbers[3]})
    refused = post(client, f"{staff}/name", 422, **{**prize, "name-number": "999999"})
    assert "999999" in refused
    assert 'value="999999"' in refused, "what was typed is kept"
    assert [line.rank for line in lines(session, "cash")] == [2, 4]
    post(client, f"{staff}/name", **{**prize, "do": "back"})
    assert post(client, f"{staff}/name", 422, **{**prize, "do": "back"})
    (only,) = lines(session, "cash")

    wanted = {"lines": [only.id], "decision": "granted"}
    assert "超过 5000 元" in post(client, f"{staff}/decide", 422, **wanted, amount="6000")
    fixed = lines(session, "technician")[0].id
    kept = post(client, f"{staff}/decide", 422, lines=[fixed], decision="granted", amount="100")
    assert f'value="{fixed}" checked' in kept
    assert f'value="{only.id}" checked' not in kept, "only what was ticked stays ticked"
    post(client, f"{staff}/decide", **wanted, amount="6000", reason="创新类工种")
    post(client, f"{staff}/decide", **wanted, amount="4000")
    (line,) = lines(session, "cash")
    assert [line.amount, line.granted_amount] == [5000, 4000]
    post(client, f"{staff}/tick?line={line.id}&kind=account")
    assert client.post(f"{staff}/tick?line={fixed}&kind=account").status_code == 404, (
        "no money is given there"
    )
    book = client.post(
        f"{staff}/export", data={"export-kind": "cash", "export-reason": "报送财务", "as": "xlsx"}
    )
    sheet = rows_of(book.data)
    assert sheet[-1][6] == 4000
    assert any("4,000" in str(row[0]) for row in sheet)


def test_what_was_open_comes_on_a_supplementary_list_and_what_was_decided_stays(
    client: FlaskClient, session: Session, graded: Graded, host: Account
) -> None:
    sign_in(client, host)
    staff = f"/staff/awards/{graded.stage_id}"
    post(client, f"{staff}/derive")
    post(
        client,
        f"{staff}/decide",
        lines=[one.id for c in CANDIDATES for one in lines(session, c)],
        decision="granted",
    )
    assert "6 项待确定" in client.get(staff).text
    post(client, f"{staff}/close")
    assert client.post(f"{staff}/derive").status_code == 409, "nothing is new"
    before = {line.entry_id: line.level for line in lines(session, "technician")}
    told = len(session.scalars(select(Notice.id).where(Notice.person_id == graded.person_ids[0])).all())

    set_amount(5000)
    post(client, f"{staff}/derive")
    assert {line.entry_id: line.level for line in lines(session, "technician")} == before
    technician = lines(session, "technician")[0]
    answer = post(client, f"{staff}/decide", 422, lines=[technician.id], decision="declined", reason="x")
    assert "勾选" in answer, "settled lines are no longer decided"
    winner = client.application.test_client()
    sign_in(winner, account_of(graded.person_ids[0]))
    assert "晋升为技师（二级）。" in winner.get("/my/awards").text, "what holds is still shown"
    post(client, f"{staff}/decide", lines=[one.id for one in lines(session, "cash")], decision="granted")
    post(client, f"{staff}/close")
    assert "5,000 元" in winner.get("/my/awards").text
    session.expire_all()
    assert len(session.scalars(select(SkillLevelRecord.id)).all()) == 6, "each promotion stands once"
    notices = session.scalars(select(Notice.id).where(Notice.person_id == graded.person_ids[0])).all()
    assert len(notices) == told + 1, "only what is new is told"

    # A final list that takes a decided award away is not followed in silence.
    keep_final(graded, number=91, order=-1)
    assert client.post(f"{staff}/derive").status_code == 409


def set_amount(yuan: int) -> None:
    """The host has decided the amount: a new version of the contest file."""
    definition = DEFINITION.read_text(encoding="utf-8")
    for old, new in {**AT_THE_END, 'amount = "undecided"': f"amount = {yuan}"}.items():
        definition = definition.replace(old, new)
    contest_service.load_contest(definition)
    db.session.commit()


def test_nobody_agrees_to_a_list_that_gives_them_an_award(
    app: Flask,
    client: FlaskClient,
    session: Session,
    graded: Graded,
    host: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(app.config, "TWO_PERSON", True)
    sign_in(client, host)
    staff = f"/staff/awards/{graded.stage_id}"
    post(client, f"{staff}/derive")
    candidates = [line.id for code in CANDIDATES for line in lines(session, code)]
    post(client, f"{staff}/decide", lines=candidates, decision="granted")
    post(client, f"{staff}/close")
    winner = account_of(graded.person_ids[0])
    grant(winner, Role.HOST)
    other = app.test_client()
    sign_in(other, winner)
    assert other.post(f"{staff}/agree", data={"agree": "yes"}).status_code == 403
    assert other.post(f"{staff}/agree", data={"agree": "no"}).status_code == 303


def test_a_newer_final_list_is_told_and_what_was_named_for_a_joint_event_stays_local(
    client: FlaskClient, session: Session, graded: Graded, host: Account
) -> None:
    sign_in(client, host)
    staff = f"/staff/awards/{graded.stage_id}"
    union = make_organisation(name="某市总工会", level="city")
    session.commit()
    post(client, f"{staff}/derive", **{"derive-local": union.code})
    page = client.get(staff).text
    assert "名次在某市总工会的选手中重新排列" in page
    assert f'value="{union.code}"' in page
    keep_final(graded, number=91)
    assert "最终名单已更新" in client.get(staff).text
