"""drills/*.toml → Drill. Every problem at once, each with its path and line."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from webapp.contests.rules.places import line_index
from webapp.contests.rules.reader import Reader, Report
from webapp.core.words import N_, Message
from webapp.courses.errors import CourseInvalid
from webapp.courses.rules.drill import Area, Drill, HazardDrill, OrderDrill, Setting, SettingsDrill, Step
from webapp.courses.rules.parse import PATH, toml_of

KINDS = ("order", "hazards", "settings")
FEWEST = 2
HUNDRED = Decimal(100)
NOWHERE = Decimal(-1)
PICTURES = (".png", ".jpg", ".webp")


def parse_drill(text: str, name: str = "drill.toml") -> Drill:
    """The drill of a TOML text. Raise CourseInvalid with every problem and its place."""
    report = Report(name, line_index(text))
    root = Reader(toml_of(text, name), "", report)
    kind = root.choice("kind", KINDS)
    common: dict[str, Any] = {
        "title": root.texts("title"),
        "situation": root.texts("situation"),
        "debrief": root.texts("debrief", needed=False),
        "sources": root.names("sources"),
    }
    made: Drill
    match kind:
        case "order":
            made = OrderDrill(
                **common,
                steps=tuple(_step(table) for table in root.tables("steps")),
                extras=tuple(_step(table) for table in root.tables("extras", needed=False)),
            )
            keys = _places("steps", made.steps) + _places("extras", made.extras)
            parts = len(made.steps)
        case "hazards":
            made = HazardDrill(
                **common,
                picture=_picture(root),
                picture_text=root.texts("picture_text"),
                areas=tuple(_area(table) for table in root.tables("areas")),
            )
            keys, parts = _places("areas", made.areas), sum(area.is_hazard for area in made.areas)
        case _:
            made = SettingsDrill(
                **common, settings=tuple(_setting(table) for table in root.tables("settings"))
            )
            keys, parts = _places("settings", made.settings), len(made.settings)
    seen: set[str] = set()
    for place, key in keys:
        if key and key in seen:
            root.problem(f"{place}.key", "key-twice", Message(N_("This key stands twice.")))
        seen.add(key)
    if parts < FEWEST:
        root.problem("kind", "too-few", Message(N_("A drill needs at least two things to do.")))
    root.close()
    if report.problems:
        raise CourseInvalid(sorted(report.problems, key=lambda problem: problem.row or 0))
    return made


def _places(name: str, parts: Sequence[Step | Area | Setting]) -> list[tuple[str, str]]:
    """(place in the file, key) of each part."""
    return [(f"{name}[{position}]", part.key) for position, part in enumerate(parts)]


def _picture(root: Reader) -> str:
    path = root.text("picture")
    if path and not (PATH.match(path) and path.endswith(PICTURES)):
        root.problem(
            "picture",
            "bad-path",
            Message(N_("Name a file of the course's folder, for example media/shop.png.")),
        )
    return path


def _step(table: Reader) -> Step:
    made = Step(table.text("key"), table.texts("text"), table.texts("reason"))
    table.close()
    return made


def _area(table: Reader) -> Area:
    box = table.raw("box")
    numbers = [_finite(part) for part in box] if isinstance(box, list) else []
    left, top, width, height = numbers if len(numbers) == 4 else [NOWHERE] * 4
    if not (
        left >= 0
        and top >= 0
        and width > 0
        and height > 0
        and left + width <= HUNDRED
        and top + height <= HUNDRED
    ):
        table.problem(
            "box",
            "bad-box",
            Message(N_("Four numbers in percent: left, top, width, height, inside the picture.")),
        )
    made = Area(
        key=table.text("key"),
        box=(left, top, width, height),
        label=table.texts("label"),
        is_hazard=table.flag("is_hazard", default=False),
        reason=table.texts("reason"),
        source=table.text("source", needed=False),
    )
    table.close()
    return made


def _finite(part: object) -> Decimal:
    """A number of a box; TOML also knows nan and inf, which are nowhere."""
    is_number = isinstance(part, (int, float)) and not isinstance(part, bool)
    number = Decimal(str(part)) if is_number else NOWHERE
    return number if number.is_finite() else NOWHERE


def _setting(table: Reader) -> Setting:
    made = Setting(
        key=table.text("key"),
        label=table.texts("label"),
        unit=table.texts("unit", needed=False),
        min=_number(table, "min"),
        max=_number(table, "max"),
        step=_number(table, "step"),
        start=_number(table, "start"),
        target=_number(table, "target"),
        tolerance=_number(table, "tolerance"),
        reason=table.texts("reason"),
        source=table.text("source", needed=False),
    )
    if not (
        made.step > 0
        and made.tolerance >= 0
        and all(made.min <= one <= made.max for one in (made.start, made.target))
    ):
        table.problem(
            "", "bad-range", Message(N_("Start and target must lie between min and max, and step above 0."))
        )
    elif not _reachable(made):
        table.problem(
            "step", "not-reachable", Message(N_("No step of the control comes within the tolerance."))
        )
    elif abs(made.start - made.target) <= made.tolerance:
        table.problem("start", "starts-right", Message(N_("The control must not start at the right value.")))
    table.close()
    return made


def _number(table: Reader, key: str) -> Decimal:
    return table.decimal(key, "-1000000", "1000000")


def _reachable(setting: Setting) -> bool:
    """Whether some value min + n x step lies within the tolerance."""
    steps = (setting.target - setting.min) / setting.step
    near = (int(steps), int(steps) + 1)
    values = (setting.min + number * setting.step for number in near)
    return any(value <= setting.max and abs(value - setting.target) <= setting.tolerance for value in values)
