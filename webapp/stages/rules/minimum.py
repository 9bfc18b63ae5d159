"""How many have to come at least."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.contests.rules.schema import Rule, Window

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
    other classes. With a hard and a normal limit broken the hard one counts. Source: CONTESTS 5 (normally at least 200 an
    event)."""
    broken = [
        Shortage(int(rule.value), people, rule.force == "hard")
        for rule in asked(limits, event_class)
        if people < int(rule.value)
    ]
    return max(broken, key=lambda one: (one.is_hard, one.needed), default=None)


def asked(limits: Sequence[Rule], event_class: str) -> list[Rule]:
    """The decided limits 'min-contestants' for an event of this class, the highest first."""
    found = [
        rule
        for rule in limits
        if rule.code == MIN_CONTESTANTS
        and rule.value is not None
        and (not rule.classes or event_class in rule.classes)
    ]
    return sorted(found, key=lambda rule: int(rule.value), reverse=True)


def is_entry_over(registration: Window | None, review: Window | None, waiting: int, now: datetime) -> bool:
    """Whether nobody is confirmed any more: registration has ended, and nobody's review waits, or the time of the review is
    over as well. None: undecided; while registration is undecided somebody may always come. waiting: applications that
    nobody has decided on."""
    if registration is None or now < registration.closes_at:
        return False
    return not waiting or (review is not None and now >= review.closes_at)


def holds_back(few: Shortage | None, *, entry_is_over: bool, has_begun: bool) -> bool:
    """Whether the first stage of an event may not begin: a hard minimum is not met and nobody comes any more. Once anybody
    has begun, nothing holds it back (decision 0065)."""
    return few is not None and few.is_hard and entry_is_over and not has_begun
