"""Course and drill files: what is right is read, what is wrong is named with its line."""

import pytest

from tests.unit.courses.texts import COURSE, HAZARDS, ORDER, SETTINGS
from webapp.courses.errors import CourseInvalid
from webapp.courses.rules.course import LessonKind
from webapp.courses.rules.drill import HazardDrill, OrderDrill, SettingsDrill, public_part
from webapp.courses.rules.parse import parse_course
from webapp.courses.rules.parse_drill import parse_drill


def problems_of(text: str, old: str, new: str) -> list[tuple[str, int | None]]:
    assert old in text
    read = parse_course if "lessons" in text else parse_drill
    with pytest.raises(CourseInvalid) as caught:
        read(text.replace(old, new, 1))
    return [(problem.code, problem.row) for problem in caught.value.problems]


def test_a_course_is_read() -> None:
    course = parse_course(COURSE)
    assert [lesson.kind for lesson in course.lessons] == list(LessonKind)
    assert course.audiences[0].events == ("welding",)
    assert course.lessons[0].files == ("media/see.mp4", "media/see.zh.vtt", "texts/see.md")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('key = "read"', 'key = "see"', "key-twice"),
        ('video = "media/see.mp4"', "", "no-video"),
        ('captions = {zh = "media/see.zh.vtt"}', "", "no-captions"),
        ('video = "media/see.mp4"', 'video = "../../etc/passwd"', "bad-path"),
        ('drill = "drills/do.toml"', "", "no-drill"),
        ("count = 3", "count = 3\ncolour = 1", "unknown-key"),
        ('events = ["welding"]', "", "no-audience"),
        ('kind = "quiz"', 'kind = "song"', "not-a-choice"),
        ('kind = "text"', 'kind = "text"\nbank = "work-safety"', "other-kind"),
        ('captions = {zh = "media/see.zh.vtt"}', 'captions = {en = "media/see.en.vtt"}', "no-captions"),
        ('video = "media/see.mp4"', 'video = "media/see.png"', "bad-ending"),
        ('topics = ["law"]', 'topics = ["law", "law"]', "bad-topics"),
        ('topics = ["law"]', 'topics = ["law", ""]', "bad-topics"),
        ("schema = 1", "schema = = 1", "not-toml"),
    ],
)
def test_each_fault_of_a_course_is_named(old: str, new: str, code: str) -> None:
    found = problems_of(COURSE, old, new)
    assert code in [name for name, _ in found]
    assert all(row for _, row in found)


@pytest.mark.parametrize(
    ("text", "kind"), [(ORDER, OrderDrill), (HAZARDS, HazardDrill), (SETTINGS, SettingsDrill)]
)
def test_a_drill_is_read(text: str, kind: type) -> None:
    assert isinstance(parse_drill(text), kind)


@pytest.mark.parametrize(
    ("text", "old", "new", "code"),
    [
        (ORDER, 'key = "lock"', 'key = "stop"', "key-twice"),
        (HAZARDS, "box = [60, 20, 15.5, 40]", "box = [60, 20, 50, 40]", "bad-box"),
        (HAZARDS, "box = [60, 20, 15.5, 40]", "box = [60, 20]", "bad-box"),
        (HAZARDS, "box = [60, 20, 15.5, 40]", "box = [nan, 20, inf, true]", "bad-box"),
        (HAZARDS, 'picture = "media/shop.png"', 'picture = "texts/shop.md"', "bad-path"),
        (HAZARDS, "is_hazard = true", "is_hazard = false", "too-few"),
        (SETTINGS, "target = 110", "target = nan", "not-a-number"),
        (SETTINGS, "start = 80", "start = 110", "starts-right"),
        (SETTINGS, "target = 110", "target = 170", "bad-range"),
        (SETTINGS, "step = 5\nstart = 80\ntarget = 110\ntolerance = 10", "step = 40\nstart = 60\ntarget = 120\ntolerance = 10", "not-reachable"),
    ],
)  # fmt: skip
def test_each_fault_of_a_drill_is_named(text: str, old: str, new: str, code: str) -> None:
    found = problems_of(text, old, new)
    assert code in [name for name, _ in found]
    assert all(row for _, row in found)


@pytest.mark.parametrize("text", [ORDER, HAZARDS, SETTINGS])
def test_the_public_part_tells_no_answer(text: str) -> None:
    shown = str(public_part(parse_drill(text)))
    for secret in ("reason", "target", "tolerance", "is_hazard", "CANARY", "source"):
        assert secret not in shown


def test_the_public_order_says_nothing_about_the_right_one() -> None:
    turned = ORDER.replace('"stop"', '"zz"', 1)
    shown = public_part(parse_drill(turned))["choices"]
    assert isinstance(shown, list)
    assert [choice["key"] for choice in shown] == ["lock", "wave", "zz"]


def test_every_problem_is_told_at_once_in_the_order_of_the_lines() -> None:
    broken = COURSE.replace('kind = "text"', 'kind = "poem"').replace("count = 3", "count = 900")
    with pytest.raises(CourseInvalid) as caught:
        parse_course(broken)
    rows = [problem.row or 0 for problem in caught.value.problems]
    assert len(rows) > 1
    assert rows == sorted(rows)
