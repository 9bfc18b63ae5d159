"""A bank as a Word document for reading and correcting on paper. It is not meant to be imported again."""

import io
from collections.abc import Mapping
from datetime import datetime

from docx import Document
from docx.document import Document as DocumentObject
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from webapp.banks.formats.pictures import Picture
from webapp.banks.formats.sheet import SheetItem, sheet_items
from webapp.banks.rules.schema import BankFile

FONT = "SimSun"
WIDTH = Cm(9)
MADE = datetime(2020, 1, 1)  # noqa: DTZ001 - the same bank gives the same bytes


def write_docx(bank: BankFile, pictures: Mapping[str, Picture], with_key: bool = True) -> bytes:
    """The questions of a bank, numbered, in order; the key after each when asked for."""
    document = Document()
    _set_font(document)
    document.core_properties.title = bank.title_zh
    document.core_properties.author = ""
    document.core_properties.created = document.core_properties.modified = MADE
    document.add_heading(bank.title_zh or bank.code, level=1)
    for item in sheet_items(bank.questions, with_key):
        _add(document, item, pictures, 0)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_font(document: DocumentObject) -> None:
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(11)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)


def _add(document: DocumentObject, item: SheetItem, pictures: Mapping[str, Picture], level: int) -> None:
    _line(document, f"{item.number} （{item.head}）{item.stem}", level, is_bold=level == 0)
    for name, words in item.pictures:
        picture = pictures.get(name)
        if picture is not None and picture.media_type.startswith("image/"):
            shape = document.add_picture(io.BytesIO(picture.content), width=WIDTH)
            shape._inline.docPr.set("descr", _printable(words))
    for text in item.lines():
        _line(document, text, level + 1)
    for part in item.parts:
        _add(document, part, pictures, level + 1)
    for name, text in (("答案", item.answer), ("解析", item.explanation), ("出处", item.source)):
        if text:
            _line(document, f"{name}：{text}", level + 1)


def _line(document: DocumentObject, text: str, level: int, is_bold: bool = False) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.left_indent = Cm(0.7 * level)
    paragraph.paragraph_format.space_after = Pt(3)
    paragraph.add_run(_printable(text)).bold = is_bold


def _printable(text: str) -> str:
    """XML cannot hold control signs."""
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t")
