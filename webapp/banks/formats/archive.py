"""Zip files from strangers: members are counted, measured and named safely before anything is unpacked."""

import io
import re
import stat
import zipfile
import zlib

from webapp.banks.errors import FileRefused, refused
from webapp.banks.formats.grid import (
    MAX_ENTRIES,
    MAX_EXPANDED,
    MAX_RATIO,
    MEBIBYTE,
    damaged,
    encrypted,
)
from webapp.core.words import N_

_LEFTOVER = re.compile(r"(^|/)(__MACOSX(/|$)|\.DS_Store$|Thumbs\.db$|desktop\.ini$|~\$)", re.IGNORECASE)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    NotImplementedError,
    OSError,
    EOFError,
    RuntimeError,
    KeyError,
)


def open_zip(content: bytes, file: str) -> zipfile.ZipFile:
    """A zip file within the limits. Raise FileRefused: damaged, encrypted, a bomb, unsafe names, links."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
    except _BROKEN as error:
        raise damaged(file) from error
    if len(members) > MAX_ENTRIES or sum(member.file_size for member in members) > MAX_EXPANDED:
        raise _bomb(file)
    for member in members:
        _check_member(member, file)
    return archive


def member(archive: zipfile.ZipFile, name: str, file: str) -> bytes:
    """One member of a checked zip. Never unpacks more than the directory says. Raise FileRefused: damaged."""
    try:
        with archive.open(name) as packed:
            return packed.read(archive.getinfo(name).file_size + 1)
    except _BROKEN as error:
        raise damaged(file) from error


def unpacked_bytes(content: bytes) -> int:
    """How large the members of a zip say they are together; the size itself of what is no readable zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sum(member.file_size for member in archive.infolist())
    except _BROKEN:
        return len(content)


def files_in(archive: zipfile.ZipFile, file: str) -> dict[str, bytes]:
    """The files of a checked zip by name, without what systems leave behind."""
    found = {}
    for info in archive.infolist():
        name = readable_name(info)
        if not info.is_dir() and not _LEFTOVER.search(name):
            found[name] = member(archive, info.filename, file)
    return found


def readable_name(info: zipfile.ZipInfo) -> str:
    """The member's name. Without the UTF-8 flag Windows in China wrote GBK and Python read CP437."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            raw = name.encode("cp437")
            name = raw.decode("gb18030" if _is_not_utf8(raw) else "utf-8")
        except UnicodeError:
            pass
    return name.replace("\\", "/")


def _is_not_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _check_member(info: zipfile.ZipInfo, file: str) -> None:
    name = readable_name(info)
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
        raise refused("unsafe-path", file, N_("The archive contains a path that leaves its folder."))
    if stat.S_ISLNK(info.external_attr >> 16):
        raise refused("link-in-zip", file, N_("The archive contains a link instead of a file."))
    if info.flag_bits & 0x1:
        raise encrypted(file)
    if info.file_size > MEBIBYTE and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        raise _bomb(file)


def _bomb(file: str) -> FileRefused:
    return refused(
        "too-large-inside",
        file,
        N_("The file unpacks to more than this system reads."),
        N_("Divide it into several files."),
    )
