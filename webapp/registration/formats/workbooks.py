"""Workbooks that are handed out: the template, a roster with its problems, lists."""

import io
from collections.abc import Mapping, Sequence

import xlsxwriter

from webapp.core.spreadsheets import harmless
from webapp.registration.formats.roster import COLUMNS, EXAMPLE_MARK, MOST_ROWS, Choice

KIND_NAMES = (
    "居民身份证",
    "港澳居民来往内地通行证",
    "台湾居民来往大陆通行证",
    "外国人永久居留身份证",
    "护照",
)
EXAMPLE = (
    f"{EXAMPLE_MARK}：张三（请删除本行）",
    KIND_NAMES[0],
    "填写证件上的号码",
    "11 位手机号，可不填",
    "见“赛项”表",
)


def template(choices: Sequence[Choice]) -> bytes:
    """An empty workbook with one example row and a sheet that lists the events."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("职工名单")
        sheet.set_column(0, len(COLUMNS) - 1, 24, text)
        sheet.write_row(0, 0, COLUMNS, bold)
        sheet.write_row(1, 0, EXAMPLE, text)
        sheet.data_validation(1, 1, MOST_ROWS, 1, {"validate": "list", "source": list(KIND_NAMES)})
        listed = book.add_worksheet("赛项")
        listed.set_column(0, 1, 30)
        listed.write_row(0, 0, ("赛项代码", "赛项名称"), bold)
        for place, choice in enumerate(choices, start=1):
            listed.write_string(place, 0, harmless(choice.code))
            listed.write_string(place, 1, harmless(choice.titles[0] if choice.titles else ""))
    return out.getvalue()


def annotated(
    cells: Sequence[tuple[int, Sequence[str]]], words: Mapping[int, str], wrong: Mapping[int, set[str]]
) -> bytes:
    """The rows as they came, the wrong cells marked, what is wrong in words in a column of its own.

    words: row -> what is wrong, in the reader's language; wrong: row -> names of its wrong columns."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        # The quote prefix keeps a text a text when a person edits the cell; '+86…' comes back as it was.
        text = book.add_format({"num_format": "@", "quote_prefix": True})
        red = book.add_format({"num_format": "@", "quote_prefix": True, "bg_color": "#F8D7DA"})
        sheet = book.add_worksheet("职工名单")
        sheet.set_column(0, len(COLUMNS), 24, text)
        sheet.write_row(0, 0, (*COLUMNS, "问题"), bold)
        for place, (row, texts) in enumerate(cells, start=1):
            for column, value in enumerate(texts):
                marked = COLUMNS[column] in wrong.get(row, ())
                sheet.write_string(place, column, value, red if marked else text)
            sheet.write_string(place, len(COLUMNS), words.get(row, ""), text)
    return out.getvalue()


def handout(rows: Sequence[Sequence[str]], headings: Sequence[str]) -> bytes:
    """A plain workbook of texts, every cell harmless in a spreadsheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet = book.add_worksheet()
        sheet.set_column(0, len(headings) - 1, 22, text)
        sheet.write_row(0, 0, [harmless(one) for one in headings], bold)
        for place, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                sheet.write_string(place, column, harmless(value), text)
        sheet.freeze_panes(1, 0)
    return out.getvalue()
