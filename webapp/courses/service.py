"""Importing and publishing courses: immutable versions, and lesson rows that points hang on."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from webapp.audit.service import record
from webapp.contests.models import Contest, Event
from webapp.core.db import db, keys_scope
from webapp.core.errors import NotFound
from webapp.courses.formats.folder import MEDIA, CourseFolder, read_folder
from webapp.courses.formats.markdown import character_count
from webapp.courses.formats.video import duration_s
from webapp.courses.models import Course as CourseRow
from webapp.courses.models import CourseEvent, CourseFile, CourseVersion, DrillText
from webapp.courses.models import Lesson as LessonRow
from webapp.courses.rules.course import Course, Lesson, LessonKind
from webapp.courses.rules.drill import HazardDrill, public_part
from webapp.courses.rules.parse import parse_course
from webapp.courses.rules.parse_drill import parse_drill
from webapp.media import service as media


@dataclass(frozen=True)
class Imported:
    """is_new: False when this very content is a version already."""

    course_id: int
    version_id: int
    number: int
    is_new: bool


def import_folder(folder: Path, account_id: int | None, program: str = "") -> Imported:
    """Keep the course of a folder as a new version, in the caller's transaction inside keys_scope().

    The same content again makes no version. Raise CourseInvalid with every problem. Publish it separately."""
    found = read_folder(folder)
    files = {
        path: media.store_file(place, MEDIA[place.suffix.lower()]) for path, place in found.files.items()
    }
    return _keep(found, files, account_id, program)


def _keep(found: CourseFolder, files: Mapping[str, int], account_id: int | None, program: str) -> Imported:
    course = _course_row(found.course, account_id)
    digest = _digest(found, files)
    known = db.session.scalars(
        select(CourseVersion).where(CourseVersion.course_id == course.id, CourseVersion.digest == digest)
    ).one_or_none()
    if known is not None:
        return Imported(course.id, known.id, known.number, is_new=False)
    last = db.session.scalar(
        select(func.max(CourseVersion.number)).where(CourseVersion.course_id == course.id)
    )
    version = CourseVersion(
        course_id=course.id,
        number=(last or 0) + 1,
        text=found.text,
        digest=digest,
        made_by_account_id=account_id,
    )
    db.session.add(version)
    db.session.flush()
    for path, file_id in files.items():
        db.session.add(CourseFile(course_version_id=version.id, path=path, file_id=file_id))
    for path, (text, _) in found.drills.items():
        db.session.add(DrillText(course_version_id=version.id, path=path, text=text))
    db.session.flush()
    record("course.version", "course", course.id, "", program, number=version.number, digest=digest)
    return Imported(course.id, version.id, version.number, is_new=True)


def publish(version_id: int, durations: Mapping[str, int] | None = None, program: str = "") -> None:
    """Make a version the one that people learn from. Inside keys_scope() and a transaction.

    durations: seconds by path of the videos, when known; else they are read from the stored files.
    Raise NotFound."""
    version = db.session.get(CourseVersion, version_id)
    if version is None:
        raise NotFound
    row = db.session.scalars(
        select(CourseRow).where(CourseRow.id == version.course_id).with_for_update()
    ).one()
    course = parse_course(version.text)
    files = _files(version_id)
    row.title, row.summary, row.academy = (
        asdict(course.title),
        asdict(course.summary),
        asdict(course.academy),
    )
    _write_lessons(row.id, version_id, course, files, durations or {})
    _write_events(row.id, course)
    row.current_version_id = version_id
    record("course.publish", "course", row.id, version.note, program, number=version.number)


def import_shipped(folder: Path, account_id: int | None) -> Imported:
    """Import a rendered course and publish it, unless its content is published already."""
    imported = import_folder(folder, account_id, "shipped")
    current = db.session.scalar(
        select(CourseRow.current_version_id).where(CourseRow.id == imported.course_id)
    )
    if current != imported.version_id:
        publish(imported.version_id, program="shipped")
    return imported


def _course_row(course: Course, account_id: int | None) -> CourseRow:
    """The course's row, locked so that two imports of one course follow each other."""
    db.session.execute(
        insert(CourseRow)
        .values(code=course.code, title=asdict(course.title), created_by_account_id=account_id)
        .on_conflict_do_nothing(index_elements=["code"])
    )
    return db.session.scalars(select(CourseRow).where(CourseRow.code == course.code).with_for_update()).one()


