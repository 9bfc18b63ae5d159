"""QTI packages: a zip or folder with imsmanifest.xml, whose resources are items of any generation of QTI."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote

from webapp.banks.errors import FileRefused, refused
from webapp.banks.formats.archive import files_in, open_zip
from webapp.banks.formats.detect import detect
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.qti2 import read_item_file
from webapp.banks.formats.qti2_model import Element, with_one_set_of_names
from webapp.banks.formats.qti12 import read_items_file
from webapp.banks.formats.qti_metadata import Metadata, metadata_of
from webapp.banks.formats.qti_text import Media
from webapp.banks.formats.result import FormatResult, Skipped
from webapp.banks.formats.xml import line, parse_xml
from webapp.banks.rules.schema import Question
from webapp.core.problems import Problem, shorten
from webapp.core.words import N_, Message

MANIFEST = "imsmanifest.xml"
_QTI = re.compile(r"imsqti|qtiasi|x-bb-qti", re.IGNORECASE)
_ROOT_OF_TEST = re.compile(rb"<(?:[\w.-]+:)?(?:qti-)?assessment-?(?:Test|Section|test|section)\b")
READ = {"qti12": read_items_file, "qti2": read_item_file, "qti3": read_item_file}


@dataclass(frozen=True)
class Resource:
    """One entry of the manifest. path: of its file inside the package; row: its line."""

    kind: str
    path: str
    row: int
    metadata: Metadata
    media: str | None = None
    """The folder of its pictures, when it is not the one it lies in."""

    @property
    def base(self) -> str:
        return posixpath.dirname(self.path) if self.media is None else self.media


def read_qti_package(content: bytes, file: str, options: ReadOptions) -> FormatResult:
    """The questions of a zipped package with their media. Raise FileRefused: no safe zip, no manifest."""
    return read_members(files_in(open_zip(content, file), file), file)


def read_members(members: Mapping[str, bytes], file: str) -> FormatResult:
    """The questions of the files of a package. A wrong entry is one error; the rest goes on.

    Raise FileRefused when there is no manifest or it is no XML."""
    names = sorted((name for name in members if name.rsplit("/", 1)[-1] == MANIFEST), key=len)
    if not names:
        raise refused("no-manifest", file, N_("There is no imsmanifest.xml in this package."))
    manifest = names[0]
    result = FormatResult()
    result.skipped += [
        Skipped(name, Message(N_("Only the first manifest of a package is read."))) for name in names[1:]
    ]
    seen: set[str] = set()
    resources = list(_resources(members[manifest], manifest))
    whole = {_name_of(one.path) for one in resources if one.path.endswith(".xml.qti") and one.path in members}
    topics = _topics(members, resources)
    for resource in resources:
        if resource.path in seen:
            continue
        seen.add(resource.path)
        # Canvas writes a quiz twice: with the types of Common Cartridge, and with all of its own.
        if (
            resource.path.endswith("/assessment_qti.xml")
            and _name_of(posixpath.dirname(resource.path)) in whole
        ):
            continue
        before = len(result.questions)
        _read_resource(resource, members, manifest, result)
        for index, question in enumerate(result.questions[before:], start=before):
            if not question.topic and not question.key:
                result.questions[index] = replace(question, topic=topics.get(resource.path, ""))
    _name_the_rest(members, manifest, seen, result)
    if not result.rows and not result.skipped:
        result.skipped.append(Skipped(manifest, Message(N_("The file holds no items."))))
    return result


def _name_of(path: str) -> str:
    return path.rsplit("/", 1)[-1].removesuffix(".xml.qti")


def _topics(members: Mapping[str, bytes], resources: list[Resource]) -> dict[str, str]:
    """The sections that tests put items into, by the path of the item: the titles of sections as a topic."""
    found: dict[str, str] = {}
    for path in dict.fromkeys(one.path for one in resources):
        if not _ROOT_OF_TEST.search(members.get(path, b"")[:4000]):
            continue
        try:
            root = parse_xml(members[path], path)
        except FileRefused:
            continue  # Said when its turn comes.
        with_one_set_of_names(root)
        for reference in root.iter("assessmentItemRef"):
            sections = [
                str(above.get("title") or "").strip().replace("/", "／")
                for above in reference.iterancestors("assessmentSection")
            ]
            place = posixpath.join(posixpath.dirname(path), unquote(str(reference.get("href") or "")))
            topic = "/".join(title for title in reversed(sections) if title)
            found.setdefault(posixpath.normpath(place), topic)
    return found


def _name_the_rest(members: Mapping[str, bytes], manifest: str, seen: set[str], result: FormatResult) -> None:
    """Say which items lie in the package without a name in its manifest."""
    folder = posixpath.dirname(manifest)
    for path, content in members.items():
        is_here = path.startswith(f"{folder}/" if folder else "")
        if not is_here or path in seen or path.endswith(("/assessment_qti.xml", MANIFEST)):
            continue
        if path.lower().endswith((".xml", ".qti")) and detect(content, path) in {"qti12", "qti2", "qti3"}:
            if _ROOT_OF_TEST.search(content[:4000]):
                continue
            why = Message(N_("The manifest does not name this file."))
            result.skipped.append(Skipped(path, why))


def _resources(content: bytes, manifest: str) -> Iterator[Resource]:
    """The entries that are questions; when no entry has a type of QTI, all entries with an XML file."""
    root = parse_xml(content, manifest)
    elements = [element for element in root.iter() if str(element.tag).rpartition("}")[2] == "resource"]
    rows = [line(element) for element in elements]
    with_one_set_of_names(root)
    found = list(zip(elements, rows, strict=True))
    typed = [(element, row) for element, row in found if _QTI.search(str(element.get("type") or ""))]
    banks = [(element, row) for element, row in found if typed and _canvas_file(element)]
    for element, row in [*typed, *banks] or found:
        kind = str(element.get("type") or "")
        own = next((value for name, value in element.attrib.items() if str(name).endswith("}file")), None)
        hrefs = [own, element.get("href"), *(one.get("href") for one in element.findall("file"))]
        href = _canvas_file(element) or next((str(one) for one in hrefs if one), "")
        if not typed and not href.lower().endswith((".xml", ".qti")):
            continue
        # Blackboard: the file lies beside the manifest, xml:base is the folder of its pictures.
        bases = _bases(element)
        folders = [posixpath.dirname(manifest), *(bases[:-1] if own else bases)]
        path = posixpath.normpath(posixpath.join(*folders, unquote(href).replace("\\", "/"))) if href else ""
        media = posixpath.normpath(posixpath.join(posixpath.dirname(manifest), *bases)) if own else None
        yield Resource(kind, path, row, metadata_of(element), media)


def _canvas_file(element: Element) -> str:
    """The file of a bank or quiz with all types of Canvas; its Common Cartridge twin holds only some."""
    hrefs = [element.get("href"), *(one.get("href") for one in element.findall("file"))]
    return next((str(href) for href in hrefs if str(href or "").endswith(".xml.qti")), "")


def _bases(element: Element) -> list[str]:
    """xml:base of an entry and of what holds it, outermost first."""
    name = "{http://www.w3.org/XML/1998/namespace}base"
    found = [str(one.get(name)) for one in (element, *element.iterancestors()) if one.get(name)]
    return [unquote(base) for base in reversed(found)]


def _read_resource(
    resource: Resource, members: Mapping[str, bytes], manifest: str, result: FormatResult
) -> None:
    content = members.get(resource.path)
    if content is None:
        reason = Message(
            N_("The manifest names the file “%(name)s”, which is not in the package."),
            {"name": shorten(resource.path)},
        )
        result.rows += 1
        value = shorten(resource.path)
        result.problems.append(
            Problem("manifest-entry", reason, sheet=manifest, row=resource.row, value=value)
        )
        return
    reader = READ.get(detect(content, resource.path))
    before = len(result.questions)
    try:
        if reader is None:
            # Its own parser says what is wrong with it; else it is something else.
            parse_xml(content, resource.path)
            why = Message(N_("The file holds no items."))
            result.skipped.append(Skipped(resource.path, why))
            return
        reader(content, resource.path, result, Media(members, resource.base, result.files))
    except FileRefused as refusal:
        result.rows += 1
        result.problems.append(replace(refusal.problem, sheet=resource.path, row=refusal.problem.row or 1))
        return
    if len(result.questions) == before + 1:
        result.questions[-1] = _described(result.questions[-1], resource.metadata, result)


def _described(question: Question, metadata: Metadata, result: FormatResult) -> Question:
    """A question with what the manifest tells about it."""
    result.topics += [topic for topic in metadata.topics if topic not in result.topics]
    is_ours = metadata.key != ""
    return replace(
        question,
        key=metadata.key,
        external_id=metadata.external_id if is_ours else question.external_id,
        topic=metadata.topic or question.topic,
        difficulty=metadata.difficulty or question.difficulty,
        tags=metadata.tags or question.tags,
        source=metadata.source or question.source,
    )
