"""Courses as files again."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import select

from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.courses.formats.folder import HEAD
from webapp.courses.models import Course, CourseVersion
from webapp.courses.queries.staff import drills_of, files_of
from webapp.media import service as media

MODIFIED = (2000, 1, 1, 0, 0, 0)
"""One time for all members: the same version gives the same zip."""


@dataclass(frozen=True)
class Exported:
    """A version as files: texts by path, and where the bytes of the others lie."""

    texts: Mapping[str, str]
    files: Mapping[str, Path]


def export(code: str) -> Exported:
    """The published version of a course, inside keys_scope(). Raise NotFound."""
    row = db.session.scalars(select(Course).where(Course.code == code)).one_or_none()
    if row is None or row.current_version_id is None:
        raise NotFound
    return export_version(row.current_version_id, "jiangsai courses export")


def export_version(version_id: int, program: str = "") -> Exported:
    """A version with its drills, answers included. Inside keys_scope() and a transaction: it is logged.

    Raise NotFound."""
    version = db.session.get(CourseVersion, version_id)
    if version is None:
        raise NotFound
    texts = {HEAD: version.text} | drills_of(version_id)
    files = {path: media.place_of(file_id) for path, file_id in files_of(version_id).items()}
    record("course.export", "course", version.course_id, "", program, number=version.number)
    return Exported(texts, files)


def write_zip(found: Exported, target: Path | IO[bytes]) -> int:
    """Write an exported version as a zip that `import` takes back; how many files it holds."""
    with zipfile.ZipFile(target, "w") as archive:
        for path, text in sorted(found.texts.items()):
            archive.writestr(_member(path, zipfile.ZIP_DEFLATED), text)
        for path, place in sorted(found.files.items()):
            with place.open("rb") as source, archive.open(_member(path, zipfile.ZIP_STORED), "w") as out:
                while piece := source.read(1 << 20):
                    out.write(piece)
    return len(found.texts) + len(found.files)


def _member(path: str, compression: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, MODIFIED)
    info.compress_type = compression
    info.external_attr = 0o644 << 16
    return info
