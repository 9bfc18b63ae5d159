"""Which format a file has, told by its content first and its name second, and the reader of each."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import cast

from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.result import FormatResult

Reader = Callable[[bytes, str, ReadOptions], FormatResult]
"""(content, file name, what the person said about the file) → what it holds. raise (FileRefused): the file
cannot be read at all."""

READERS: Mapping[str, tuple[str, str]] = {
    "gift": ("gift", "read_gift"),
}
"""Format → (module of this folder, function). Imported when first needed: most web processes never read an
XML or Word file. Workbooks, text tables and TOML banks are read by `files.py`."""

HEAD = 64 * 1024
ROOTS = {
    "quiz": "moodle-xml",
    "questestinterop": "qti12",
    "assessmentItem": "qti2",
    "assessmentTest": "qti2",
    "qti-assessment-item": "qti3",
    "qti-assessment-test": "qti3",
    "problem": "olx",
}
_ROOT = re.compile(r"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_XML_START = re.compile(r"\s*<(?:\?xml|!--|!DOCTYPE|[A-Za-z_])")
_AIKEN = re.compile(r"^[A-Z][.)].*\r?\n(?:.*\r?\n)*?ANSWER:\s*[A-Z]", re.MULTILINE)
_CLOZE = re.compile(
    r"\{\d*:(?:MULTICHOICE|MULTIRESPONSE|SHORTANSWER|NUMERICAL|MC|MR|SA|MW|NM)(?:_[A-Z]+)?:", re.IGNORECASE
)
_MISSING_WORD = re.compile(r"\{[^{}]*~\s*-?\d+(?:\.\d+)?%[^{}]*\}")
_GIFT = re.compile(
    r"^::|^\$CATEGORY:|^//|\{[^{}]*(?:[=~#]|->)[^{}]*\}|\{\s*(?:T|F|TRUE|FALSE)?\s*(?:#[^{}]*)?\}", re.M
)
_TCEXAM = re.compile(r"^(?:M=MODULE|[MSQA]\t)")


def reader_of(kind: str) -> Reader | None:
    """The reader of a format, None for tables and TOML banks."""
    if kind not in READERS:
        return None
    module, function = READERS[kind]
    return cast(Reader, getattr(import_module(f"webapp.banks.formats.{module}"), function))


def detect(content: bytes, name: str) -> str:
    """The format of a file as a name of this module's lists; '' for tables, TOML banks and what is none."""
    suffix = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if content.startswith(b"PK"):
        return _packed(content)
    head = _text(content[:HEAD])
    if _XML_START.match(head):
        root = _ROOT.search(re.sub(r"<!--.*?-->", "", head, flags=re.DOTALL))
        return ROOTS.get(root.group(1), "") if root else ""
    if _TCEXAM.match(head):
        return "tcexam"
    if suffix == "json" or (suffix not in {"toml", "csv", "tsv", "txt"} and head.lstrip()[:1] in {"[", "{"}):
        return "json"
    if suffix in {"toml", "csv", "tsv", "xls", "xlsx"} or "\x00" in head:
        return ""
    return _plain(head, name.lower())


def _packed(content: bytes) -> str:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return ""
    if "word/document.xml" in names:
        return "docx"
    if "h5p.json" in names:
        return "h5p"
    if any(name.rsplit("/", 1)[-1] == "imsmanifest.xml" for name in names):
        return "qti-package"
    return ""


def _plain(head: str, name: str) -> str:
    """Text formats. What is none of the foreign ones is read as numbered Chinese text."""
    if _AIKEN.search(head):
        return "aiken"
    if _CLOZE.search(head):
        return "cloze"
    if "missingword" in name or _MISSING_WORD.search(head):
        return "missingword"
    if _GIFT.search(head):
        return "gift"
    return "text"


def _text(head: bytes) -> str:
    """The beginning as text; a sign cut in two at its end does not matter here."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore")
    try:
        return head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start > len(head) - 4:
            return head[: error.start].decode("utf-8-sig", "ignore")
        return head.decode("gb18030", "ignore")
