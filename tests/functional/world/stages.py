"""What follows an exam in the world: lists, notices, objections, certificates."""

from datetime import date, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.integration.exam.exams import Sat
from webapp.accounts.models import Account, Person
from webapp.awards.models import AwardLine, AwardList
from webapp.certificates.models import Certificate, CertificatePrint, CertificateRun, RevocationRequest
from webapp.certificates.rules.facts import Facts, digest_of
from webapp.certificates.rules.parts import Kind, Part
from webapp.certificates.rules.serial import serial_of
from webapp.contests.models import Contest, Event, Stage
from webapp.contingents.models import Contingent, ContingentChange
from webapp.core import clock
from webapp.leaderboard.models import BoardSnapshot
from webapp.media.service import store
from webapp.stages.models import (
    EventMerge,
    StageAction,
    StageAdmission,
    StageList,
    StageNotice,
    StageObjection,
    StageSubmission,
)
from webapp.stages.rules.digest import canonical, digest
from webapp.stages.rules.notice import Heading, Span, body


def certificate_of(session: Session, stage: Stage, sat: Sat) -> dict[str, int | str]:
    """A certificate of alice, which somebody asks to revoke."""
    words = {"zh": "证书", "en": "Certificate"}
    said = Facts(
        serial=serial_of(2026, 1),
        name="陆晓晴",
        number="000001",
        unit="",
        award=words,
        contest=words,
        event=words,
        stage=words,
        hosts=words,
        finished=("exam",),
        rank=None,
        goes_on=False,
        issued_on=date(2026, 6, 1),
    ).as_json()
    entry_id = session.execute(
        text("SELECT id FROM entries WHERE participation_id = :id"), {"id": sat.participation_id}
    ).scalar_one()
    made = Certificate(
        serial=said["serial"],
        stage_id=stage.id,
        entry_id=entry_id,
        participation_id=sat.participation_id,
        person_id=sat.person_id,
        award_code="e-participation",
        issue_number=1,
        facts=said,
        digest=digest_of(said),
        template_version="1",
        contest_version_id=0,
    )
    session.add(made)
    session.flush()
    asked = RevocationRequest(certificate_id=made.id, reason="姓名有误", asked_by_account_id=0)
    session.add(asked)
    session.flush()
    at, event = clock.now(), session.get_one(Event, stage.event_id)
    file = CertificatePrint(
        contest_id=event.contest_id, event_id=event.id, stage_id=stage.id, state="ready", reason="test", done=1, total=1,
        parts=1, file_id=store(b"print", "application/zip"), size_bytes=5, asked_by_account_id=0, asked_at=at, made_at=at,
    )  # fmt: skip
    part = Part(Kind.FINISHED, stage.id, 1, "e-participation")
    run = CertificateRun(
        scope="event", event_id=event.id, parts=[part.as_json()], state="done", done=1, total=1, asked_at=at, finished_at=at,
    )  # fmt: skip
    session.add_all([file, run])
    session.flush()
    return {
        "serial": made.serial,
        "certificates.request_id": asked.id,
        "stage_id": stage.id,
        "print_id": file.id,
        "run_id": run.id,
    }


def of_awards(session: Session, stage: Stage, sat: Sat) -> None:
    """An award list of the stage with a line of alice that waits for a decision."""
    contest = session.get_one(Contest, session.get_one(Event, stage.event_id).contest_id)
    kept = BoardSnapshot(stage_id=stage.id, number=2, kind="final", rows=[], digest="0" * 64)
    session.add(kept)
    session.flush()
    one = AwardList(
        stage_id=stage.id,
        number=1,
        snapshot_id=kept.id,
        contest_version_id=contest.current_version_id,
        digest="0" * 64,
        derived_at=clock.now(),
    )
    session.add(one)
    session.flush()
    entry_id = session.execute(
        text("SELECT id FROM entries WHERE participation_id = :id"), {"id": sat.participation_id}
    ).scalar_one()
    line = AwardLine(
        list_id=one.id,
        position=0,
        award_code="medal",
        entry_id=entry_id,
        person_id=sat.person_id,
        rank=1,
        state="candidate",
        why=[],
    )
    session.add(line)
    session.flush()


