"""A populated world for the tests of access: what belongs to alice, and people who have no business with it."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.factories import grant, make_account, make_contest, make_event, make_person, sign_in
from tests.functional.integrity.stand import of_evidence
from tests.integration.exam.exams import Sat, make_bank_version, make_exam, sit
from tests.integration.marking.written import add_essay_version
from tests.integration.registration.stand import Stand, make_stand
from tests.unit.courses.texts import ORDER
from webapp.access.permissions import Role
from webapp.accounts.models import Account, IdentityClaim, Person, PersonChange
from webapp.banks.models import (
    Bank,
    BankUpload,
    BankVersion,
    BankVersionQuestion,
    Question,
    QuestionComment,
    QuestionVersion,
)
from webapp.certificates.models import Certificate, RevocationRequest
from webapp.certificates.rules.facts import Facts, digest_of
from webapp.certificates.rules.serial import serial_of
from webapp.contests.models import Contest, Event, Stage
from webapp.contests.rules.blueprint import Text
from webapp.core import clock
from webapp.core.db import Base, keys_scope
from webapp.core.transaction import transaction
from webapp.courses import service as course_service
from webapp.courses.models import Course, CourseEvent, CourseVersion, DrillText, Lesson
from webapp.courses.rules.course import Audience, LessonKind
from webapp.courses.rules.course import Course as CourseRules
from webapp.courses.rules.course import Lesson as CourseLesson
from webapp.courses.rules.drill import public_part
from webapp.courses.rules.parse_drill import parse_drill
from webapp.entry.service.binding import bind
from webapp.entry.service.doors import DoorData, keep_door
from webapp.exam.models import (
    Announcement,
    Attempt,
    EssayAnswer,
    Exam,
    ExamAction,
    ExamAlarm,
    ExamSession,
    Grade,
    Ruling,
    Sheet,
)
from webapp.exam.routes.pulse import channel_of
from webapp.exam.service.submitting import submit
from webapp.halls.models import Hall, HallPaper, HallPlan, HallScan, HallSeat
from webapp.halls.rules import codes
from webapp.helpdesk.models import Ticket
from webapp.leaderboard.models import BoardSnapshot
from webapp.learning.models import PointEntry, PointReversal, QuizRound, WatchProgress, WatchSession
from webapp.marking.models import EssayClaim, EssayMark
from webapp.media import service as media
from webapp.media.models import StoredFile
from webapp.notifications.models import Notice
from webapp.operations.models import DoctorWaiver
from webapp.organisations.models import RoleGrant
from webapp.registration.models import Application, Participation, RosterUpload
from webapp.stages.models import StageAction, StageList, StageNotice, StageObjection
from webapp.stages.rules.digest import canonical, digest
from webapp.stages.rules.notice import Heading, Span, body

SEEN_MARKERS = frozenset({"auth_sessions"})
"""A request may note when a session was last used."""


@dataclass
class World:
    """alice has an application, a running attempt, a change, a claim, a ticket and notices. bob has nothing;
    elsewhere holds every role in another contest and another city; everywhere holds every role over all."""

    stand: Stand
    alice: Account
    bob: Account
    elsewhere: Account
    everywhere: Account
    lease: str
    ids: dict[str, int | str]

    def value(self, endpoint: str, name: str) -> int | str:
        """The id in this parameter of this endpoint that belongs to alice's world."""
        package = endpoint.split(".", maxsplit=1)[0]
        keys = (f"{endpoint}.{name}", f"{package}.{name}", name)
        return next(self.ids[key] for key in keys if key in self.ids)

    def values(self, endpoint: str, names: Iterable[str]) -> dict[str, int | str]:
        """All parameters of an endpoint. A KeyError names a parameter nobody has thought of yet."""
        return {name: self.value(endpoint, name) for name in names}


