"""Making a version the one that people learn from: lesson rows that points hang on."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from webapp.audit.service import record
from webapp.banks import queries as banks
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.courses import queries
from webapp.courses.errors import LessonKindChanged, SealedQuizBank
from webapp.courses.models import Course as CourseRow
from webapp.courses.models import CourseVersion
from webapp.courses.models import Lesson as LessonRow
from webapp.courses.queries.staff import drills_of, files_of
from webapp.courses.rules.course import Course, Lesson
from webapp.courses.rules.parse import parse_course
from webapp.courses.rules.parse_drill import parse_drill
from webapp.courses.service.assignments import assign_events


def publish(version_id: int, why: str = "", program: str = "") -> None:
    """Make a version the one that people learn from. Inside keys_scope() and a transaction.

    why: for the audit; the version's own note when left out.
    Raise NotFound; LessonKindChanged when a key was published as another kind; SealedQuizBank."""
    version = db.session.get(CourseVersion, version_id)
    if version is None:
        raise NotFound
    row = db.session.scalars(
        select(CourseRow).where(CourseRow.id == version.course_id).with_for_update()
    ).one()
    course = parse_course(version.text)
    _refuse_sealed(course)
    row.title, row.summary, row.academy = (
        asdict(course.title),
        asdict(course.summary),
        asdict(course.academy),
    )
    _write_lessons(row.id, version_id, course)
    row.current_version_id = version_id
    db.session.flush()
    assign_events(row.id)
    record("course.publish", "course", row.id, why or version.note, program, number=version.number)


def _refuse_sealed(course: Course) -> None:
    """Sealed banks are closed to people (DECISIONS 11), and so to what people learn with."""
    named = {lesson.bank for lesson in course.lessons if lesson.bank}
    if not named:
        return
    for bank in banks.banks():
        if bank.is_sealed and bank.code in named:
            raise SealedQuizBank(bank=bank.code)


def _write_lessons(course_id: int, version_id: int, course: Course) -> None:
    files, drills = files_of(version_id), drills_of(version_id)
    kinds = queries.lesson_kinds(course_id)
    for position, lesson in enumerate(course.lessons):
        if kinds.get(lesson.key, lesson.kind.value) != lesson.kind.value:
            raise LessonKindChanged(key=lesson.key, kind=kinds[lesson.key])
        values = {
            "kind": lesson.kind.value,
            "position": position,
            "title": asdict(lesson.title),
            "summary": asdict(lesson.summary),
            "sources": list(lesson.sources),
            "content": _content(version_id, lesson, files, drills),
            "is_withdrawn": False,
        }
        db.session.execute(
            insert(LessonRow)
            .values(course_id=course_id, key=lesson.key, **values)
            .on_conflict_do_update(index_elements=["course_id", "key"], set_=values)
        )
    keys = [lesson.key for lesson in course.lessons]
    db.session.execute(
        update(LessonRow)
        .where(LessonRow.course_id == course_id, LessonRow.key.not_in(keys))
        .values(is_withdrawn=True)
    )


def _content(
    version_id: int, lesson: Lesson, files: Mapping[str, int], drills: Mapping[str, str]
) -> dict[str, Any]:
    """The public content of a lesson; a drill's also names the version that its answers are in."""
    if not lesson.drill:
        return queries.lesson_content(lesson, files)
    drill = parse_drill(drills[lesson.drill], lesson.drill)
    return queries.lesson_content(lesson, files, drill) | {"version_id": version_id}
