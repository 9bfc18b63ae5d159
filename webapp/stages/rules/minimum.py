"""How many have to come at least."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.contests.rules.schema import Rule

FINAL_MINIMUM = "final-minimum"
MIN_CONTESTANTS = "min-contestants"


@dataclass(frozen=True)
class Shortage:
    """Too few. is_hard: refused; else a named person may except it with a reason."""

    needed: int
    people: int
    is_hard: bool


def shortage(limits: Sequence[Rule], people: int, *, is_last_stage: bool) -> Shortage | None:
    """What is missing for the last stage by the contest's limit 'final-minimum'; None: enough, undecided, or
    another stage. With a hard and a normal limit the hard one counts. Source: CONTESTS 4 (at least 30)."""
    if not is_last_stage:
        return None
    broken = [
        Shortage(int(rule.value), people, rule.force == "hard")
        for rule in limits
        if rule.code == FINAL_MINIMUM and rule.value is not None and people < int(rule.value)
    ]
    return max(broken, key=lambda one: (one.is_hard, one.needed), default=None)


def too_few(limits: Sequence[Rule], people: int, event_class: str) -> Shortage | None:
    """What is missing for an event by the contest's limit 'min-contestants'; None: enough, undecided, or a rule for
    other classes. Source: CONTESTS 5 (normally at least 200 an event)."""
    for rule in limits:
        holds = not rule.classes or event_class in rule.classes
        if rule.code == MIN_CONTESTANTS and holds and rule.value is not None and people < int(rule.value):
            return Shortage(int(rule.value), people, rule.force == "hard")
    return None
