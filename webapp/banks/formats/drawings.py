"""Pictures that lie on cells of a workbook: which picture, on which sheet, row and column."""

import posixpath
import zipfile
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


class Anchored(NamedTuple):
    """A picture on a cell, and what the workbook says of it for people who do not see it."""

    content: bytes
    words: str


Anchors = dict[str, dict[tuple[int, int], Anchored]]


def anchored_pictures(archive: zipfile.ZipFile) -> Anchors:
    """Per sheet title, (row from 1, column from 0) of the top left corner -> picture.

    Two pictures on one cell: the first is kept."""
    if not any("/drawings/" in name for name in archive.namelist()):
        return {}
    anchors: Anchors = {}
    for title, sheet_path in sheet_paths(archive):
        for drawing in _targets(archive, sheet_path, "/drawing"):
            media = dict(_relations(archive, drawing))
            for row, column, relation, words in _anchors(_parse(archive, drawing)):
                path = media.get(relation, "")
                if path not in archive.namelist():
                    continue
                anchors.setdefault(title, {}).setdefault((row, column), Anchored(archive.read(path), words))
    return anchors


def sheet_paths(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(title, path inside the zip) of each sheet of a workbook."""
    book = "xl/workbook.xml"
    if book not in archive.namelist():
        return
    paths = dict(_relations(archive, book))
    for element in _parse(archive, book).iter():
        if _local(element) == "sheet":
            path = paths.get(element.get(f"{_REL}id", ""), "")
            if path in archive.namelist():
                yield element.get("name", ""), path


def _anchors(drawing: Element) -> Iterator[tuple[int, int, str, str]]:
    for anchor in drawing:
        corner = next((part for part in anchor if _local(part) == "from"), None)
        if corner is None:
            continue
        at = {_local(part): int(part.text or 0) for part in corner if _local(part) in {"row", "col"}}
        words = ""
        for part in anchor.iter():
            if _local(part) == "cNvPr":
                words = part.get("descr", "")
            if _local(part) == "blip":
                yield at.get("row", 0) + 1, at.get("col", 0), part.get(f"{_REL}embed", ""), words


def _targets(archive: zipfile.ZipFile, path: str, kind: str) -> Iterator[str]:
    for relation in _relation_elements(archive, path):
        if relation.get("Type", "").endswith(kind):
            yield _resolved(path, relation.get("Target", ""))


def _relations(archive: zipfile.ZipFile, path: str) -> Iterator[tuple[str, str]]:
    for relation in _relation_elements(archive, path):
        if relation.get("TargetMode") != "External":
            yield relation.get("Id", ""), _resolved(path, relation.get("Target", ""))


def _relation_elements(archive: zipfile.ZipFile, path: str) -> Iterator[Element]:
    folder, name = posixpath.split(path)
    relations = f"{folder}/_rels/{name}.rels"
    if relations in archive.namelist():
        yield from _parse(archive, relations)


def _resolved(path: str, target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def _parse(archive: zipfile.ZipFile, path: str) -> Element:
    root: Element = fromstring(archive.read(path), forbid_dtd=True)
    return root


def _local(element: Element) -> str:
    return element.tag.rsplit("}", 1)[-1]
