"""How far the reading of a file is: every step is told, forwards only, to its end."""

import itertools
import json
from typing import Any

import pytest

from tests.unit.banks.tables import HEAD, book, csv_file
from webapp.banks.formats.files import read_bank_file
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.progress import EVERY, Progress, Step, percent

ROWS = 3 * EVERY


def rows() -> list[list[str]]:
    return [
        ["单选题", f"第 {number} 台设备停电后先做什么？", "验电", "合闸", "离开", "A", ""]
        for number in range(ROWS)
    ]


FILES = {
    "a.xlsx": lambda: book({"题": [HEAD, *rows()]}),
    "a.csv": lambda: csv_file(*rows()),
    "a.json": lambda: json.dumps([dict(zip(HEAD, row, strict=True)) for row in rows()]).encode(),
    "a.txt": lambda: "\n".join(
        f"{at}. 第 {at} 台设备？\nA. 验电\nB. 合闸\n答案：A" for at in range(1, ROWS + 1)
    ).encode(),
}


@pytest.mark.parametrize("name", FILES)
def test_every_step_is_told_and_the_figure_only_grows_to_its_end(name: str) -> None:
    told: list[tuple[Step, int, int]] = []
    progress = Progress(lambda step, done, total: told.append((step, done, total)))
    parsed = read_bank_file(FILES[name](), name, ReadOptions(progress=progress))
    assert len(parsed.questions) == ROWS
    steps = [step for step, _ in itertools.groupby(told, key=lambda entry: entry[0])]
    assert steps == [step for step in Step if step in steps]
    assert {Step.CHECKING, Step.COMPARING} <= set(steps)
    shares = [percent(*entry) for entry in told]
    assert shares == sorted(shares)
    checked = [(done, total) for step, done, total in told if step == Step.CHECKING]
    assert len(checked) >= 3
    assert checked[-1][0] >= ROWS
    assert len(told) <= 4 * (ROWS // EVERY + 2)


def test_a_workbook_tells_of_its_rows_while_it_is_opened() -> None:
    told: list[tuple[Any, ...]] = []
    progress = Progress(lambda *entry: told.append(entry))
    read_bank_file(FILES["a.xlsx"](), "a.xlsx", ReadOptions(progress=progress))
    reading = [entry for entry in told if entry[0] == Step.READING]
    assert reading[0] == (Step.READING, 0, ROWS + 1)
    assert reading[-1][1] >= ROWS


def test_the_steps_share_the_whole_between_them() -> None:
    assert percent(Step.READING, 0, 10) == 0
    assert percent(Step.KEEPING, 10, 10) == 100
    assert percent(Step.CHECKING, 5, 0) == percent(Step.READING, 1, 1)