def make_world(session: Session, client: FlaskClient) -> World:
    """The world; alice applies through the pages, the rest is laid into the tables."""
    stand = make_stand()
    alice = stand.worker("陆晓晴")
    session.commit()
    sign_in(client, alice)
    applied = client.post(f"/register/{stand.event.id}", data={"occupation": "worker", "consent": "y"})
    assert applied.status_code == 303, applied.text
    person = session.get_one(Person, alice.person_id)
    stage = session.scalars(select(Stage).where(Stage.event_id == stand.second_event.id)).one()
    bank = make_bank_version()
    exam_id = make_exam(stage, bank)
    sat, graded = sit(exam_id, person=person), sit(exam_id)
    ids = (
        _objects(session, stand, alice, exam_id)
        | _of_bank(session, stand, bank)
        | _of_drill(session, sat.participation_id)
        | _of_learning(session, sat.participation_id, bank)
        | _of_course_area(session, stand)
        | {
            "attempt_id": sat.attempt_id,
            "channel": channel_of(exam_id),
            "exam.version_id": session.get_one(Attempt, sat.attempt_id).paper[0],
            "ruling_id": _ruling(session, exam_id, session.get_one(Attempt, sat.attempt_id).paper[0]),
            "participation_id": sat.participation_id,
            "stage_code": stage.code,
            "stage": stage.code,
        }
        | _certificate(session, stage, sat)
    )
    ids |= _of_halls(session, exam_id, sat.participation_id, int(ids["action_id"]))
    ids |= _of_list(session, stage, alice) | _session_of(session, exam_id)
    ids |= of_evidence(session, sat) | _of_entry(session, alice)
    elsewhere, everywhere = make_account(), make_account()
    other_event = make_event(make_contest())
    other_contest = session.get_one(Contest, other_event.contest_id)
    for role in Role:
        grant(everywhere, role)
        for scope in (stand.other_city, other_event, other_contest):
            grant(elsewhere, role, scope)
    bob = make_account(make_person(unit=stand.other_firm))
    session.commit()
    ids |= _of_marking(session, sat, everywhere, graded)
    return World(stand, alice, bob, elsewhere, everywhere, sat.lease, ids)