def of_list(session: Session, stage: Stage, alice: Account) -> dict[str, int | str]:
    """A posted list without rows, something asked for, and alice's objection to it."""
    event = session.get_one(Event, stage.event_id)
    contest = session.get_one(Contest, event.contest_id)
    at, titles = clock.now(), {"zh": "初赛", "en": "Preliminary"}
    kept = BoardSnapshot(stage_id=stage.id, number=1, kind="published", rows=[], digest="0" * 64)
    session.add(kept)
    session.flush()
    one = StageList(
        stage_id=stage.id,
        number=1,
        state="posted",
        snapshot_id=kept.id,
        contest_version_id=contest.current_version_id,
        frozen_at=at,
    )
    session.add(one)
    session.flush()
    heading = Heading(
        contest.code, event.code, stage.code, titles, titles, titles, titles,
        version=1, quota=3, cut="all_tied", mask="none", frozen_digest="", rules_digest="", supersedes="", reason="",
    )  # fmt: skip
    told = canonical(body(heading, Span(at, at + timedelta(days=7), [at.date()]), []))
    notice = StageNotice(
        stage_id=stage.id,
        list_id=one.id,
        version=1,
        snapshot_id=kept.id,
        body=told,
        digest=digest(told),
        working_days=1,
        calendar={"off": [], "work": [], "without_table": []},
        posted_at=at,
        ends_at=at + timedelta(days=7),
    )
    action = StageAction(list_id=one.id, kind="amend", payload={}, asked_by_account_id=0, asked_at=at)
    session.add_all([notice, action])
    session.flush()
    objection = StageObjection(
        reference="o-alice-1",
        stage_id=stage.id,
        notice_id=notice.id,
        person_id=alice.person_id,
        words="成绩有误",
        received_at=at,
    )
    entry_id = session.execute(
        text(
            "SELECT e.id FROM entries e JOIN participations p ON p.id = e.participation_id"
            " WHERE p.person_id = :person_id AND p.event_id = :event_id"
        ),
        {"person_id": alice.person_id, "event_id": stage.event_id},
    ).scalar_one()
    place = StageAdmission(
        stage_id=stage.id,
        entry_id=entry_id,
        origin="nomination",
        state="confirmed",
        position=1,
        created_at=at,
    )
    unit_id = session.get_one(Person, alice.person_id).unit_id or 0
    sent = Contingent(contest_id=contest.id, stage_code=stage.code, organisation_id=unit_id, made_at=at)
    session.add_all([objection, place, sent])
    session.flush()
    change = ContingentChange(
        contingent_id=sent.id,
        wanted={"entries": [], "judges": [], "leader": "陆晓晴"},
        why="换人",
        asked_by_account_id=0,
        asked_at=at,
    )
    other = session.scalars(
        select(Event.id).where(Event.contest_id == contest.id, Event.id != event.id).order_by(Event.id)
    ).first()
    merge = EventMerge(event_id=event.id, into_id=other, why="人数不足", asked_by_account_id=0, asked_at=at)
    named = StageSubmission(
        stage_id=stage.id,
        organisation_id=unit_id,
        lines=[{"entry_id": entry_id, "number": "000001"}],
        sent_by_account_id=alice.id,
        sent_at=at,
    )
    session.add_all([change, merge, named])
    session.flush()
    return {
        "stages.merge_id": merge.id,
        "stages.submission_id": named.id,
        "contingent_id": sent.id,
        "contingents.change_id": change.id,
        "stage_id": stage.id,
        "stages.action_id": action.id,
        "objection_id": objection.id,
        "stages.reference": objection.reference,
        "awards.number": 1,
        "version": 1,
    }
