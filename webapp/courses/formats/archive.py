"""Zip files of courses from strangers: measured, named safely and unpacked within limits (RELIABILITY 32)."""

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from webapp.core.problems import Problem
from webapp.core.words import N_, Message
from webapp.courses.errors import CourseInvalid
from webapp.courses.formats.folder import HEAD, MEDIA

MEBIBYTE = 1024 * 1024
MAX_ENTRIES = 1000
MAX_EXPANDED = 1500 * MEBIBYTE
MAX_RATIO = 200
CHUNK = MEBIBYTE
KEPT = {*MEDIA, ".toml"}
_BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, RuntimeError, KeyError)


def unpack(content: IO[bytes], into: Path, name: str) -> Path:
    """Unpack a zip into an empty folder; give the folder in which course.toml lies.

    Only files that a course may hold are written. name: of the upload, for the problem.
    Raise CourseInvalid: no zip, damaged, encrypted, too large inside, unsafe names, links, no course.toml."""
    try:
        with zipfile.ZipFile(content) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check(members, name)
            left = MAX_EXPANDED
            for member in members:
                path = PurePosixPath(_readable(member))
                if path.suffix in KEPT and not _is_leftover(path):
                    left -= _write(archive, member, into / path, left, name)
    except _BROKEN as error:
        raise _refused(name, N_("The file is no zip, or it is damaged.")) from error
    heads = sorted(into.rglob(HEAD), key=lambda path: len(path.parts))
    if not heads:
        raise _refused(name, N_("There is no course.toml in this zip."))
    return heads[0].parent


def _check(members: list[zipfile.ZipInfo], name: str) -> None:
    if len(members) > MAX_ENTRIES or sum(member.file_size for member in members) > MAX_EXPANDED:
        raise _too_large(name)
    for member in members:
        path = PurePosixPath(_readable(member))
        if path.is_absolute() or ".." in path.parts or any(":" in part for part in path.parts):
            raise _refused(name, N_("The zip contains a path that leaves its folder."))
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _refused(name, N_("The zip contains a link instead of a file."))
        if member.flag_bits & 0x1:
            raise _refused(name, N_("The zip is protected with a password."))
        if member.file_size > MEBIBYTE and member.file_size > MAX_RATIO * max(member.compress_size, 1):
            raise _too_large(name)


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, place: Path, left: int, name: str) -> int:
    """Write a member in pieces and count the bytes: what the zip says of itself is not trusted."""
    place.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(member) as source, place.open("wb") as target:
        while piece := source.read(CHUNK):
            written += len(piece)
            if written > left:
                raise _too_large(name)
            target.write(piece)
    return written


def _readable(member: zipfile.ZipInfo) -> str:
    """The member's name. Without the UTF-8 flag Windows in China wrote GBK and Python read CP437."""
    name = member.filename
    if not member.flag_bits & 0x800:
        try:
            raw = name.encode("cp437")
        except UnicodeError:
            return name.replace("\\", "/")
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = raw.decode("gb18030", "replace")
    return name.replace("\\", "/")


def _is_leftover(path: PurePosixPath) -> bool:
    return path.parts[0] == "__MACOSX" or path.name.startswith(".")


def _too_large(name: str) -> CourseInvalid:
    return _refused(name, N_("The zip unpacks to more than a course may hold."))


def _refused(name: str, text: str) -> CourseInvalid:
    return CourseInvalid([Problem(code="course-zip", reason=Message(text), file=name)])