def _of_marking(session: Session, sat: Sat, judge: Account, graded: Sat) -> dict[str, int | str]:
    """Two written answers on alice's paper: one is kept for the judge, the other has two marks far apart;
    and a settled one on a graded paper of somebody else."""
    exam_id = session.get_one(Attempt, sat.attempt_id).exam_id
    version = add_essay_version(session, exam_id)
    made = [
        EssayAnswer(
            exam_id=exam_id, attempt_id=sat.attempt_id, slot=slot, part=0, section=0, question_version_id=version.id,
            answer_digest="0" * 64, out_of=10,
        )
        for slot in (0, 1)
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    held, differing = (answer.id for answer in made)
    session.add(EssayClaim(answer_id=held, account_id=judge.id, until=clock.now() + timedelta(hours=1)))
    for mark in (2, 9):
        session.add(EssayMark(answer_id=differing, account_id=make_account().id, mark=mark))
    session.commit()
    settled = _settled_answer(session, graded, version.id)
    return {
        "marking.correction.answer_id": settled,
        "marking.correct.answer_id": settled,
        "marking.answer_id": held,
        "marking.differing.answer_id": differing,
        "marking.decide.answer_id": differing,
    }


def _settled_answer(session: Session, graded: Sat, version_id: int) -> int:
    attempt_id = graded.attempt_id
    with transaction():
        submit(attempt_id, graded.person_id, graded.lease, clock.now())
    exam_id = session.get_one(Attempt, attempt_id).exam_id
    answer = EssayAnswer(
        exam_id=exam_id, attempt_id=attempt_id, slot=0, part=0, section=0, question_version_id=version_id,
        answer_digest="0" * 64, out_of=10, mark=7, settled_at=clock.now(),
    )  # fmt: skip
    grade = Grade(
        attempt_id=attempt_id, version=1, marks=["7"], sections=[], mark=7, full_mark=10, score=70, input_digest="0",
        code_version="0",
    )  # fmt: skip
    session.add_all([answer, grade])
    session.flush()
    sheet = session.get_one(Sheet, attempt_id)
    sheet.state, sheet.current_grade_id = "graded", grade.id
    session.commit()
    return answer.id


def _session_of(session: Session, exam_id: int) -> dict[str, int | str]:
    """A session of alice's exam; she started before it was offered."""
    at = clock.now()
    made = ExamSession(
        exam_id=exam_id,
        key="am",
        title={"zh": "上午场"},
        opens_at=at,
        starts_until=at + timedelta(hours=1),
        closes_at=at + timedelta(hours=2),
        seats=3,
    )
    session.add(made)
    session.flush()
    return {"session_id": made.id}


def _ruling(session: Session, exam_id: int, version_id: int) -> int:
    row = Ruling(
        exam_id=exam_id, question_version_id=version_id, kind="drop", reason="题目有误", state="cancelled"
    )
    session.add(row)
    session.flush()
    return row.id


def _objects(session: Session, stand: Stand, alice: Account, exam_id: int) -> dict[str, int | str]:
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
    session.add_all(
        [
            change,
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


def _of_bank(session: Session, stand: Stand, version: BankVersion) -> dict[str, int | str]:
    bank = session.get_one(Bank, version.bank_id)
    bank.organisation_id = stand.city.id
    file = StoredFile(digest="0" * 64, public_name="1" * 32, size_bytes=1, media_type="text/plain")
    session.add(file)
    session.flush()
    upload = BankUpload(bank_id=bank.id, file_id=file.id, file_name="题库.xlsx", state="failed")
    session.add(upload)
    session.flush()
    return {
        "banks.code": bank.code,
        "exam.bank_analyses.code": bank.code,
        "exam.preview_question.code": bank.code,
        "exam.settle_comment.code": bank.code,
        "comment_id": _comment(session, bank),
        **{
            f"exam.{name}.{part}": value
            for name in (
                "question_life",
                "retire_question",
                "ask_question_back",
                "restore_question",
                "comment_question",
            )
            for part, value in (("code", bank.code), ("key", "q-0"))
        },
        "banks.key": "q-0",
        "banks.upload_id": upload.id,
        "number": version.number,
    }


def _comment(session: Session, bank: Bank) -> int:
    question = session.scalars(select(Question).where(Question.bank_id == bank.id).limit(1)).one()
    row = QuestionComment(question_id=question.id, account_id=0, said="请核对")
    session.add(row)
    session.flush()
    return row.id


def _of_learning(session: Session, participation_id: int, version: BankVersion) -> dict[str, int | str]:
    """A course with a quiz, a round that alice has begun, an entry of her points and a request about it."""
    participation = session.get_one(Participation, participation_id)
    course = Course(code="course-of-alice", title={"zh": "用电"}, current_version_id=1)
    session.add(course)
    session.flush()
    lesson = Lesson(
        course_id=course.id,
        key="quiz",
        kind="quiz",
        position=1,
        title={"zh": "小测"},
        content={"bank": session.get_one(Bank, version.bank_id).code, "topics": [], "count": 2},
    )
    ids = {"contest_id": participation.contest_id, "participation_id": participation_id}
    entry = PointEntry(**ids, source_kind="question", source_id="1", points=1, rule="quiz")
    session.add_all([lesson, CourseEvent(course_id=course.id, event_id=participation.event_id), entry])
    session.flush()
    asked = session.scalars(
        select(QuestionVersion)
        .join(BankVersionQuestion, BankVersionQuestion.question_version_id == QuestionVersion.id)
        .where(BankVersionQuestion.bank_version_id == version.id)
        .limit(2)
    ).all()
    begun = QuizRound(
        **ids,
        lesson_id=lesson.id,
        title={"zh": "小测"},
        question_ids=[one.question_id for one in asked],
        version_ids=[one.id for one in asked],
        option_seed="seed",
        shown_at=clock.now(),
        started_at=clock.now(),
    )
    request = PointReversal(**ids, entry_id=entry.id, reason="核对有误", asked_by_account_id=0)
    session.add_all([begun, request])
    session.flush()
    return _of_watching(session, participation, course) | {
        "lesson_id": lesson.id,
        "round_id": begun.id,
        "slot": 0,
        "entry_id": entry.id,
        "request_id": request.id,
    }


def _of_entry(session: Session, alice: Account) -> dict[str, int | str]:
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


def _of_drill(session: Session, participation_id: int) -> dict[str, int | str]:
    """A published drill in the event that alice takes part in."""
    participation = session.get_one(Participation, participation_id)
    course = Course(code="drills-of-alice", title={"zh": "演练"})
    session.add(course)
    session.commit()
    drill = parse_drill(ORDER)
    with keys_scope(), transaction():
        version = CourseVersion(course_id=course.id, number=1, text="", digest="drills")
        session.add(version)
        session.flush()
        session.add(DrillText(course_version_id=version.id, path="drills/do.toml", text=ORDER))
        session.flush()
        version_id = version.id
    content = {
        "version_id": version_id,
        "path": "drills/do.toml",
        "drill": public_part(drill),
        "picture": None,
    }
    lesson = Lesson(
        course_id=course.id, key="do", kind="drill", position=0, title={"zh": "演练"}, content=content
    )
    session.get_one(Course, course.id).current_version_id = version_id
    session.add_all([lesson, CourseEvent(course_id=course.id, event_id=participation.event_id)])
    session.flush()
    endpoints = ("drill", "drill_begin", "drill_step")
    return {"lesson_id": lesson.id, **{f"learning.{one}.lesson_id": lesson.id for one in endpoints}}


def _of_course_area(session: Session, stand: Stand) -> dict[str, int | str]:
    """A course of an event of the stand: one version, and a draft that changes it."""
    audience = Audience(stand.contest.code, (stand.event.code,))
    lesson = CourseLesson("read", LessonKind.TEXT, Text("读"), Text(""), text="texts/read.md")
    rules = CourseRules("course-area", Text("用电安全"), Text(""), Text(""), "", (audience,), (lesson,))
    session.commit()
    with keys_scope(), transaction():
        course_id = course_service.create_course(rules, 0, lambda place: True)
        file_id = media.store("你好\n".encode(), "text/markdown")
        change = course_service.DraftChange(lambda course: course, {"texts/read.md": file_id})
        course_service.change_draft(course_id, 1, change, 0, lambda place: True)
        made = course_service.publish_draft(course_id, 2, "第一版", 0, lambda bank: True)
        course_service.start_draft_from(made.version_id, 0, lambda place: True)
    values: dict[str, int | str] = {"code": "course-area", "key": "read", "kind": "text", "number": 1}
    return {"kind": "text"} | {f"courses.{name}": value for name, value in values.items()}


def _of_watching(session: Session, participation: Participation, course: Course) -> dict[str, int | str]:
    """A video with its text version, a text, and the player that alice has open."""
    file = StoredFile(digest="2" * 64, public_name="3" * 32, size_bytes=1, media_type="video/mp4")
    session.add(file)
    session.flush()
    text = {"markdown": "合闸前验电。", "pictures": {}, "characters": 6}
    film: dict[str, Any] = {"video": file.id, "low": None, "captions": [], "size": 1, "low_size": None, "duration_s": 60, "digest": "2" * 64}  # fmt: skip
    video = Lesson(
        course_id=course.id, key="video", kind="video", position=2, title={"zh": "看"}, content=text | film
    )
    read = Lesson(course_id=course.id, key="text", kind="text", position=3, title={"zh": "读"}, content=text)
    session.add_all([video, read])
    session.flush()
    with_file = {
        "participation_id": participation.id,
        "lesson_id": video.id,
        "file_digest": file.digest,
        "length_s": 60,
    }
    at = clock.now()
    player = WatchSession(
        **with_file,
        id="player-of-alice-000000",
        person_id=participation.person_id,
        enough_s=54,
        min_time_s=0,
        max_speed=1,
        opens_at=at,
        closes_at=at + timedelta(days=1),
        started_at=at,
        beat_at=at,
        budget_s=5,
        presence_from_s=60,
        presence_to_s=60,
        presence_wait_s=60,
    )
    session.add_all([WatchProgress(**with_file), player])
    session.flush()
    return {
        "learning.watch.lesson_id": video.id,
        "learning.watch_text.lesson_id": video.id,
        "learning.watch_text_done.lesson_id": video.id,
        "learning.play.lesson_id": video.id,
        "learning.read.lesson_id": read.id,
        "learning.read_done.lesson_id": read.id,
        "player": player.id,
    }


def _certificate(session: Session, stage: Stage, sat: Sat) -> dict[str, int | str]:
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
    return {"serial": made.serial, "certificates.request_id": asked.id, "stage_id": stage.id}


def _of_list(session: Session, stage: Stage, alice: Account) -> dict[str, int | str]:
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
    session.add(objection)
    session.flush()
    return {
        "stage_id": stage.id,
        "stages.action_id": action.id,
        "objection_id": objection.id,
        "stages.reference": objection.reference,
        "version": 1,
    }


def _of_halls(session: Session, exam_id: int, participation_id: int, action_id: int) -> dict[str, int | str]:
    """Alice's seat in a hall of her exam, with the picture on her ticket; a neighbour goes on on paper."""
    neighbour = sit(exam_id, hall="甲")
    hall = Hall(
        exam_id=exam_id,
        site="职教中心",
        address={"zh": "长春路"},
        name="甲",
        labels=["1", "2"],
        needs_check_in=False,
    )
    session.add(hall)
    session.flush()
    code = "ABCDEFGH"
    session.add(
        HallSeat(
            exam_id=exam_id,
            participation_id=participation_id,
            hall_id=hall.id,
            label="1",
            code=code,
            seated_at=clock.now(),
        )
    )
    session.flush()
    session.add(HallPlan(exam_id=exam_id, words={}, tickets_from=clock.now()))
    paper = HallPaper(
        exam_id=exam_id, attempt_id=neighbour.attempt_id, code="HGFEDCBA", slots=[0, 1], until=clock.now(),
        action_id=action_id, made_at=clock.now(),
    )  # fmt: skip
    session.add(paper)
    session.flush()
    scan = HallScan(
        paper_id=paper.id,
        file_id=media.store(b"%PDF-1.7", "application/pdf"),
        name="答卷.pdf",
        by_account_id=0,
        at=clock.now(),
    )
    session.add(scan)
    session.flush()
    secret = current_app.config["SECRET_KEY"]
    return {
        "paper_id": paper.id,
        "scan_id": scan.id,
        "hall_id": hall.id,
        "token": codes.signed(secret, exam_id, code),
        "halls.participation_id": participation_id,
    }


FORM = {
    "why": "已在现场查看身份证", "reason": "现场停电十分钟", "decision": "confirm", "confirm": "y", "consent": "y",
    "outcome": "已更换手机号", "subject": "无法登录", "text": "手机号已停用", "name": "陆晓晓", "minutes": "10",
    "occupation": "worker", "role": "help-desk", "scope": "everything", "parent": "", "target": "", "code": "12345678",
    "revision": "1", "step": "0", "explanation": "第一次注册", "valid_only": "1", "exceptions": "情况属实",
}  # fmt: skip
"""What most forms take, so that a refused form does not hide a missing check of whose thing it is."""


def comparable(body: str, values: Iterable[int | str]) -> str:
    """A page without what differs between any two answers: nonces, tokens, keys, the ids asked for."""
    body = re.sub(r'nonce-[\w-]+|nonce="[^"]*"', "NONCE", body)
    body = re.sub(
        r'(?i)(csrf[-_]?token"?[^>]{0,40}?(?:value|content|data-[a-z-]+)=|X-CSRFToken": |data-csrf=)"[^"]*"',
        "TOKEN",
        body,
    )
    body = re.sub(r'next=[^"&]*', "NEXT", body)
    body = re.sub(r'name="key"[^>]*value="[^"]*"', "KEY", body)
    for value in sorted(map(str, values), key=len, reverse=True):
        body = re.sub(rf"(?<![\w-]){re.escape(value)}(?![\w-])", "ID", body)
    return body


def all_rows(session: Session, without: frozenset[str] = SEEN_MARKERS) -> dict[str, list[str]]:
    """Every row of every table as text, by table."""
    session.rollback()
    return {
        table.name: sorted(session.scalars(text(f'SELECT t::text FROM "{table.name}" t')))
        for table in Base.metadata.tables.values()
        if table.schema is None and table.name not in without
    }


def changed(before: dict[str, list[str]], after: dict[str, list[str]]) -> list[str]:
    """'table: row' of each row that came, went or changed."""
    return [f"{table}: {row[:160]}" for table in before for row in sorted({*before[table]} ^ {*after[table]})]
