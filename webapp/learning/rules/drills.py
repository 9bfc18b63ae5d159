"""Simulated drills: each action is judged at once, the score follows from the verdicts. Plain values."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from webapp.contests.rules.blueprint import Text
from webapp.courses.rules.drill import Area, Drill, HazardDrill, OrderDrill, Setting, SettingsDrill, Step

WHOLE, HALF, NONE = Decimal(1), Decimal("0.5"), Decimal(0)
FALSE_MARK = Decimal("-0.5")
PLACES = Decimal("0.01")
MOST_TRIES = 2


class Outcome(StrEnum):
    """RIGHT. EARLY: a right step, not now. NEVER: must not be done at all. HAZARD, SAFE: of a marked area.
    LOW, HIGH: of a value. FINISHED: the person has finished looking for hazards."""

    RIGHT = "right"
    EARLY = "early"
    NEVER = "never"
    HAZARD = "hazard"
    SAFE = "safe"
    LOW = "low"
    HIGH = "high"
    FINISHED = "finished"


@dataclass(frozen=True)
class Action:
    """What the person does: a step, an area or a setting by its key; value: what it is set to; finish: enough."""

    key: str = ""
    value: str = ""
    finish: bool = False

    def as_json(self) -> dict[str, Any]:
        return {"key": self.key, "value": self.value, "finish": self.finish}


@dataclass(frozen=True)
class Verdict:
    """One judged action. worth: of one unit, from -0.5 to 1. settled: the unit that this closed, '' = none.

    shown: the right thing is shown because tries ran out. told: what the person reads, one reason a thing."""

    key: str
    outcome: Outcome
    worth: Decimal
    settled: str = ""
    shown: bool = False
    value: str = ""
    told: tuple["Told", ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "outcome": self.outcome.value,
            "worth": str(self.worth),
            "settled": self.settled,
            "shown": self.shown,
            "value": self.value,
            "told": [one.as_json() for one in self.told],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Verdict":
        return cls(
            data["key"],
            Outcome(data["outcome"]),
            Decimal(data["worth"]),
            data["settled"],
            data["shown"],
            data["value"],
            tuple(Told.from_json(one) for one in data["told"]),
        )


@dataclass(frozen=True)
class Told:
    """A reason with its source. key, name: of the step, area or setting. right: a setting's right value, or ''.

    missed: a hazard that was not marked."""

    key: str
    name: Text
    reason: Text
    source: str = ""
    right: str = ""
    missed: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "name": {"zh": self.name.zh, "en": self.name.en},
            "reason": {"zh": self.reason.zh, "en": self.reason.en},
            "source": self.source,
            "right": self.right,
            "missed": self.missed,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Told":
        return cls(
            data["key"],
            Text(**data["name"]),
            Text(**data["reason"]),
            data["source"],
            data["right"],
            data["missed"],
        )


class BadAction(ValueError):
    """An action that nobody is offered: unknown, done already, or after the end."""


def judge(drill: Drill, past: Sequence[Verdict], action: Action) -> Verdict:
    """The verdict on the next action. Raise BadAction.

    order: the right next step counts whole, after one mistake half; after the second mistake, or after
    something that must never be done, the step counts nothing and is shown. hazards: a false mark costs
    half a hazard. settings: two tries each, the second counts half."""
    if is_over(drill, past):
        raise BadAction
    match drill:
        case OrderDrill():
            return _judge_step(drill, past, action)
        case HazardDrill():
            return _judge_mark(drill, past, action)
        case SettingsDrill():
            return _judge_value(drill, past, action)


def is_over(drill: Drill, past: Sequence[Verdict]) -> bool:
    """Whether everything is settled, or the person has finished looking."""
    if isinstance(drill, HazardDrill):
        return any(verdict.outcome is Outcome.FINISHED for verdict in past)
    return sum(bool(verdict.settled) for verdict in past) >= units(drill)


def units(drill: Drill) -> int:
    """How many things there are to do: steps, hazards or settings."""
    match drill:
        case OrderDrill():
            return len(drill.steps)
        case HazardDrill():
            return sum(area.is_hazard for area in drill.areas)
        case SettingsDrill():
            return len(drill.settings)


def score(drill: Drill, past: Sequence[Verdict]) -> Decimal:
    """0-100, rounded half up to two places: what was right of what there is to do, never below 0."""
    earned = max(sum((verdict.worth for verdict in past), NONE), NONE)
    return (earned * 100 / units(drill)).quantize(PLACES, ROUND_HALF_UP)


def shuffled(keys: Sequence[str], seed: str) -> list[str]:
    """The keys in an order of this run's own."""
    return sorted(keys, key=lambda key: hashlib.sha256(f"{seed}:{key}".encode()).digest())


