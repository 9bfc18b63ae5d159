"""I01: how much work a workbook makes: in step with its rows, and within bounds. Seconds are measured in the drill."""

import cProfile
import pstats
from typing import Any

from tests.unit.banks.tables import book
from webapp.banks.formats.files import read_bank_file

HEAD = ["题型", "题干", "选项A", "选项B", "选项C", "选项D", "正确答案", "解析", "难度", "知识点", "分值"]
CALLS_A_ROW = 3200
"""Function calls, built-in ones too; about 1,900 when this was written."""


def rows(count: int) -> list[list[Any]]:
    found: list[list[Any]] = [list(HEAD)]
    for number in range(count):
        stem = f"第 {number} 号设备的额定电流超过多少安培时应当停机检查？请选择符合安全操作规程的做法"
        options = ["切断电源并上报班组", "继续运行到交接班", "通知班组长后处理", "等待检修人员到场"]
        kind, answer = (("单选题", "B"), ("多选题", "ACD"))[number % 2]
        found.append([kind, stem, *options, answer, "依据操作规程第三条", "中", f"章节{number % 9}", 2])
    return found


def calls_for(count: int) -> int:
    content = book({"题": rows(count)})
    profile = cProfile.Profile()
    profile.enable()
    parsed = read_bank_file(content, "b.xlsx")
    profile.disable()
    assert (len(parsed.questions), parsed.problem_count) == (count, 0)
    return int(vars(pstats.Stats(profile))["total_calls"])


def test_i01_work_grows_in_step_with_the_rows_of_a_workbook() -> None:
    calls_for(10)  # Imports and caches happen once.
    small, large = calls_for(150), calls_for(600)
    assert large <= 4.2 * small
    assert large / 600 <= CALLS_A_ROW
