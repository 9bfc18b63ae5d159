"""Files that people upload: checked in a room of their own before anything is kept (RELIABILITY 32)."""

import shutil
from typing import IO

from webapp.courses.errors import CourseInvalid
from webapp.courses.formats.archive import unpack
from webapp.courses.formats.folder import MEDIA, check_file, read_folder
from webapp.courses.service.versions import Imported, Material, keep_version, store_material
from webapp.media import service as media

CHUNK = 1 << 20


def keep_file(content: IO[bytes], path: str) -> int:
    """Keep one uploaded file that is to stand at `path` of a course; its file id.

    Raise CourseInvalid when it is not what the path's ending says."""
    with media.workroom() as room:
        place = room / path.rsplit("/", 1)[-1]
        with place.open("wb") as target:
            shutil.copyfileobj(content, target, CHUNK)
        problems = check_file(path, place, ())
        if problems:
            raise CourseInvalid(problems)
        return media.store_file(place, MEDIA[place.suffix])


def read_zip(content: IO[bytes], name: str) -> Material:
    """The course in a zip, its files kept. Raise CourseInvalid with every problem."""
    with media.workroom() as room:
        return store_material(read_folder(unpack(content, room, name)))


def import_zip(
    content: IO[bytes], name: str, account_id: int | None, program: str = "", note: str = ""
) -> Imported:
    """Keep the course of a zip as a new version, in the caller's transaction inside keys_scope().

    The same content again makes no version. Raise CourseInvalid with every problem."""
    return keep_version(read_zip(content, name), account_id, program, note)
