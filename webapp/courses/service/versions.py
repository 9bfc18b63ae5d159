"""Immutable versions of courses, from folders and from drafts."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from webapp.audit.service import record
from webapp.core.db import db
from webapp.courses.formats.folder import MEDIA, CourseFolder, read_folder
from webapp.courses.models import Course as CourseRow
from webapp.courses.models import CourseFile, CourseVersion, DrillText
from webapp.courses.rules.course import Course
from webapp.courses.service.assignments import assign_events
from webapp.courses.service.publishing import publish
from webapp.media import service as media


@dataclass(frozen=True)
class Imported:
    """is_new: False when this very content is a version already."""

    course_id: int
    version_id: int
    number: int
    is_new: bool


@dataclass(frozen=True)
class Material:
    """What a version is made of. files: path -> file id; drills: path -> text."""

    course: Course
    text: str
    files: Mapping[str, int]
    drills: Mapping[str, str]


def import_folder(folder: Path, account_id: int | None, program: str = "", note: str = "") -> Imported:
    """Keep the course of a folder as a new version, in the caller's transaction inside keys_scope().

    The same content again makes no version. note: what changed, in the person's words.
    Raise CourseInvalid with every problem. Publish it separately."""
    return keep_version(store_material(read_folder(folder)), account_id, program, note)


def import_shipped(folder: Path, account_id: int | None) -> Imported:
    """Import a rendered course and publish it, unless its content is published already.

    The events it names are looked up anew each time: their contest may have come later."""
    imported = import_folder(folder, account_id, "shipped")
    course = db.session.get_one(CourseRow, imported.course_id)
    if course.current_version_id != imported.version_id:
        publish(imported.version_id, program="shipped")
    else:
        assign_events(course.id)
    return imported


def store_material(found: CourseFolder) -> Material:
    """Keep the files of a checked folder."""
    files = {
        path: media.store_file(place, MEDIA[place.suffix]) for path, place in sorted(found.files.items())
    }
    return Material(found.course, found.text, files, found.drills)


def keep_version(material: Material, account_id: int | None, program: str = "", note: str = "") -> Imported:
    """A version of this material: the one that holds exactly it already, else a new one. Inside keys_scope()."""
    course = course_row(material.course, account_id)
    digest = _digest(material)
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
        text=material.text,
        digest=digest,
        note=note,
        made_by_account_id=account_id,
    )
    db.session.add(version)
    db.session.flush()
    for path, file_id in material.files.items():
        db.session.add(CourseFile(course_version_id=version.id, path=path, file_id=file_id))
    for path, text in material.drills.items():
        db.session.add(DrillText(course_version_id=version.id, path=path, text=text))
    db.session.flush()
    record("course.version", "course", course.id, note, program, number=version.number, digest=digest)
    return Imported(course.id, version.id, version.number, is_new=True)


def course_row(course: Course, account_id: int | None) -> CourseRow:
    """The course's row, locked so that two imports of one course follow each other."""
    db.session.execute(
        insert(CourseRow)
        .values(
            code=course.code,
            title=asdict(course.title),
            summary=asdict(course.summary),
            academy=asdict(course.academy),
            created_by_account_id=account_id,
        )
        .on_conflict_do_nothing(index_elements=["code"])
    )
    return db.session.scalars(select(CourseRow).where(CourseRow.code == course.code).with_for_update()).one()


def _digest(material: Material) -> str:
    """One digest of the text, the drills and the content of every file."""
    known = media.facts(list(material.files.values()))
    total = hashlib.sha256(material.text.encode())
    for path, file_id in sorted(material.files.items()):
        total.update(f"\0{path}\0{known[file_id].digest}".encode())
    for path, text in sorted(material.drills.items()):
        total.update(f"\0{path}\0{text}".encode())
    return total.hexdigest()
