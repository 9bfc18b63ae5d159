"""Courses of the world: quizzes, drills, videos, a course area with a draft."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.integration.registration.stand import Stand
from tests.unit.courses.texts import ORDER
from webapp.banks.models import (
    Bank,
    BankVersion,
    BankVersionQuestion,
    QuestionVersion,
)
from webapp.contests.rules.blueprint import Text
from webapp.core import clock
from webapp.core.db import keys_scope
from webapp.core.transaction import transaction
from webapp.courses import service as course_service
from webapp.courses.models import Course, CourseEvent, CourseVersion, DrillText, Lesson
from webapp.courses.rules.course import Audience, LessonKind
from webapp.courses.rules.course import Course as CourseRules
from webapp.courses.rules.course import Lesson as CourseLesson
from webapp.courses.rules.drill import public_part
from webapp.courses.rules.parse_drill import parse_drill
from webapp.learning.models import PointEntry, PointReversal, QuizRound, WatchProgress, WatchSession
from webapp.media import service as media
from webapp.media.models import StoredFile
from webapp.registration.models import Participation


def of_learning(session: Session, participation_id: int, version: BankVersion) -> dict[str, int | str]:
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


def of_drill(session: Session, participation_id: int) -> dict[str, int | str]:
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


def of_course_area(session: Session, stand: Stand) -> dict[str, int | str]:
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
