"""Ways through a drill, for tests."""

from pathlib import Path

from webapp.courses.rules.drill import Drill, HazardDrill, OrderDrill, SettingsDrill
from webapp.courses.rules.parse_drill import parse_drill
from webapp.learning.rules.drills import Action, Verdict, judge

SHIPPED = Path(__file__).resolve().parents[3] / "webapp" / "courses" / "shipped"
SHIPPED_DRILLS = sorted(SHIPPED.glob("*/drills/*.toml"))


def shipped(path: Path) -> Drill:
    """A drill that comes with the program."""
    return parse_drill(path.read_text(encoding="utf-8"), path.name)


def perfect(drill: Drill) -> list[Action]:
    """The actions of somebody who knows everything."""
    match drill:
        case OrderDrill():
            return [Action(step.key) for step in drill.steps]
        case HazardDrill():
            return [*(Action(area.key) for area in drill.areas if area.is_hazard), Action(finish=True)]
        case SettingsDrill():
            return [Action(one.key, str(one.target)) for one in drill.settings]


def possible(drill: Drill) -> list[Action]:
    """Everything that a page offers at the beginning; of values: least, most and right."""
    match drill:
        case OrderDrill():
            return [Action(step.key) for step in (*drill.steps, *drill.extras)]
        case HazardDrill():
            return [*(Action(area.key) for area in drill.areas), Action(finish=True)]
        case SettingsDrill():
            return [
                Action(one.key, str(value))
                for one in drill.settings
                for value in (one.min, one.max, one.target)
            ]


def play(drill: Drill, actions: list[Action]) -> list[Verdict]:
    """The verdicts on these actions."""
    past: list[Verdict] = []
    for action in actions:
        past.append(judge(drill, past, action))
    return past


def secrets_of(drill: Drill) -> list[str]:
    """Sentences that must not reach a browser before their step was judged."""
    match drill:
        case OrderDrill():
            told = [step.reason for step in (*drill.steps, *drill.extras)]
        case HazardDrill():
            told = [area.reason for area in drill.areas]
        case SettingsDrill():
            told = [one.reason for one in drill.settings]
    return [words for text in (*told, drill.debrief) for words in (text.zh, text.en)]
