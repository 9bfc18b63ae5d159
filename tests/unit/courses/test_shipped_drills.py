"""The drills that come with the program: complete, sourced, and possible to use on a phone."""

from itertools import combinations
from pathlib import Path

import pytest
from PIL import Image

from tests.unit.learning.drill_runs import SHIPPED_DRILLS, perfect, play, shipped
from webapp.contests.rules.blueprint import Text
from webapp.courses.rules.drill import Area, Drill, HazardDrill, OrderDrill, SettingsDrill
from webapp.learning.rules.drills import score

PICTURE_PX = 300
"""Width of a picture on a phone of 360 px."""
TOUCH_PX = 28
"""The least side of a place; the page makes smaller ones 32 px."""

by_path = pytest.mark.parametrize("path", SHIPPED_DRILLS, ids=lambda path: path.stem)


def texts_of(drill: Drill) -> list[Text]:
    common = [drill.title, drill.situation, drill.debrief]
    match drill:
        case OrderDrill():
            parts = [text for one in (*drill.steps, *drill.extras) for text in (one.text, one.reason)]
        case HazardDrill():
            parts = [drill.picture_text, *(text for one in drill.areas for text in (one.label, one.reason))]
        case SettingsDrill():
            parts = [text for one in drill.settings for text in (one.label, one.unit, one.reason)]
    return [*common, *parts]


def test_there_are_six_or_more_of_all_three_kinds() -> None:
    drills = [shipped(path) for path in SHIPPED_DRILLS]
    assert len(drills) >= 6
    assert {type(drill) for drill in drills} == {OrderDrill, HazardDrill, SettingsDrill}


@by_path
def test_a_shipped_drill_can_be_solved_to_a_hundred(path: Path) -> None:
    drill = shipped(path)
    assert score(drill, play(drill, perfect(drill))) == 100


@by_path
def test_a_shipped_drill_speaks_both_languages_and_names_its_standard(path: Path) -> None:
    drill = shipped(path)
    assert drill.sources
    assert all(text.zh.strip() and text.en.strip() for text in texts_of(drill))


@by_path
def test_a_shipped_drill_has_something_to_get_wrong(path: Path) -> None:
    drill = shipped(path)
    match drill:
        case OrderDrill():
            assert len(drill.steps) >= 6
            assert drill.extras
        case HazardDrill():
            assert sum(area.is_hazard for area in drill.areas) >= 5
            assert sum(not area.is_hazard for area in drill.areas) >= 3
            assert all(area.source for area in drill.areas if area.is_hazard)
        case SettingsDrill():
            assert len(drill.settings) >= 5
            assert all(one.source for one in drill.settings)
            assert all((one.start - one.min) % one.step == 0 for one in drill.settings)


@pytest.mark.parametrize(
    "path",
    [path for path in SHIPPED_DRILLS if isinstance(shipped(path), HazardDrill)],
    ids=lambda path: path.stem,
)
def test_places_of_a_picture_can_be_touched_and_do_not_overlap(path: Path) -> None:
    drill = shipped(path)
    assert isinstance(drill, HazardDrill)
    picture = path.parents[1] / drill.picture
    with Image.open(picture) as image:
        width, height = image.size
    assert picture.stat().st_size < 60_000
    for area in drill.areas:
        wide = float(area.box[2]) / 100 * PICTURE_PX
        high = float(area.box[3]) / 100 * PICTURE_PX * height / width
        assert min(wide, high) >= TOUCH_PX, (area.key, wide, high)
    assert [(one.key, two.key) for one, two in combinations(drill.areas, 2) if overlap(one, two)] == []


def overlap(one: Area, two: Area) -> bool:
    left, top, width, height = one.box
    other_left, other_top, other_width, other_height = two.box
    return (
        left < other_left + other_width
        and other_left < left + width
        and top < other_top + other_height
        and other_top < top + height
    )
