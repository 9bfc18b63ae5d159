"""What an event learns from, and the parts of each published lesson."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from webapp.contests.rules.blueprint import Text
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.courses.models import Course, CourseEvent, DrillText, Lesson
from webapp.courses.queries.parts import (
    QuizPart,
    TextPart,
    VideoPart,
    drill_part,
    quiz_part,
    text_part,
    video_part,
)
from webapp.courses.rules.course import LessonKind
from webapp.courses.rules.drill import Drill
from webapp.courses.rules.parse_drill import parse_drill


@dataclass(frozen=True)
class LessonView:
    """A lesson of a published course. duration_s, size_bytes, low_size_bytes: of its video, else None."""

    lesson_id: int
    course_id: int
    course_code: str
    key: str
    kind: LessonKind
    title: Text
    summary: Text
    position: int
    duration_s: int | None
    size_bytes: int | None
    low_size_bytes: int | None
    sources: tuple[str, ...]


@dataclass(frozen=True)
class CourseView:
    """A published course with its lessons in order."""

    course_id: int
    code: str
    title: Text
    summary: Text
    academy: Text
    lessons: tuple[LessonView, ...]


def courses_of_event(event_id: int) -> list[CourseView]:
    """The published courses of an event, in order of their codes. Two statements."""
    courses = db.session.scalars(
        select(Course)
        .join(CourseEvent, CourseEvent.course_id == Course.id)
        .where(CourseEvent.event_id == event_id, Course.current_version_id.is_not(None))
        .order_by(Course.code)
    ).all()
    lessons: dict[int, list[LessonView]] = {course.id: [] for course in courses}
    codes = {course.id: course.code for course in courses}
    for row in db.session.scalars(
        select(Lesson)
        .where(Lesson.course_id.in_(codes), Lesson.is_withdrawn.is_(False))
        .order_by(Lesson.course_id, Lesson.position)
    ):
        lessons[row.course_id].append(lesson_view(row, codes[row.course_id]))
    return [
        CourseView(
            course.id,
            course.code,
            text_of_pair(course.title),
            text_of_pair(course.summary),
            text_of_pair(course.academy),
            tuple(lessons[course.id]),
        )
        for course in courses
    ]


def lesson_of_event(event_id: int, lesson_id: int) -> LessonView:
    """A lesson that this event learns from. Raise NotFound when foreign, withdrawn or not published."""
    row = db.session.execute(
        select(Lesson, Course.code)
        .join(Course, Course.id == Lesson.course_id)
        .join(CourseEvent, CourseEvent.course_id == Course.id)
        .where(
            CourseEvent.event_id == event_id,
            Lesson.id == lesson_id,
            Lesson.is_withdrawn.is_(False),
            Course.current_version_id.is_not(None),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return lesson_view(row.Lesson, row.code)


def titles_of(lesson_ids: list[int]) -> dict[int, Text]:
    """Titles of lessons by id, withdrawn ones too."""
    rows = db.session.execute(select(Lesson.id, Lesson.title).where(Lesson.id.in_(lesson_ids)))
    return {row.id: text_of_pair(row.title) for row in rows}


def video_of(lesson_id: int) -> VideoPart:
    """The video of a lesson. Raise NotFound."""
    return video_part(_content(lesson_id, LessonKind.VIDEO))


def text_of(lesson_id: int) -> TextPart:
    """The text of a lesson. Raise NotFound."""
    return text_part(_content(lesson_id, LessonKind.TEXT))


def quiz_of(lesson_id: int) -> QuizPart:
    """From where a quiz is drawn. Raise NotFound."""
    return quiz_part(_content(lesson_id, LessonKind.QUIZ))


def drill_public(lesson_id: int) -> dict[str, Any]:
    """What may be seen of a drill before a step was judged (rules/drill.py); "picture" is an address."""
    return drill_part(_content(lesson_id, LessonKind.DRILL))


def drill_version(lesson_id: int) -> int:
    """The course version that a new run of this drill belongs to. Raise NotFound."""
    return int(_content(lesson_id, LessonKind.DRILL)["version_id"])


def drill_key(lesson_id: int, version_id: int | None = None) -> Drill:
    """The whole drill, answers included, of the published version or of an earlier one. Inside keys_scope().

    Raise NotFound."""
    content = _content(lesson_id, LessonKind.DRILL)
    text = db.session.scalar(
        select(DrillText.text).where(
            DrillText.course_version_id == (version_id or content["version_id"]),
            DrillText.path == content["path"],
        )
    )
    if text is None:
        raise NotFound
    return parse_drill(text, content["path"])


def lesson_view(row: Lesson, course_code: str) -> LessonView:
    """The view of a lesson row."""
    return LessonView(
        lesson_id=row.id,
        course_id=row.course_id,
        course_code=course_code,
        key=row.key,
        kind=LessonKind(row.kind),
        title=text_of_pair(row.title),
        summary=text_of_pair(row.summary),
        position=row.position,
        duration_s=row.content.get("duration_s"),
        size_bytes=row.content.get("size"),
        low_size_bytes=row.content.get("low_size"),
        sources=tuple(row.sources),
    )


def text_of_pair(pair: dict[str, str]) -> Text:
    """A stored {zh, en} pair."""
    return Text(pair.get("zh", ""), pair.get("en", ""))


def _content(lesson_id: int, kind: LessonKind) -> dict[str, Any]:
    content: dict[str, Any] | None = db.session.scalar(
        select(Lesson.content).where(Lesson.id == lesson_id, Lesson.kind == kind.value)
    )
    if content is None:
        raise NotFound
    return content
