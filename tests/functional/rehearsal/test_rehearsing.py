"""A rehearsal plays a whole contest through the services of the site."""

from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import another_app
from webapp.rehearsal.cli import read, rehearsed
from webapp.rehearsal.report import Rehearsal, table

SIZES = {
    "jilin-4": (30, 2),
    "jilin-5": (40, 3),
    "red-flag-cup-2024": (24, 1),
    "tongliao-2025": (45, 1),
    "haidian-2026": (24, 1),
}
"""People and events."""


def run(app: Flask, var: Path, code: str, seed: int) -> Rehearsal:
    done, text = read(code)
    done.contestants, events = SIZES[code]
    text = text.replace('code = "welding"\n', 'code = "welding"\nteam = true\n')
    done.seed = seed
    site = another_app(app, var, {"JIANGSAI_DEMO": "0"})
    return rehearsed(site, done, text, events, full=False, processes=1, progress=lambda *told: None)


@pytest.mark.parametrize("code", SIZES)
def test_every_shipped_contest_plays_green(app: Flask, tmp_path: Path, code: str) -> None:
    done = run(app, tmp_path, code, 7)
    assert done.problems == []
    steps = {row.step: row for row in reversed(table(done.steps))}
    assert steps["registering"].people_in == SIZES[code][0]
    assert 0 < steps["grading"].people_in <= steps["sitting"].people_in < SIZES[code][0]
    assert steps["posting"].events == steps["checking"].events, "every event has its lists"
    assert 0 < steps["posting"].people_out < SIZES[code][0]
    if code != "red-flag-cup-2024":  # its source names no awards
        assert steps["awarding"].people_out > 0
    assert steps["practical"].people_out > 0
    assert 0 < steps["checking"].people_out < steps["checking"].people_in, "recomputed without a difference"
    if code == "jilin-5":
        assert [step.facts["teams"] for step in done.steps if "teams" in step.facts] > [0], (
            "welding has teams here"
        )
