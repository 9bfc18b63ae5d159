"""The items of a score sheet from a workbook, and back into one."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import xlsxwriter

from webapp.core.problems import Problem
from webapp.core.spreadsheets import harmless
from webapp.core.words import N_, Message
from webapp.judging.formats.tables import EXAMPLE_MARK, Table, read_table
from webapp.judging.rules.items import Band, Item, ItemKind, number_of, plain

CODE, TITLE, ENGLISH, KIND = "编号", "评分项", "英文名称", "类型"
MAX, STEP, TARGET, TOLERANCE, UNIT, BANDS = "满分", "步长", "目标值", "允许偏差", "单位", "分段"
COLUMNS = (CODE, TITLE, ENGLISH, KIND, MAX, STEP, TARGET, TOLERANCE, UNIT, BANDS)
NEEDED = (CODE, TITLE, KIND, MAX)
HEADINGS = {name: name for name in COLUMNS} | {
    "code": CODE, "item": TITLE, "item (english)": ENGLISH, "kind": KIND, "max": MAX, "step": STEP,
    "target": TARGET, "tolerance": TOLERANCE, "unit": UNIT, "bands": BANDS,
}  # fmt: skip
KIND_WORDS = {
    ItemKind.MEASURED: "测量",
    ItemKind.JUDGED: "评判",
    ItemKind.DEDUCTION: "扣分",
    ItemKind.DISQUALIFYING: "取消成绩",
}
KINDS = {word: kind for kind, word in KIND_WORDS.items()} | {kind.value: kind for kind in ItemKind}
EXAMPLES = (
    (
        f"{EXAMPLE_MARK}A1（请删除示例行）",
        "槽宽",
        "Width of the slot",
        "测量",
        "4",
        "",
        "12",
        "0.05",
        "mm",
        "",
    ),
    (
        f"{EXAMPLE_MARK}A2",
        "孔距",
        "Distance of the holes",
        "测量",
        "6",
        "",
        "40",
        "",
        "mm",
        "0.02=6; 0.05=3.5",
    ),
    (f"{EXAMPLE_MARK}B1", "外观", "Look", "评判", "10", "0.5", "", "", "", ""),
    (f"{EXAMPLE_MARK}C1", "浪费材料", "Wasted material", "扣分", "3", "1", "", "", "", ""),
    (f"{EXAMPLE_MARK}Z1", "重大安全事故", "Serious accident", "取消成绩", "", "", "", "", "", ""),
)
LONGEST_TITLE, MOST_ITEMS = 120, 300
CODE_FORM = re.compile(r"^[A-Za-z0-9][A-Za-z0-9.-]{0,11}$")


@dataclass(frozen=True)
class ItemsFile:
    """What a file holds."""

    items: tuple[Item, ...]
    problems: tuple[Problem, ...]


def read_items(content: bytes, file: str) -> ItemsFile:
    """The items of a workbook or text table, every problem with its row and column.

    raise (FileRefused, ScoresFileWrong, FileEmpty)."""
    table = read_table(content, file, HEADINGS, NEEDED)
    items: list[Item] = []
    seen: dict[str, int] = {}
    for row, texts in table.rows[:MOST_ITEMS]:
        before = len(table.problems)
        one = _item(table, row, texts, seen)
        if one is not None and len(table.problems) == before:
            items.append(one)
    return ItemsFile(tuple(items), tuple(table.problems))


def _item(table: Table, row: int, texts: dict[str, str], seen: dict[str, int]) -> Item | None:
    code, title, kind = texts[CODE], texts[TITLE], KINDS.get(texts[KIND].lower())
    for name in (CODE, TITLE):
        if not texts[name]:
            table.problem(row, name, "missing", Message(N_("This cell is empty.")))
    if code and not CODE_FORM.match(code):
        words = Message(N_("A code has up to 12 letters, digits, dots and hyphens."))
        table.problem(row, CODE, "code", words, code)
    if len(title) > LONGEST_TITLE:
        table.problem(row, TITLE, "too-long", Message(N_("This text is too long.")), title)
    if code in seen:
        words = Message(N_("Row %(row)s has the same code."), {"row": seen[code]})
        table.problem(row, CODE, "twice", words, code)
    seen.setdefault(code, row)
    if kind is None:
        words = Message(N_("Write %(words)s here."), {"words": " / ".join(KIND_WORDS.values())})
        table.problem(row, KIND, "kind", words, texts[KIND])
        return None
    most = _number(table, row, texts, MAX, needed=kind is not ItemKind.DISQUALIFYING)
    bands = _bands(table, row, texts.get(BANDS, ""), most)
    measured = kind is ItemKind.MEASURED
    return Item(
        code, title, texts.get(ENGLISH, "")[:LONGEST_TITLE], kind,
        max=most if kind is not ItemKind.DISQUALIFYING else Decimal(0),
        step=_step(table, row, texts),
        target=_number(table, row, texts, TARGET, needed=measured, signed=True),
        tolerance=_number(table, row, texts, TOLERANCE, needed=measured and not bands),
        unit=texts.get(UNIT, "")[:12],
        bands=bands if measured else (),
    )  # fmt: skip


def _number(
    table: Table, row: int, texts: dict[str, str], name: str, *, needed: bool, signed: bool = False
) -> Decimal:
    text = texts.get(name, "")
    if not text:
        if needed:
            table.problem(row, name, "missing", Message(N_("This cell is empty.")))
        return Decimal(0)
    number = number_of(text)
    if number is None or (number < 0 and not signed) or -number.normalize().as_tuple().exponent > 4:  # type: ignore[operator]  # finite: an int
        table.problem(row, name, "number", Message(N_("Write a number with at most four places here.")), text)
        return Decimal(0)
    return number


def _step(table: Table, row: int, texts: dict[str, str]) -> Decimal:
    if not texts.get(STEP):
        return Decimal(1)
    step = _number(table, row, texts, STEP, needed=False)
    if step == 0:
        table.problem(row, STEP, "step", Message(N_("A step is larger than 0.")), texts[STEP])
        return Decimal(1)
    return step


def _bands(table: Table, row: int, text: str, most: Decimal) -> tuple[Band, ...]:
    """`0.02=6; 0.05=3.5`: no further than 0.02 from the target earns 6, no further than 0.05 earns 3.5."""
    if not text.strip():
        return ()
    found = []
    for part in text.replace("；", ";").replace("＝", "=").split(";"):
        within, _, mark = part.partition("=")
        numbers = number_of(within), number_of(mark)
        if numbers[0] is None or numbers[1] is None:
            words = Message(N_("Write bands like %(words)s."), {"words": "0.02=6; 0.05=3.5"})
            table.problem(row, BANDS, "bands", words, text)
            return ()
        found.append(Band(numbers[0], numbers[1]))
    rising = all(one.within < two.within and one.mark > two.mark for one, two in pairwise(found))
    if not rising or found[0].within < 0 or found[-1].mark < 0 or found[0].mark > most:
        words = Message(
            N_("Bands go from near to far with falling points, the first at most the full points.")
        )
        table.problem(row, BANDS, "bands", words, text)
        return ()
    return tuple(found)


def write_items(items: Sequence[Item]) -> bytes:
    """A workbook that `read_items` reads back without loss; with examples where there are no items."""
    rows = [
        (
            one.code, one.title_zh, one.title_en, KIND_WORDS[one.kind], plain(one.max), plain(one.step),
            plain(one.target), plain(one.tolerance), one.unit,
            "; ".join(f"{plain(band.within)}={plain(band.mark)}" for band in one.bands),
        )
        for one in items
    ]  # fmt: skip
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("评分表")
        sheet.set_column(0, len(COLUMNS) - 1, 16, text)
        sheet.write_row(0, 0, COLUMNS, bold)
        for place, row in enumerate(rows or EXAMPLES, 1):
            for column, cell in enumerate(row):
                sheet.write_string(place, column, harmless(cell), text)
        sheet.data_validation(1, 3, 500, 3, {"validate": "list", "source": list(KIND_WORDS.values())})
    return out.getvalue()
