"""A decided list is opened again: by two people, with its effect; the old one is kept and holds meanwhile."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import grant, make_staff, sign_in
from tests.functional.awards.pages import (
    CANDIDATES,
    account_of,
    keep_final,
    post,
)
from tests.integration.stages.stand import Graded
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person
from webapp.audit.models import AuditRow
from webapp.awards.models import AwardLine, AwardList, AwardReopening, SkillLevelEnd
from webapp.awards.queries.won import won
from webapp.certificates.models import Certificate, CertificateRevocation
from webapp.contests.models import Event, Stage
from webapp.leaderboard.models import BoardSnapshot
from webapp.notifications.models import Notice
from webapp.records.queries.record import record_of
from webapp.stages.models import StageList


def lines_of(session: Session, award: str, state: str) -> list[AwardLine]:
    session.expire_all()
    found = select(AwardLine).join(AwardList, AwardList.id == AwardLine.list_id).where(
        AwardLine.award_code == award, AwardList.state == state
    )  # fmt: skip
    return list(session.scalars(found.order_by(AwardLine.position)))


def decided(client: FlaskClient, session: Session, staff: str, *, state: str = "proposed") -> None:
    """Everything that the rules allow is given, and the list is closed by one person."""
    ids = [one.id for code in CANDIDATES for one in lines_of(session, code, state) if not one.decision]
    if ids:
        post(client, f"{staff}/decide", lines=ids, decision="granted")
    post(client, f"{staff}/close")


def test_two_people_open_a_decided_list_again_and_only_what_differs_is_told(
    app: Flask,
    client: FlaskClient,
    session: Session,
    graded: Graded,
    host: Account,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sign_in(client, host)
    staff = f"/staff/awards/{graded.stage_id}"
    post(client, f"{staff}/derive")
    decided(client, session, staff)
    post(client, f"{staff}/certificates", **{"certify-awards": ["medal"]})
    run_jobs()
    first, last = graded.person_ids[0], graded.person_ids[-1]
    before = [(one.entry_id, one.rank) for one in lines_of(session, "medal", "decided")]
    contest_id = session.scalars(
        select(Event.contest_id).join(Stage).where(Stage.id == graded.stage_id)
    ).one()
    assert first in {one.person_id for one in won(contest_id)}

    # A ruling turns the order round: the new final list says so, and the decided awards do not follow by themselves.
    keep_final(graded, number=91, order=-1)
    refused = client.post(f"{staff}/derive")
    assert refused.status_code == 409
    assert "由两人重新打开" in refused.text
    page = client.get(f"{staff}/reopen").text
    serials = {one.award_code: one.serial for one in session.scalars(select(Certificate)).all()}
    assert serials["medal"] in page
    assert "不再符合" in page
    assert "field--wrong" in post(client, f"{staff}/reopen", 422, reason="")

    monkeypatch.setitem(app.config, "TWO_PERSON", True)
    post(client, f"{staff}/reopen", reason="裁定更正了名次")
    assert client.post(f"{staff}/reopen", data={"reason": "再提"}).status_code == 409
    assert client.post(f"{staff}/reopen/answer", data={"agree": "yes"}).status_code == 403, "not by who asked"
    assert post(client, f"{staff}/reopen/answer", 422, agree="perhaps")
    awarded = account_of(first)
    grant(awarded, Role.HOST)
    other = app.test_client()
    sign_in(other, awarded)
    assert other.post(f"{staff}/reopen/answer", data={"agree": "yes"}).status_code == 403, "an own award"
    second = app.test_client()
    sign_in(second, make_staff(Role.HOST, name="罗成"))
    assert "裁定更正了名次" in second.get(f"{staff}/reopen").text
    assert second.get(f"{staff}/reopen").text.count("韩亦舟") >= 1
    post(second, f"{staff}/reopen/answer", agree="yes")

    # What was decided holds until the new list is decided; the old version is kept as it was.
    winner = app.test_client()
    sign_in(winner, awarded)
    assert "晋升为技师（二级）。" in winner.get("/my/awards").text
    assert first in {one.person_id for one in won(contest_id)}
    assert "已审定的名单被重新打开" in second.get(staff).text
    assert [(one.entry_id, one.rank) for one in lines_of(session, "medal", "reopened")] == before
    assert "第 1 号" in client.get(f"{staff}/versions/1").text
    assert client.get(f"{staff}/versions/9").status_code == 404

    told = {one: len(notices(session, one)) for one in (first, last)}
    monkeypatch.setitem(app.config, "TWO_PERSON", False)
    decided(client, session, staff)
    texts = notices(session, first)[told[first] :]
    assert any("is no longer given to you" in text for text in texts)
    assert any("you have been given" in text for text in notices(session, last)[told[last] :])
    gone = session.scalars(
        select(Notice).where(Notice.person_id == first, Notice.text.contains("no longer"))
    ).first()
    assert gone is not None
    assert gone.params["reason"] == "裁定更正了名次"
    assert "晋升为技师（二级）。" not in winner.get("/my/awards").text
    assert session.scalars(select(SkillLevelEnd)).all()
    assert [level.level for level in record_of(first).levels] == ["senior-worker"]
    assert [level.level for level in record_of(last).levels] == ["technician"]
    assert serials["medal"] in client.get(staff).text, "its certificate is named until somebody revokes it"
    assert client.post(f"{staff}/revoke-gone", data={"gone-reason": "", "gone-seen": "1"}).status_code == 422
    assert (
        client.post(f"{staff}/revoke-gone", data={"gone-reason": "更正", "gone-seen": "9"}).status_code == 409
    )
    seen = re.search(r'name="gone-seen" value="(\d+)"', client.get(staff).text)
    assert seen is not None
    post(client, f"{staff}/revoke-gone", **{"gone-reason": "名次已更正", "gone-seen": seen[1]})
    assert serials["medal"] not in client.get(staff).text
    assert session.scalars(select(CertificateRevocation.reason)).all() == ["名次已更正"] * int(seen[1])
    states = session.scalars(select(AwardList.state).order_by(AwardList.number)).all()
    assert list(states) == ["superseded", "decided"]
    actions = set(session.scalars(select(AuditRow.action).where(AuditRow.action.like("awards.re%"))))
    assert actions == {"awards.reopen.ask", "awards.reopen.agree", "awards.reopen", "awards.replace"}


def notices(session: Session, person_id: int) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(Notice.text).where(Notice.person_id == person_id).order_by(Notice.id)))


def test_a_reopened_list_that_stays_the_same_tells_nobody(
    client: FlaskClient, session: Session, graded: Graded, host: Account
) -> None:
    sign_in(client, host)
    staff = f"/staff/awards/{graded.stage_id}"
    post(client, f"{staff}/derive")
    assert "尚未审定" in client.get(f"{staff}/reopen").text
    assert client.post(f"{staff}/reopen", data={"reason": "x"}).status_code == 409, "it is open anyway"
    decided(client, session, staff)
    told = notices(session, graded.person_ids[0])
    post(client, f"{staff}/reopen", reason="一项需要另作决定")
    third = lines_of(session, "technician", "proposed")[2]
    assert third.decision == "granted", "what stayed the same keeps its decision"
    post(client, f"{staff}/decide", lines=[third.id], decision="declined", reason="材料经查不实")
    post(client, f"{staff}/close")
    assert notices(session, graded.person_ids[0]) == told
    person = session.get_one(Person, graded.person_ids[2])
    assert any("is not given to you" in text for text in notices(session, person.id))
    assert len(session.scalars(select(SkillLevelEnd)).all()) == 1, (
        "the level that was declined counts no more"
    )
    assert session.scalars(select(AwardReopening.state)).all() == ["done"]


def test_a_certificate_with_another_rank_is_named(
    client: FlaskClient, session: Session, graded: Graded, host: Account, run_jobs: Callable[[], int]
) -> None:
    sign_in(client, host)
    staff = f"/staff/awards/{graded.stage_id}"
    post(client, f"{staff}/derive")
    decided(client, session, staff)
    post(client, f"{staff}/certificates", **{"certify-awards": ["medal"]})
    run_jobs()
    assert "名次已变" not in client.get(staff).text
    first, second, *others = zip(graded.entries, graded.numbers, strict=True)
    rows = [
        {"entry_id": entry, "rank": rank, "number": number, "promoted": True}
        for rank, (entry, number) in enumerate([second, first, *others], 1)
    ]
    session.add(BoardSnapshot(stage_id=graded.stage_id, number=91, kind="final", rows=rows, digest="test"))
    session.commit()
    post(client, f"{staff}/reopen", reason="前两名的成绩互换")
    decided(client, session, staff)
    page = client.get(staff).text
    assert page.count("名次已变") == 2
    assert "不再授予该奖项" not in page
    post(client, f"{staff}/replace", **{"replace-reason": "名次已更正", "replace-seen": "2"})
    medals = select(Certificate).where(Certificate.award_code == "medal").order_by(Certificate.id)
    ranks = [(one.entry_id, one.facts["rank"]) for one in session.scalars(medals).all()[-2:]]
    assert sorted(ranks, key=lambda one: one[1]) == [(graded.entries[1], 1), (graded.entries[0], 2)]
    assert "名次已变" not in client.get(staff).text
    third = session.scalars(medals.where(Certificate.entry_id == graded.entries[2])).one().serial
    post(client, f"/staff/certificates/{third}/revoke", reason="印错")
    post(client, f"{staff}/reopen", reason="第三名另作决定")
    (line,) = (one for one in lines_of(session, "medal", "proposed") if one.entry_id == graded.entries[2])
    post(client, f"{staff}/decide", lines=[line.id], decision="declined", reason="材料经查不实")
    assert client.post(f"/staff/certificates/{third}/again").status_code == 303, "the decided list holds"
    post(client, f"{staff}/close")
    again = session.scalars(medals.where(Certificate.entry_id == graded.entries[2])).all()[-1].serial
    post(client, f"/staff/certificates/{again}/revoke", reason="不再授予")
    assert client.post(f"/staff/certificates/{again}/again").status_code == 409, "nothing gives it any more"


def test_a_stranger_opens_nothing(client: FlaskClient, session: Session, graded: Graded) -> None:
    sign_in(client, make_staff(Role.SUPERVISOR))
    assert client.get(f"/staff/awards/{graded.stage_id}/reopen").status_code == 403
    assert session.scalars(select(StageList)).all() == []
