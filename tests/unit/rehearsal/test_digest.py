"""The digest of a rehearsal: any other result changes it, times and the order of the processes do not."""

from dataclasses import replace
from typing import Any

import pytest

from webapp.rehearsal.play import StepReport
from webapp.rehearsal.report import digest

STEPS = [
    StepReport("grading", "first", "welding", 30, 28, 1.5, 0.5, [], {"standing": "ab"}),
    StepReport("posting", "first", "welding", 28, 10, 2.5, 0.7, ["one", "two"], {"list": "cd"}),
    StepReport("grading", "first", "turning", 9, 9, 1.0, 0.2),
]


@pytest.mark.parametrize(
    "changes",
    [{"people_out": 27}, {"people_in": 31}, {"facts": {"standing": "ac"}}, {"problems": ["a quota is exceeded"]}],
)  # fmt: skip
def test_another_result_is_another_digest(changes: dict[str, Any]) -> None:
    assert digest([replace(STEPS[0], **changes), *STEPS[1:]]) != digest(STEPS)
    assert digest(STEPS[:2]) != digest(STEPS)


def test_times_and_the_order_of_processes_are_not_part_of_it() -> None:
    slower = [replace(one, seconds=99.0, cpu_seconds=9.0, problems=one.problems[::-1]) for one in STEPS]
    assert digest(slower[::-1]) == digest(STEPS)
