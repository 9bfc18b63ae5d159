"""An event as one ZIP file: members one after the other to the disk, their digests in MANIFEST.json.

Equal members give equal bytes: they have no times of their own and stand in the order in which they were written."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

FORMAT, VERSION = "jiangsai-archive", 1
MANIFEST = "MANIFEST.json"
README = "README.txt"
MOST_MANIFEST = 64 * 2**20
"""A longer list of members is none of ours."""
_PIECE = 2**20
_AT = (1980, 1, 1, 0, 0, 0)
"""The time of every member: what ZIP calls none."""


class ArchiveUnreadable(ValueError):
    """No file of ours, or one that cannot be opened; the text says what is wrong."""


@dataclass(frozen=True)
class Member:
    """One file inside. published: the digest under which just these bytes were made known elsewhere; '' for none."""

    name: str
    size: int
    sha256: str
    published: str = ""

    def told(self) -> dict[str, object]:
        """As MANIFEST.json has it."""
        said: dict[str, object] = {"name": self.name, "bytes": self.size, "sha256": self.sha256}
        return said | ({"published": self.published} if self.published else {})


@dataclass
class Writer:
    """Writes one archive. Never more than one piece of a member is held in memory."""

    path: Path
    members: list[Member] = field(default_factory=list)
    _zip: zipfile.ZipFile = field(init=False)

    def __post_init__(self) -> None:
        self._zip = zipfile.ZipFile(self.path, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=6)

    def add(self, name: str, pieces: Iterable[str | bytes], published: str = "") -> Member:
        """Write a member; name: ASCII, folders with '/'."""
        size, digest = 0, hashlib.sha256()
        with self._zip.open(_info(name), "w", force_zip64=True) as target:
            for piece in pieces:
                data = piece.encode() if isinstance(piece, str) else piece
                target.write(data)
                digest.update(data)
                size += len(data)
        made = Member(name, size, digest.hexdigest(), published)
        self.members.append(made)
        return made

    def finish(self, about: Mapping[str, Any]) -> tuple[str, str]:
        """Write MANIFEST.json as the last member and close. Return (digest of the manifest, of the content)."""
        content = content_digest(self.members)
        told = {
            "format": FORMAT,
            "version": VERSION,
            **about,
            "content_sha256": content,
            "members": [member.told() for member in self.members],
        }
        text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        with self._zip.open(_info(MANIFEST), "w") as target:
            target.write(text.encode())
        self._zip.close()
        return hashlib.sha256(text.encode()).hexdigest(), content

    def abandon(self) -> None:
        """Close without a manifest: what stands there is no archive."""
        self._zip.close()


def content_digest(members: Iterable[Member]) -> str:
    """SHA-256 over the lines "digest  name" of all members, as `sha256sum` prints them: the making time is not in it."""
    lines = "".join(f"{member.sha256}  {member.name}\n" for member in members)
    return hashlib.sha256(lines.encode()).hexdigest()


def _info(name: str) -> zipfile.ZipInfo:
    name.encode("ascii")
    info = zipfile.ZipInfo(name, _AT)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


@dataclass(frozen=True)
class Fault:
    """One thing that is not as the manifest says."""

    member: str
    what: str


@dataclass(frozen=True)
class Verdict:
    """What a check found. manifest: its SHA-256, to be compared with the one that was made known."""

    manifest: str
    content: str
    members: int
    about: Mapping[str, Any]
    faults: tuple[Fault, ...]


def verify(path: Path, expected: str = "") -> Verdict:
    """Compare every member with the manifest. expected: the digest of the manifest as it was made known; '' for none.

    raise (ArchiveUnreadable)."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _verify(archive, expected.strip().lower())
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError) as error:
        raise ArchiveUnreadable(f"this is no readable ZIP file: {error}") from error


def _verify(archive: zipfile.ZipFile, expected: str) -> Verdict:
    text = _manifest(archive)
    told, members = _read(text)
    digest = hashlib.sha256(text).hexdigest()
    faults = []
    if expected and digest != expected:
        faults.append(Fault(MANIFEST, f"its digest is {digest}, not {expected}"))
    if told.get("content_sha256") != content_digest(members):
        faults.append(Fault(MANIFEST, "content_sha256 does not fit the members listed"))
    names = [info.filename for info in archive.infolist()]
    listed = {member.name for member in members}
    faults += [
        Fault(name, "stands twice in the file") for name in sorted({n for n in names if names.count(n) > 1})
    ]
    faults += [
        Fault(name, "is not in the manifest") for name in names if name not in listed and name != MANIFEST
    ]
    for member in members:
        what = _compare(archive, member) if member.name in names else "is missing"
        if what:
            faults.append(Fault(member.name, what))
    return Verdict(digest, str(told.get("content_sha256", "")), len(members), told, tuple(faults))


def _manifest(archive: zipfile.ZipFile) -> bytes:
    try:
        with archive.open(MANIFEST) as source:
            text = source.read(MOST_MANIFEST + 1)
    except KeyError:
        raise ArchiveUnreadable(f"there is no {MANIFEST} in it") from None
    if len(text) > MOST_MANIFEST:
        raise ArchiveUnreadable(f"{MANIFEST} is too long")
    return text


def _read(text: bytes) -> tuple[dict[str, Any], list[Member]]:
    try:
        told = json.loads(text)
        if (told["format"], told["version"]) != (FORMAT, VERSION):
            raise ArchiveUnreadable("this is no archive of an event of this version")
        members = [
            Member(str(one["name"]), int(one["bytes"]), str(one["sha256"]), str(one.get("published", "")))
            for one in told["members"]
        ]
    except ArchiveUnreadable:
        raise
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveUnreadable(f"{MANIFEST} cannot be read: {error}") from error
    return told, members


def _compare(archive: zipfile.ZipFile, member: Member) -> str:
    """What is wrong with a member, or ''. It is read in pieces, never further than the manifest says."""
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open(member.name) as source:
            for piece in _pieces(source):
                digest.update(piece)
                size += len(piece)
                if size > member.size:
                    return f"is longer than {member.size} bytes"
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        return f"cannot be read: {error}"
    if size != member.size:
        return f"has {size} bytes, not {member.size}"
    if digest.hexdigest() != member.sha256:
        return f"has the digest {digest.hexdigest()}, not {member.sha256}"
    if member.published and member.published != member.sha256:
        return f"was made known under the digest {member.published}, but has {member.sha256}"
    return ""


def _pieces(source: IO[bytes]) -> Iterable[bytes]:
    while piece := source.read(_PIECE):
        yield piece
