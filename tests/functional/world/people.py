"""What hangs on people of the world: changes, claims, tickets, rosters, roles, an app that brings them."""

import hashlib
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.integration.registration.stand import Stand
from webapp.accounts.models import Account, IdentityClaim, PersonChange
from webapp.contests.models import Contest, ContestProposal, ContestVersion, Event
from webapp.core import clock
from webapp.entry.service.binding import bind
from webapp.entry.service.doors import DoorData, keep_door
from webapp.exam.models import (
    Announcement,
    Exam,
    ExamAction,
    ExamAlarm,
)
from webapp.helpdesk.models import Ticket
from webapp.media import service as media
from webapp.notifications.models import Notice
from webapp.operations.models import DoctorWaiver
from webapp.organisations.models import RoleGrant
from webapp.records.models import RecordCopy, RecordLink
from webapp.registration.models import (
    Application,
    EarlierWinner,
    OrganisationMerge,
    ReviewDelegation,
    RosterUpload,
    UnitList,
)


def objects_of(session: Session, stand: Stand, alice: Account, exam_id: int) -> dict[str, int | str]:
    person_id, unit_id = alice.person_id, stand.county_firm.id
    event = session.get_one(Event, session.get_one(Exam, exam_id).event_id)
    change = PersonChange(
        person_id=person_id,
        kind="unit",
        proposed={"unit_id": stand.city_firm.id},
        organisation_id=stand.county.id,
    )
    claim = IdentityClaim(
        person_id=person_id,
        claimant_name="孙丽丽",
        claimant_phone_cipher=b"",
        claimant_phone_mask="139****0000",
        organisation_id=stand.county.id,
        explanation="第一次注册",
        reference="R-ALICE-1",
    )
    ticket = Ticket(person_id=person_id, subject="无法登录", text="手机号已停用")
    roster = RosterUpload(
        unit_id=unit_id,
        contest_id=stand.contest.id,
        file_name="名单.xlsx",
        sealed_rows=None,
        problems=[],
        counts={},
    )
    role = RoleGrant(person_id=person_id, role="unit-liaison", scope_kind="organisation", scope_id=unit_id)
    action = ExamAction(
        exam_id=exam_id, kind="extend", payload={"extra_s": 600}, reason="停电", asked_by_account_id=0
    )
    alarm = ExamAlarm(exam_id=exam_id, kind="silent", subject="", facts={"n": 1, "of": 1}, since=clock.now())
    said = Announcement(exam_id=exam_id, text="请安静", needs_ack=True)
    waiver = DoctorWaiver(
        exam_id=exam_id,
        check_key="disk",
        reason="磁盘正在扩容",
        asked_by_account_id=0,
        until=clock.now() + timedelta(days=1),
    )
    winner = EarlierWinner(
        contest_id=stand.contest.id,
        name="陆晓晴",
        earlier_contest="示例市竞赛",
        year=2020,
        trade="瓦工",
        trade_key="瓦工",
        rank=1,
        source="通报",
        fingerprint=b"alice",
        imported_at=clock.now(),
    )
    delegation = ReviewDelegation(
        organisation_id=stand.county.id,
        to_person_id=person_id,
        from_at=clock.now(),
        until_at=clock.now() + timedelta(days=1),
        why="休假",
        given_at=clock.now(),
    )
    merge = OrganisationMerge(
        organisation_id=stand.county_firm.id,
        into_id=stand.city_firm.id,
        why="同一单位",
        asked_by_account_id=0,
        asked_at=clock.now(),
    )
    link = RecordLink(
        person_id=person_id,
        token_hash=b"alice",
        for_whom="样例公司",
        with_scores=False,
        name_shown="masked",
        made_at=clock.now(),
        expires_at=clock.now() + timedelta(days=7),
    )
    copy = RecordCopy(
        serial="JR26-00000-00000-00001",
        person_id=person_id,
        name="样",
        lines=1,
        digest="0" * 64,
        made_at=clock.now(),
    )
    session.add_all(
        [
            link,
            copy,
            merge,
            winner,
            delegation,
            change,
            proposal_of(session, stand.contest),
            claim,
            ticket,
            roster,
            role,
            action,
            alarm,
            said,
            waiver,
            Notice(person_id=person_id, text="x", params={}, link=""),
        ]
    )
    session.flush()
    unit_list = UnitList(
        unit_id=unit_id,
        contest_id=stand.contest.id,
        file_id=media.store(b"%PDF-1.7", "application/pdf"),
        application_ids=[],
        digest="",
        seed="seed",
        commitment="",
        pct=10,
        least=1,
        sealed_at=clock.now(),
    )
    session.add(unit_list)
    session.flush()
    contest = session.get_one(Contest, event.contest_id)
    application = session.scalars(select(Application).where(Application.person_id == person_id)).one()
    return {
        "application_id": application.id,
        "person_id": person_id,
        "change_id": change.id,
        "claim_id": claim.id,
        "reference": claim.reference,
        "ticket_id": ticket.id,
        "upload_id": roster.id,
        "grant_id": role.id,
        "organisation_id": unit_id,
        "event_id": application.event_id,
        "contest_id": stand.contest.id,
        "exam_id": exam_id,
        "action_id": action.id,
        "alarm_id": alarm.id,
        "announcement_id": said.id,
        "waiver_id": waiver.id,
        "proposal_id": session.scalars(select(ContestProposal.id)).one(),
        "winner_id": winner.id,
        "unit_lists.list_id": unit_list.id,
        "merge_id": merge.id,
        "delegation_id": delegation.id,
        "records.link_id": link.id,
        "records.copy_id": copy.id,
        "code": contest.code,
        "event_code": event.code,
        "key": hashlib.sha256(b"no session").hexdigest()[:32],
        "public_name": "0" * 32,
        "guide": "contestant",
        "picture": "contestant-exams.png",
        "contest": contest.code,
        "event": event.code,
        "contests.code": stand.contest.code,
        "contests.event_code": stand.event.code,
        "accounts.language.code": "en",
    }


def proposal_of(session: Session, contest: Contest) -> ContestProposal:
    """A change of the contest's file that waits for a second person."""
    version = session.get_one(ContestVersion, contest.current_version_id)
    return ContestProposal(
        contest_id=contest.id,
        base_version_id=version.id,
        text=version.text,
        digest=version.digest,
        effect={},
        reason="场地变更",
        asked_by_account_id=0,
        asked_at=clock.now(),
    )


def of_entry(session: Session, alice: Account) -> dict[str, int | str]:
    """An app of the host, which opens alice's record."""
    door = keep_door(
        DoorData(
            code="alices-app", kind="ticket", title={"zh": "职工之家"}, issuer="app", client_id="jiangsai",
            secret="x" * 32, public_keys={}, is_open=True,
        )
    )  # fmt: skip
    bind(door, "alice", alice.person_id, clock.now())
    session.commit()
    return {"door_code": door.code}
