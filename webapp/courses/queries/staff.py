"""What organisers see: courses with their events, drafts, versions."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from webapp.contests.rules.blueprint import Text
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.courses.models import (
    Course,
    CourseDraft,
    CourseEvent,
    CourseFile,
    CourseVersion,
    DraftDrill,
    DraftFile,
    DrillText,
    Lesson,
)
from webapp.courses.queries.lessons import text_of_pair
from webapp.courses.rules.course import Course as CourseRules
from webapp.courses.rules.parse import parse_course


@dataclass(frozen=True)
class CourseHead:
    """A course in a list. event_ids: of the published version and of the draft; lessons: published ones."""

    course_id: int
    code: str
    title: Text
    published_number: int | None
    draft_changed_at: datetime | None
    lessons: int
    event_ids: frozenset[int]
    created_by_account_id: int | None


@dataclass(frozen=True)
class VersionView:
    """A version in a course's history."""

    version_id: int
    course_id: int
    number: int
    digest: str
    note: str
    made_at: datetime
    is_published: bool


@dataclass(frozen=True)
class WorkingCopy:
    """What the next change starts from: the draft, else the published (or newest) version.

    revision: of the draft, 0 without one. files: path -> file id."""

    course: CourseRules
    text: str
    files: Mapping[str, int]
    revision: int
    version_id: int | None

    @property
    def is_draft(self) -> bool:
        return self.revision > 0


def course_heads(code: str | None = None) -> list[CourseHead]:
    """All courses by code, or the one with this code. Three statements however many there are."""
    query = (
        select(Course, CourseVersion.number, CourseDraft)
        .outerjoin(CourseVersion, CourseVersion.id == Course.current_version_id)
        .outerjoin(CourseDraft, CourseDraft.course_id == Course.id)
        .order_by(Course.code)
    )
    rows = db.session.execute(query if code is None else query.where(Course.code == code)).all()
    ids = [row.Course.id for row in rows]
    counted = select(Lesson.course_id, func.count().label("lessons")).where(
        Lesson.course_id.in_(ids), Lesson.is_withdrawn.is_(False)
    )
    lessons = {row.course_id: row.lessons for row in db.session.execute(counted.group_by(Lesson.course_id))}
    events: dict[int, set[int]] = {course_id: set() for course_id in ids}
    for row in db.session.execute(
        select(CourseEvent.course_id, CourseEvent.event_id).where(CourseEvent.course_id.in_(ids))
    ):
        events[row.course_id].add(row.event_id)
    return [
        CourseHead(
            row.Course.id,
            row.Course.code,
            text_of_pair(row.Course.title),
            row.number,
            row.CourseDraft.changed_at if row.CourseDraft else None,
            lessons.get(row.Course.id, 0),
            frozenset(events[row.Course.id] | set(row.CourseDraft.event_ids if row.CourseDraft else ())),
            row.Course.created_by_account_id,
        )
        for row in rows
    ]


def course_head(code: str) -> CourseHead:
    """One course. Raise NotFound."""
    found = course_heads(code)
    if not found:
        raise NotFound
    return found[0]


def working_copy(course_id: int) -> WorkingCopy:
    """The draft of a course, else its published version, else its newest one. Raise NotFound."""
    draft = db.session.get(CourseDraft, course_id, populate_existing=True)
    if draft is not None:
        files = db.session.execute(
            select(DraftFile.path, DraftFile.file_id).where(DraftFile.course_id == course_id)
        )
        held = {row.path: row.file_id for row in files}
        return WorkingCopy(parse_course(draft.text), draft.text, held, draft.revision, None)
    version_row = db.session.scalars(
        select(CourseVersion)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(CourseVersion.course_id == course_id)
        .order_by((CourseVersion.id == Course.current_version_id).desc(), CourseVersion.number.desc())
        .limit(1)
    ).one_or_none()
    if version_row is None:
        raise NotFound
    return WorkingCopy(
        parse_course(version_row.text), version_row.text, files_of(version_row.id), 0, version_row.id
    )


def files_of(version_id: int) -> dict[str, int]:
    """The files of a version: path -> file id."""
    rows = db.session.execute(
        select(CourseFile.path, CourseFile.file_id).where(CourseFile.course_version_id == version_id)
    )
    return {row.path: row.file_id for row in rows}


def drills_of(version_id: int) -> dict[str, str]:
    """The drills of a version: path -> text, answers included. Inside keys_scope()."""
    rows = db.session.execute(
        select(DrillText.path, DrillText.text).where(DrillText.course_version_id == version_id)
    )
    return {row.path: row.text for row in rows}


def draft_drills(course_id: int) -> dict[str, str]:
    """The drills of a draft: path -> text, answers included. Inside keys_scope()."""
    rows = db.session.execute(
        select(DraftDrill.path, DraftDrill.text).where(DraftDrill.course_id == course_id)
    )
    return {row.path: row.text for row in rows}


def drill_text(course_id: int, copy: WorkingCopy, path: str) -> str:
    """The text of a drill as the working copy has it. Inside keys_scope(). Raise NotFound."""
    drills = draft_drills(course_id) if copy.version_id is None else drills_of(copy.version_id)
    if path not in drills:
        raise NotFound
    return drills[path]


def lesson_kinds(course_id: int) -> dict[str, str]:
    """Key -> kind of every lesson that was ever published, withdrawn ones too."""
    rows = db.session.execute(select(Lesson.key, Lesson.kind).where(Lesson.course_id == course_id))
    return {row.key: row.kind for row in rows}


def present_lessons(course_id: int) -> dict[str, Text]:
    """Key -> title of the lessons that learners see now, in order."""
    rows = db.session.execute(
        select(Lesson.key, Lesson.title)
        .where(Lesson.course_id == course_id, Lesson.is_withdrawn.is_(False))
        .order_by(Lesson.position)
    )
    return {row.key: text_of_pair(row.title) for row in rows}


def present_banks(course_id: int) -> frozenset[str]:
    """The question banks that the published quizzes draw from."""
    contents = db.session.scalars(
        select(Lesson.content).where(
            Lesson.course_id == course_id, Lesson.kind == "quiz", Lesson.is_withdrawn.is_(False)
        )
    )
    return frozenset(content["bank"] for content in contents)


def versions(course_id: int) -> list[VersionView]:
    """The versions of a course, the newest first."""
    rows = db.session.execute(
        select(CourseVersion, Course.current_version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(CourseVersion.course_id == course_id)
        .order_by(CourseVersion.number.desc())
    )
    return [_version_view(row.CourseVersion, row.current_version_id) for row in rows]


def version(course_id: int, number: int) -> VersionView:
    """One version. Raise NotFound."""
    row = db.session.execute(
        select(CourseVersion, Course.current_version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(CourseVersion.course_id == course_id, CourseVersion.number == number)
    ).one_or_none()
    if row is None:
        raise NotFound
    return _version_view(row.CourseVersion, row.current_version_id)


def _version_view(row: CourseVersion, current: int | None) -> VersionView:
    return VersionView(
        row.id, row.course_id, row.number, row.digest, row.note, row.made_at, row.id == current
    )
