"""Courses and libraries of Open edX as they are exported: a .tar.gz or zip of many small files."""

import io
import posixpath
import re
import tarfile
import zlib
from collections.abc import Mapping

from lxml import etree

from webapp.banks.errors import FileRefused, refused
from webapp.banks.formats.archive import files_in, open_zip
from webapp.banks.formats.grid import MAX_ENTRIES, MAX_EXPANDED, MEBIBYTE, damaged
from webapp.banks.formats.olx import is_reference, read_problems
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.result import FormatResult, Skipped
from webapp.banks.formats.xml import local, parse_xml
from webapp.banks.rules.schema import TopicTitle, media_names
from webapp.core.words import N_, Message

ROOT = re.compile(r"(?:^|/)(?:course|library)\.xml$")
LEVELS = ("course", "library", "chapter", "sequential", "vertical")
NAMED = ("chapter", "sequential")
MAX_STEPS = 50_000
_UNSAFE = re.compile(r"^/|^[A-Za-z]:|(?:^|/)\.\.(?:/|$)")


def read_olx_package(content: bytes, file: str, options: ReadOptions) -> FormatResult:
    """The problems of a course in its order, chapter and section as topic. Raise FileRefused: no safe archive,
    no course."""
    members = (
        files_in(open_zip(content, file), file) if content.startswith(b"PK") else _unpacked(content, file)
    )
    roots = sorted((name for name in members if ROOT.search(name)), key=len)
    if not roots:
        raise refused("no-course", file, N_("There is no course.xml or library.xml in this archive."))
    course = _Course(members, posixpath.dirname(roots[0]))
    course.walk(roots[0])
    course.read_the_rest()
    course.bring_media()
    return course.result


class _Course:
    """A course being read. seen: what was read already."""

    def __init__(self, members: Mapping[str, bytes], folder: str) -> None:
        self.members, self.folder = members, folder
        self.result = FormatResult()
        self.seen: set[str] = set()
        self.steps = 0

    def path(self, *parts: str) -> str:
        return posixpath.join(self.folder, *parts)

    def walk(self, path: str, topic: tuple[str, ...] = ()) -> None:
        """Read a file of the course and what it names."""
        self.seen.add(path)
        content = self.members.get(path)
        if content is None:
            return
        before = len(self.result.questions)
        try:
            self._element(parse_xml(content, path), path, topic)
        except FileRefused as refusal:
            if "/problem/" in f"/{path}":
                self.result.rows += 1
            self.result.problems.append(refusal.problem)
        key = "/".join(topic)
        if len(self.result.questions) > before and key and key not in {one.key for one in self.result.topics}:
            self.result.topics.append(TopicTitle(key, key))

    def _element(self, element: etree._Element, path: str, topic: tuple[str, ...]) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            return
        name = local(element)
        title = " ".join(str(element.get("display_name") or "").split()).replace("/", "／")
        if is_reference(element) and name in (*LEVELS, "problem"):
            named = self.path(name, f"{element.get('url_name')}.xml")
            if named not in self.seen:
                self.walk(named, topic)
        elif name == "problem":
            read_problems(element, path, self.result, "/".join(topic))
        else:
            below = (*topic, title) if name in NAMED and title else topic
            for child in element:
                self._element(child, path, below)

    def read_the_rest(self) -> None:
        """Problems that the course does not name: in banks and problem folders; drafts are told."""
        for path in sorted(self.members):
            folder = posixpath.dirname(path)
            if path in self.seen or not path.endswith(".xml") or posixpath.basename(folder) != "problem":
                continue
            if folder == self.path("problem"):
                self.walk(path)
            else:
                self.result.skipped.append(
                    Skipped(path, Message(N_("A draft that the course does not show.")))
                )

    def bring_media(self) -> None:
        """The files of the folder `static` that questions name."""
        held: dict[str, str] = {}
        for path in sorted(self.members, key=len, reverse=True):
            if path.startswith(f"{self.path('static')}/"):
                held[posixpath.basename(path)] = path
        for question in self.result.questions:
            for name in media_names(question):
                if name in held and name not in self.result.files:
                    self.result.files[name] = self.members[held[name]]


def _unpacked(content: bytes, file: str) -> dict[str, bytes]:
    """The files of a .tar.gz. Raise FileRefused: damaged, too large inside, unsafe paths, links."""
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(_inflated(content, file))) as archive:
            for count, info in enumerate(archive, start=1):
                if count > 4 * MAX_ENTRIES:
                    raise _bomb(file)
                name = info.name.removeprefix("./")
                if _UNSAFE.search(name):
                    raise refused(
                        "unsafe-path", file, N_("The archive contains a path that leaves its folder.")
                    )
                if info.issym() or info.islnk():
                    raise refused("link-in-zip", file, N_("The archive contains a link instead of a file."))
                inside = archive.extractfile(info) if info.isfile() else None
                if inside is not None and not posixpath.basename(name).startswith("."):
                    found[name] = inside.read()
    except (tarfile.TarError, ValueError, OSError, EOFError) as error:
        raise damaged(file) from error
    return found


def _inflated(content: bytes, file: str) -> bytes:
    """What a gzip file holds, at most so much. Raise FileRefused: more, or damaged."""
    unzip, pieces, size = zlib.decompressobj(31), [], 0
    rest = content
    try:
        while rest and not unzip.eof:
            piece = unzip.decompress(rest, MEBIBYTE)
            rest, size = unzip.unconsumed_tail, size + len(piece)
            pieces.append(piece)
            if size > MAX_EXPANDED:
                raise _bomb(file)
    except zlib.error as error:
        raise damaged(file) from error
    return b"".join(pieces)


def _bomb(file: str) -> FileRefused:
    return refused(
        "too-large-inside",
        file,
        N_("The file unpacks to more than this system reads."),
        N_("Divide it into several files."),
    )
