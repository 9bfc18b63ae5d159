"""Simulated drills as their files say them. `parse_drill` in parse_drill.py makes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from webapp.contests.rules.blueprint import Text


@dataclass(frozen=True)
class Step:
    """Something that can be done in an `order` drill. reason: shown once it was judged."""

    key: str
    text: Text
    reason: Text


@dataclass(frozen=True)
class Area:
    """A rectangle of a picture. box: left, top, width, height in percent. label: what is there, neutrally."""

    key: str
    box: tuple[Decimal, Decimal, Decimal, Decimal]
    label: Text
    is_hazard: bool
    reason: Text
    source: str


@dataclass(frozen=True)
class Setting:
    """A value to set. Right is target ± tolerance; min, max, step: of the control; start: where it stands."""

    key: str
    label: Text
    unit: Text
    min: Decimal
    max: Decimal
    step: Decimal
    start: Decimal
    target: Decimal
    tolerance: Decimal
    reason: Text
    source: str


@dataclass(frozen=True)
class _Drill:
    title: Text
    situation: Text
    debrief: Text
    sources: tuple[str, ...]


@dataclass(frozen=True)
class OrderDrill(_Drill):
    """Do the steps in the right order; extras must not be done at all."""

    steps: tuple[Step, ...]
    extras: tuple[Step, ...]


@dataclass(frozen=True)
class HazardDrill(_Drill):
    """Mark the hazards in a picture. picture: a path in the course's folder."""

    picture: str
    picture_text: Text
    areas: tuple[Area, ...]


@dataclass(frozen=True)
class SettingsDrill(_Drill):
    """Set every value within its tolerance."""

    settings: tuple[Setting, ...]


Drill = OrderDrill | HazardDrill | SettingsDrill


def public_part(drill: Drill) -> dict[str, object]:
    """What may be seen before anything was judged, as JSON: no order, no reason, no target, no hazard flag.

    Steps and extras stand together, ordered by key, which says nothing about the right order."""
    common: dict[str, object] = {"title": _pair(drill.title), "situation": _pair(drill.situation)}
    match drill:
        case OrderDrill():
            choices = sorted((*drill.steps, *drill.extras), key=lambda step: step.key)
            return common | {
                "kind": "order",
                "choices": [{"key": step.key, "text": _pair(step.text)} for step in choices],
            }
        case HazardDrill():
            return common | {
                "kind": "hazards",
                "picture": drill.picture,
                "picture_text": _pair(drill.picture_text),
                "areas": [
                    {"key": area.key, "box": [str(part) for part in area.box], "label": _pair(area.label)}
                    for area in sorted(drill.areas, key=lambda area: (area.box[1], area.box[0]))
                ],
            }
        case SettingsDrill():
            return common | {
                "kind": "settings",
                "settings": [
                    {
                        "key": one.key,
                        "label": _pair(one.label),
                        "unit": _pair(one.unit),
                        "min": str(one.min),
                        "max": str(one.max),
                        "step": str(one.step),
                        "start": str(one.start),
                    }
                    for one in drill.settings
                ],
            }


def _pair(text: Text) -> Mapping[str, str]:
    return {"zh": text.zh, "en": text.en}