def _digest(found: CourseFolder, files: Mapping[str, int]) -> str:
    """One digest of the text, the drills and the content of every file."""
    known = media.facts(list(files.values()))
    total = hashlib.sha256(found.text.encode())
    for path, file_id in sorted(files.items()):
        total.update(f"\0{path}\0{known[file_id].digest}".encode())
    for path, (text, _) in sorted(found.drills.items()):
        total.update(f"\0{path}\0{text}".encode())
    return total.hexdigest()


def _files(version_id: int) -> dict[str, int]:
    rows = db.session.execute(
        select(CourseFile.path, CourseFile.file_id).where(CourseFile.course_version_id == version_id)
    )
    return {row.path: row.file_id for row in rows}


def _write_lessons(
    course_id: int, version_id: int, course: Course, files: Mapping[str, int], durations: Mapping[str, int]
) -> None:
    for position, lesson in enumerate(course.lessons):
        values = {
            "kind": lesson.kind.value,
            "position": position,
            "title": asdict(lesson.title),
            "summary": asdict(lesson.summary),
            "sources": list(lesson.sources),
            "content": _content(version_id, lesson, files, durations),
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
    version_id: int, lesson: Lesson, files: Mapping[str, int], durations: Mapping[str, int]
) -> dict[str, Any]:
    """The public part of a lesson as its row keeps it."""
    match lesson.kind:
        case LessonKind.VIDEO:
            return _video(lesson, files, durations)
        case LessonKind.TEXT:
            return _markdown(lesson.text, files)
        case LessonKind.QUIZ:
            return {"bank": lesson.bank, "topics": list(lesson.topics), "count": lesson.count}
        case LessonKind.DRILL:
            return _drill(version_id, lesson, files)


def _video(lesson: Lesson, files: Mapping[str, int], durations: Mapping[str, int]) -> dict[str, Any]:
    video, low = files[lesson.video], files.get(lesson.low_video)
    facts = media.facts([video, *([low] if low else [])])
    length = durations.get(lesson.video) or duration_s(media.place_of(video))
    return {
        **_markdown(lesson.text, files),
        "video": video,
        "low": low,
        "captions": [[language, files[path]] for language, path in lesson.captions],
        "duration_s": length,
        "size": facts[video].size_bytes,
        "low_size": facts[low].size_bytes if low else None,
        "digest": facts[video].digest,
    }


def _markdown(path: str, files: Mapping[str, int]) -> dict[str, Any]:
    """A text with the pictures it shows; an empty one where the lesson has no text."""
    text = media.read(files[path]).decode("utf-8") if path else ""
    shown = {name: file_id for name, file_id in files.items() if f"({name})" in text}
    return {"markdown": text, "pictures": shown, "characters": character_count(text)}


def _drill(version_id: int, lesson: Lesson, files: Mapping[str, int]) -> dict[str, Any]:
    with keys_scope():
        text = db.session.scalars(
            select(DrillText.text).where(
                DrillText.course_version_id == version_id, DrillText.path == lesson.drill
            )
        ).one()
    drill = parse_drill(text, lesson.drill)
    picture = files[drill.picture] if isinstance(drill, HazardDrill) else None
    return {"version_id": version_id, "path": lesson.drill, "drill": public_part(drill), "picture": picture}


def _write_events(course_id: int, course: Course) -> None:
    """The events that the course names; codes that no contest has (yet) are left out."""
    found: set[int] = set()
    for audience in course.audiences:
        query = (
            select(Event.id)
            .join(Contest, Contest.id == Event.contest_id)
            .where(Contest.code == audience.contest)
        )
        chosen = Event.track == audience.track if audience.track else Event.code.in_(audience.events)
        found.update(db.session.scalars(query.where(chosen)))
    db.session.execute(delete(CourseEvent).where(CourseEvent.course_id == course_id))
    for event_id in sorted(found):
        db.session.add(CourseEvent(course_id=course_id, event_id=event_id))
    db.session.flush()


@dataclass(frozen=True)
class Exported:
    """A course as files again: texts by path, and where the bytes of the others lie."""

    texts: Mapping[str, str]
    files: Mapping[str, Path]


def export(code: str) -> Exported:
    """The published version of a course, inside keys_scope(). Raise NotFound."""
    row = db.session.scalars(select(CourseRow).where(CourseRow.code == code)).one_or_none()
    if row is None or row.current_version_id is None:
        raise NotFound
    version = db.session.get_one(CourseVersion, row.current_version_id)
    drills = db.session.execute(
        select(DrillText.path, DrillText.text).where(DrillText.course_version_id == version.id)
    )
    texts = {"course.toml": version.text} | {drill.path: drill.text for drill in drills}
    return Exported(texts, {path: media.place_of(file_id) for path, file_id in _files(version.id).items()})
