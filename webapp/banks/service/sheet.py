"""The questions of a bank on paper, as PDF."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from webapp.banks.formats.pictures import Picture
from webapp.banks.formats.sheet import SheetItem, sheet_items
from webapp.banks.rules.schema import BankFile
from webapp.core import typesetting
from webapp.core.i18n import gettext as _

TEMPLATE = Path(__file__).parents[1] / "typst" / "sheet.typ"


MOST_QUESTIONS = 1_000
"""So many stay within a second or two of work in the request."""


def sheet_docx(bank: BankFile, pictures: Mapping[str, Picture], with_key: bool) -> bytes:
    """The same as a Word document."""
    # Few processes ever need Word's library.
    writer = import_module("webapp.banks.formats.write_docx")
    return cast(bytes, writer.write_docx(bank, pictures, with_key))


def sheet_pdf(bank: BankFile, pictures: Mapping[str, Picture], with_key: bool) -> bytes:
    """All questions of a bank version, numbered; with_key: answer, explanation and source after each."""
    data = {
        "title": bank.title_zh or bank.code,
        "note": _("With answers: keep it closed") if with_key else _("Without answers"),
        "items": [_data(item, pictures) for item in sheet_items(bank.questions, with_key)],
    }
    return typesetting.pdf(TEMPLATE, data)


def _data(item: SheetItem, pictures: Mapping[str, Picture]) -> dict[str, Any]:
    key = ((_("Answer"), item.answer), (_("Explanation"), item.explanation), (_("Source"), item.source))
    return {
        "number": item.number,
        "head": item.head,
        "stem": item.stem,
        "lines": list(item.lines()),
        "pictures": [
            {"content": list(pictures[name].content), "words": words}
            for name, words in item.pictures
            if name in pictures and pictures[name].media_type.startswith("image/")
        ],
        "parts": [_data(part, pictures) for part in item.parts],
        "key": [[name, words] for name, words in key if words],
    }
