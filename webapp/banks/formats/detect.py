"""Which format a file has, told by its content first and its name second, and the reader of each."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import cast

from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.result import FormatResult

Reader = Callable[[bytes, str, ReadOptions], FormatResult]
"""(content, file name, what the person said about the file) → what it holds. raise (FileRefused): the file
cannot be read at all."""

READERS: Mapping[str, tuple[str, str]] = {
    "aiken": ("aiken", "read_aiken"),
    "cloze": ("cloze", "read_cloze"),
    "docx": ("word", "read_docx"),
    "gift": ("gift", "read_gift"),
    "h5p": ("h5p", "read_h5p"),
    "json": ("json_bank", "read_json"),
    "missingword": ("missingword", "read_missing_word"),
    "moodle-xml": ("moodle_xml", "read_moodle_xml"),
    "qti-package": ("qti_package", "read_qti_package"),
    "qti12": ("qti12", "read_qti12"),
    "olx": ("olx", "read_olx"),
    "olx-package": ("olx_package", "read_olx_package"),
    "qti2": ("qti2", "read_qti2"),
    "qti3": ("qti2", "read_qti2"),
    "text": ("text", "read_text"),
    "tcexam": ("tcexam", "read_tcexam"),
}
"""Format → (module of this folder, function). Imported when first needed: most web processes never read an
XML or Word file. Workbooks, text tables and TOML banks are read by `files.py`."""

HEAD = 64 * 1024
ROOTS = {
    "quiz": "moodle-xml",
    "question": "moodle-xml",
    "questestinterop": "qti12",
    "assessmentItem": "qti2",
    "assessmentTest": "qti2",
    "qti-assessment-item": "qti3",
    "qti-assessment-test": "qti3",
    "problem": "olx",
    "library": "olx",
    "vertical": "olx",
    "sequential": "olx",
}
_ROOT = re.compile(r"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_XML_START = re.compile(r"\s*<(?:\?[A-Za-z]|!--|!DOCTYPE|[A-Za-z_])")
_JSON = re.compile(r'\s*[\[{]\s*["\[{\]}]')
_AIKEN_OPTION = re.compile(r"^[ \t]*[A-Z][.)]", re.MULTILINE)
_AIKEN_ANSWER = re.compile(r"^[ \t]*ANSWER:", re.MULTILINE)
_SMALL_OPTIONS = re.compile(r"^[ \t]*a[.)][ \t]+\S[^\n]*\n\s*b[.)][ \t]+\S", re.MULTILINE)
_ANSWER_LINE = re.compile(r"^[ \t]*answer[ \t]*:[ \t]*([^\n]*)", re.MULTILINE | re.IGNORECASE)
_CLOZE = re.compile(
    r"\{\d*(?:\.\d+)?:(?:MULTICHOICE|MULTIRESPONSE|SHORTANSWER|NUMERICAL|MC|MR|SA|MW|NM)(?:_?[A-Z]{1,2})?:",
    re.IGNORECASE,
)
_BRACES = re.compile(r"(?<!\\)\{([^{}]*)\}")
_OLD_WEIGHT = re.compile(r"~\s*-?\d{1,3}(?:\.\d+)?%(?=[^\s~=#}.,;])")
"""'~75%half right' is a weight; '~75%' and '~75% of it' are answers."""
_GIFT_LINE = re.compile(r"^(?:::[^\n]*::|\$CATEGORY:)", re.MULTILINE)
_GIFT_ANSWERS = re.compile(r"\s*(?:[=~#]|(?:T|F|TRUE|FALSE)\s*(?:#|$))")
_CHINESE = re.compile(
    r"^[ \t]*(?:【?(?:正确|参考|标准)?答案】?[ \t]*[:：】]|(?:第?[一二三四五六七八九十]{1,3}[、.．部]|\d{1,3}[.．、])[^\n]{0,60}题)",
    re.MULTILINE,
)
_NUMBERED = re.compile(r"^[ \t]*(?:\d{1,4}[ \t]*[.．、]|[(（]\d{1,4}[)）]|第\d{1,4}题)", re.MULTILINE)
_TABLE = re.compile(r"题干|题目|试题|问题")
_TABLE_ANSWER = re.compile(r"答案|标答|正确选项")
_COURSE = re.compile(r"(?:^|/)(?:course|library)\.xml$")
_H5P = re.compile(r'"(?:library|mainLibrary)"\s*:\s*"H5P\.|"subContentId"\s*:')
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
    if content.startswith(b"\x1f\x8b"):
        return "olx-package" if _is_tar(content) else ""
    head = _text(content[:HEAD])
    if _XML_START.match(head):
        root = _ROOT.search(re.sub(r"<!--.*?-->", "", head, flags=re.DOTALL))
        if root is None or root.group(1) in ROOTS or suffix == "xml":
            return ROOTS.get(root.group(1), "") if root else ""
    if _TCEXAM.match(head):
        return "tcexam"
    if suffix == "json" and (_H5P.search(head) or name.rsplit("/", 1)[-1].lower() == "content.json"):
        return "h5p"
    if suffix == "json" or (suffix not in {"toml", "csv", "tsv", "txt"} and _JSON.match(head)):
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
    is_own = any(name.rsplit("/", 1)[-1] == "bank.toml" for name in names)
    return "olx-package" if not is_own and any(_COURSE.search(name) for name in names) else ""


def _is_tar(content: bytes) -> bool:
    """Whether gzipped bytes begin a tar archive."""
    try:
        return zlib.decompressobj(31).decompress(content[:HEAD], 512)[257:262] == b"ustar"
    except zlib.error:
        return False


def _plain(head: str, name: str) -> str:
    """Text formats. What is none of the foreign ones is read as numbered Chinese text."""
    head = head.replace("\r\n", "\n").replace("\r", "\n")
    told = {".gift": "gift", ".aiken": "aiken", ".cloze": "cloze"}
    if name[name.rfind(".") :] in told:
        return told[name[name.rfind(".") :]]
    if _AIKEN_ANSWER.search(head) and _AIKEN_OPTION.search(head):
        return "aiken"
    if _SMALL_OPTIONS.search(head) and _are_letters(_ANSWER_LINE.findall(head)):
        return "aiken"
    if _CLOZE.search(head) or "multianswer" in name:
        return "cloze"
    groups = _BRACES.findall(head)
    is_old = any(_OLD_WEIGHT.search(group) for group in groups) and not _GIFT_LINE.search(head)
    if "missingword" in name or is_old:
        return "missingword"
    if _GIFT_LINE.search(head) or any(_GIFT_ANSWERS.match(group) for group in groups):
        return "gift"
    if any(_is_heading_row(line) for line in head.split("\n", 30)[:30]):
        return ""
    if _CHINESE.search(head) or _NUMBERED.search(head):
        return "text"
    # Empty braces are an essay in GIFT, and a blank in Chinese texts; these have numbers or answers.
    return "gift" if groups or head.lstrip().startswith("//") else "text"


def _are_letters(answers: list[str]) -> bool:
    """Whether every answer line names one letter, and there is one."""
    return bool(answers) and all(re.fullmatch(r"[(]?[A-Za-z][.)]{0,2}\s*", answer) for answer in answers)


def _is_heading_row(line: str) -> bool:
    """Whether a line heads a table, in a file whose name does not say that it is one."""
    is_divided = line.count("\t") > 1 or line.count(",") > 1
    return is_divided and bool(_TABLE.search(line)) and bool(_TABLE_ANSWER.search(line))


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
