"""Drafts: what organisers change on pages. Each change makes a canonical course.toml; publishing makes a version."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO

from sqlalchemy import delete, select

from webapp.audit.service import record
from webapp.contests.rules.places import line_index, line_of
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Conflict, NotFound
from webapp.core.problems import Problem
from webapp.core.words import N_, Message
from webapp.courses import queries
from webapp.courses.errors import (
    CourseCodeTaken,
    CourseInvalid,
    ForeignEvent,
    LessonKindChanged,
    NoLesson,
    NothingToPublish,
)
from webapp.courses.formats.course_text import course_text
from webapp.courses.formats.folder import check_drill, check_file, check_files, used_files
from webapp.courses.models import Course as CourseRow
from webapp.courses.models import CourseDraft, CourseVersion, DraftDrill, DraftFile
from webapp.courses.queries.staff import draft_drills, drills_of, files_of
from webapp.courses.rules.course import Course
from webapp.courses.rules.parse import parse_course
from webapp.courses.service.publishing import publish
from webapp.courses.service.uploads import read_zip
from webapp.courses.service.versions import Imported, Material, course_row, keep_version
from webapp.media import service as media

FOREIGN_BANK = Message(N_("There is no question bank of this code that you may draw from."))
UNKNOWN_EVENT = Message(N_("No contest has this event."))
MayTeach = Callable[[queries.EventPlace], bool]
"""Whether the person may give courses to an event; scopes are the caller's business."""


@dataclass(frozen=True)
class DraftChange:
    """One change of a draft: of the course, and files and drills that come with it, by path."""

    edit: Callable[[Course], Course]
    files: Mapping[str, int] = field(default_factory=dict)
    drills: Mapping[str, str] = field(default_factory=dict)


def create_course(course: Course, account_id: int, may_teach: MayTeach) -> int:
    """A new course as a draft; its id. Raise CourseCodeTaken, CourseInvalid, ForeignEvent."""
    text = course_text(course)
    parse_course(text)
    if db.session.scalar(select(CourseRow.id).where(CourseRow.code == course.code)) is not None:
        raise CourseCodeTaken
    row = course_row(course, account_id)
    _keep(row.id, Material(course, text, {}, {}), account_id, may_teach)
    record("course.create", "course", row.id, code=course.code)
    return row.id


def change_draft(
    course_id: int, revision: int, change: DraftChange, account_id: int, may_teach: MayTeach
) -> None:
    """Change the draft of a course; without one, begin it from the published version. Inside keys_scope().

    revision: of the draft that the person saw (0: none). Raise Conflict when somebody changed it in the
    meantime; CourseInvalid; ForeignEvent; LessonKindChanged; NotFound."""
    copy, present = _locked_copy(course_id, revision)
    course = change.edit(copy.course)
    material = Material(
        course, course_text(course), {**copy.files, **change.files}, {**present, **change.drills}
    )
    parse_course(material.text)
    problems: list[Problem] = []
    for path, text in change.drills.items():
        problems += check_drill(path, text, material.files)
    for path, file_id in change.files.items():
        if path.endswith(".md"):
            problems += check_file(path, media.place_of(file_id), material.files)
    if problems:
        raise CourseInvalid(problems)
    kinds = queries.lesson_kinds(course_id)
    for lesson in course.lessons:
        if kinds.get(lesson.key, lesson.kind.value) != lesson.kind.value:
            raise LessonKindChanged(key=lesson.key, kind=kinds[lesson.key])
    _keep(course_id, material, account_id, may_teach)
    record("course.draft", "course", course_id, revision=copy.revision + 1, files=sorted(change.files))


def draft_from_zip(
    content: IO[bytes], name: str, account_id: int, may_teach: MayTeach, may_edit: Callable[[str], bool]
) -> str:
    """Make the course in a zip a draft: of a new course, or instead of the draft of a present one; its code.

    may_edit: whether the person may change the course with this code. Inside keys_scope().
    Raise CourseInvalid with every problem; CourseCodeTaken when it is somebody else's; ForeignEvent."""
    material = read_zip(content, name)
    code = material.course.code
    is_known = db.session.scalar(select(CourseRow.id).where(CourseRow.code == code)) is not None
    if is_known and not may_edit(code):
        raise CourseCodeTaken
    row = course_row(material.course, account_id)
    _keep(row.id, material, account_id, may_teach)
    record("course.upload", "course", row.id, code=code, files=len(material.files))
    return code


def start_draft_from(version_id: int, account_id: int, may_teach: MayTeach) -> None:
    """Make an earlier version the draft, instead of the present one. Inside keys_scope(). Raise NotFound."""
    version = db.session.get(CourseVersion, version_id)
    if version is None:
        raise NotFound
    material = Material(parse_course(version.text), version.text, files_of(version_id), drills_of(version_id))
    _keep(version.course_id, material, account_id, may_teach)
    record("course.restore", "course", version.course_id, number=version.number)