def _judge_step(drill: OrderDrill, past: Sequence[Verdict], action: Action) -> Verdict:
    settled = [verdict.settled for verdict in past if verdict.settled]
    done = {*settled, *(verdict.key for verdict in past if verdict.outcome is Outcome.NEVER)}
    choices = {step.key: step for step in (*drill.steps, *drill.extras)}
    if action.key not in choices or action.key in done:
        raise BadAction
    wanted = drill.steps[len(settled)]
    chosen = choices[action.key]
    mistakes = _tries(past)
    if chosen.key == wanted.key:
        worth = HALF if mistakes else WHOLE
        return Verdict(chosen.key, Outcome.RIGHT, worth, wanted.key, told=(_told_step(wanted),))
    never = chosen in drill.extras
    outcome = Outcome.NEVER if never else Outcome.EARLY
    told = (_told_step(chosen),) if never else ()
    if never or mistakes + 1 >= MOST_TRIES:
        return Verdict(chosen.key, outcome, NONE, wanted.key, shown=True, told=(*told, _told_step(wanted)))
    return Verdict(chosen.key, outcome, NONE, told=told)


def _judge_mark(drill: HazardDrill, past: Sequence[Verdict], action: Action) -> Verdict:
    marked = {verdict.key for verdict in past}
    if action.finish:
        missed = tuple(
            _told_area(area, missed=True) for area in drill.areas if area.is_hazard and area.key not in marked
        )
        return Verdict("", Outcome.FINISHED, NONE, told=missed)
    area = next((one for one in drill.areas if one.key == action.key), None)
    if area is None or area.key in marked:
        raise BadAction
    told = (_told_area(area),)
    if area.is_hazard:
        return Verdict(area.key, Outcome.HAZARD, WHOLE, area.key, told=told)
    return Verdict(area.key, Outcome.SAFE, FALSE_MARK, told=told)


def _judge_value(drill: SettingsDrill, past: Sequence[Verdict], action: Action) -> Verdict:
    setting = next((one for one in drill.settings if one.key == action.key), None)
    if setting is None or any(verdict.settled == action.key for verdict in past):
        raise BadAction
    value = _number(setting, action.value)
    tries = sum(verdict.key == action.key for verdict in past)
    shown = f"{value.normalize():f}"
    if abs(value - setting.target) <= setting.tolerance:
        worth = HALF if tries else WHOLE
        return Verdict(
            setting.key, Outcome.RIGHT, worth, setting.key, value=shown, told=(_told_setting(setting),)
        )
    outcome = Outcome.LOW if value < setting.target else Outcome.HIGH
    if tries + 1 >= MOST_TRIES:
        return Verdict(setting.key, outcome, NONE, setting.key, True, shown, told=(_told_setting(setting),))
    return Verdict(setting.key, outcome, NONE, value=shown)


def _number(setting: Setting, text: str) -> Decimal:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise BadAction from None
    if not value.is_finite() or not setting.min <= value <= setting.max:
        raise BadAction
    return value


def _tries(past: Sequence[Verdict]) -> int:
    """Mistakes since the last settled step."""
    count = 0
    for verdict in reversed(past):
        if verdict.settled:
            break
        count += 1
    return count


def _told_step(step: Step) -> Told:
    return Told(step.key, step.text, step.reason)


def _told_area(area: Area, *, missed: bool = False) -> Told:
    return Told(area.key, area.label, area.reason, area.source, missed=missed)


def _told_setting(setting: Setting) -> Told:
    low, high = setting.target - setting.tolerance, setting.target + setting.tolerance
    right = f"{low.normalize():f}" if low == high else f"{low.normalize():f}–{high.normalize():f}"
    return Told(setting.key, setting.label, setting.reason, setting.source, right)
