"""QTI packages: a zip or folder with imsmanifest.xml, whose resources are items of any generation of QTI."""

import posixpath
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
READ = {"qti12": read_items_file, "qti2": read_item_file, "qti3": read_item_file}


@dataclass(frozen=True)
class Resource:
    """One entry of the manifest. path: of its file inside the package; row: its line."""

    kind: str
    path: str
    row: int
    metadata: Metadata


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
    for resource in _resources(members[manifest], manifest):
        if resource.path in seen:
            continue
        seen.add(resource.path)
        _read_resource(resource, members, manifest, result)
    if not result.rows and not result.skipped:
        result.skipped.append(Skipped(manifest, Message(N_("The file holds no items."))))
    return result


def _resources(content: bytes, manifest: str) -> Iterator[Resource]:
    """The entries that are questions; when no entry has a type of QTI, all entries with an XML file."""
    root = parse_xml(content, manifest)
    elements = [element for element in root.iter() if str(element.tag).rpartition("}")[2] == "resource"]
    rows = [line(element) for element in elements]
    with_one_set_of_names(root)
    found = list(zip(elements, rows, strict=True))
    typed = [(element, row) for element, row in found if "imsqti" in str(element.get("type") or "").lower()]
    for element, row in typed or found:
        kind = str(element.get("type") or "")
        hrefs = [element.get("href"), *(one.get("href") for one in element.findall("file"))]
        href = next((str(one) for one in hrefs if one), "")
        if not typed and not href.lower().endswith((".xml", ".qti")):
            continue
        folders = [posixpath.dirname(manifest), *_bases(element)]
        path = posixpath.normpath(posixpath.join(*folders, unquote(href).replace("\\", "/"))) if href else ""
        yield Resource(kind, path, row, metadata_of(element))


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
        reader(content, resource.path, result, Media(members, posixpath.dirname(resource.path), result.files))
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