def discard_draft(course_id: int) -> bool:
    """Put a draft aside; False when the course is gone with it because nothing else was ever made of it.

    Inside keys_scope()."""
    db.session.scalars(select(CourseRow).where(CourseRow.id == course_id).with_for_update()).one()
    _forget(course_id)
    record("course.discard", "course", course_id)
    has_version = db.session.scalar(
        select(CourseVersion.id).where(CourseVersion.course_id == course_id).limit(1)
    )
    if has_version is None:
        db.session.execute(delete(CourseRow).where(CourseRow.id == course_id))
    return has_version is not None


def publish_draft(
    course_id: int, revision: int, note: str, account_id: int, may_draw: Callable[[str], bool]
) -> Imported:
    """Make the draft a version and publish it; files that nothing names any more stay behind.

    note: what changed, in the person's words. may_draw: whether the person's quizzes may draw from the bank with
    this code: learners, and so the person, see its questions. Inside keys_scope().
    Raise Conflict, CourseInvalid, NoLesson, NothingToPublish, LessonKindChanged, SealedQuizBank."""
    copy, drills = _locked_copy(course_id, revision)
    if not copy.is_draft:
        raise NothingToPublish
    if not copy.course.lessons:
        raise NoLesson
    named = {lesson.drill for lesson in copy.course.lessons}
    drills = {path: text for path, text in drills.items() if path in named}
    places = {path: media.place_of(file_id) for path, file_id in copy.files.items()}
    problems = check_files(copy.course, places, drills, copy.text) + _of_banks(course_id, copy, may_draw)
    if problems:
        raise CourseInvalid(problems)
    used = used_files(copy.course, places, drills)
    files = {path: file_id for path, file_id in copy.files.items() if path in used}
    made = keep_version(Material(copy.course, copy.text, files, drills), account_id, note=note)
    if db.session.get_one(CourseRow, course_id).current_version_id == made.version_id:
        raise NothingToPublish
    publish(made.version_id, note)
    _forget(course_id)
    return made


def _locked_copy(course_id: int, revision: int) -> tuple[queries.WorkingCopy, dict[str, str]]:
    """The working copy and its drills, the course locked. Raise Conflict, NotFound."""
    row = db.session.scalars(
        select(CourseRow).where(CourseRow.id == course_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    copy = queries.working_copy(course_id)
    if copy.revision != revision:
        raise Conflict
    return copy, draft_drills(course_id) if copy.version_id is None else drills_of(copy.version_id)


def _keep(course_id: int, material: Material, account_id: int, may_teach: MayTeach) -> None:
    """Store a draft whole. Raise ForeignEvent, CourseInvalid when it names events that no contest has."""
    places = queries.places()
    unknown = queries.unknown_events(material.course.audiences, places)
    if unknown:
        raise CourseInvalid([_unknown(name) for name in unknown])
    events = queries.places_of(material.course.audiences, places)
    foreign = [f"{place.contest_code}/{place.code}" for place in events if not may_teach(place)]
    if foreign:
        raise ForeignEvent(events=", ".join(foreign))
    draft = db.session.get(CourseDraft, course_id, populate_existing=True)
    if draft is None:
        draft = CourseDraft(course_id=course_id, text="", revision=0)
        db.session.add(draft)
    draft.text, draft.revision = material.text, draft.revision + 1
    draft.event_ids = sorted(place.event_id for place in events)
    draft.changed_by_account_id, draft.changed_at = account_id, clock.now()
    _forget_parts(course_id)
    db.session.add_all(
        DraftFile(course_id=course_id, path=path, file_id=file_id) for path, file_id in material.files.items()
    )
    db.session.add_all(
        DraftDrill(course_id=course_id, path=path, text=text) for path, text in material.drills.items()
    )
    db.session.flush()


def _of_banks(course_id: int, copy: queries.WorkingCopy, may_draw: Callable[[str], bool]) -> list[Problem]:
    """The quizzes whose bank is not the person's to draw from, each with its line; what is published may stay."""
    lines = line_index(copy.text)
    present = queries.present_banks(course_id)
    return [
        Problem(
            code="foreign-bank",
            reason=FOREIGN_BANK,
            file="course.toml",
            row=line_of(lines, f"lessons[{position}].bank"),
            value=lesson.bank,
        )
        for position, lesson in enumerate(copy.course.lessons)
        if lesson.bank and lesson.bank not in present and not may_draw(lesson.bank)
    ]


def _unknown(name: str) -> Problem:
    return Problem(code="unknown-event", reason=UNKNOWN_EVENT, file="course.toml", value=name)


def _forget(course_id: int) -> None:
    _forget_parts(course_id)
    db.session.execute(delete(CourseDraft).where(CourseDraft.course_id == course_id))


def _forget_parts(course_id: int) -> None:
    db.session.execute(delete(DraftFile).where(DraftFile.course_id == course_id))
    db.session.execute(delete(DraftDrill).where(DraftDrill.course_id == course_id))
