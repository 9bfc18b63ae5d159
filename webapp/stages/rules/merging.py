"""When two events become one: what forbids it, and which entry of somebody who is in both goes on."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from webapp.contests.rules.schema import Contest, EventRules
from webapp.core.words import N_, Message


class Stays(StrEnum):
    """Whose participation goes on: that of the event that ends, or that of the one that stays."""

    OLD = "old"
    NEW = "new"


@dataclass(frozen=True)
class Held:
    """One participation of somebody who is in both events. points: learned, as they count now."""

    state: str
    points: Decimal

    @property
    def is_live(self) -> bool:
        return self.state in {"active", "provisional"}


@dataclass(frozen=True)
class Facts:
    """What has happened in the two events (old ends, new stays). begun: papers that somebody has started, of formal
    exams; lists: frozen, posted or final; places: given in a stage; practical: blind numbers drawn; filed: scores
    filed by people."""

    begun_old: int = 0
    begun_new: int = 0
    lists_old: int = 0
    lists_new: int = 0
    places_old: int = 0
    places_new: int = 0
    practical_old: int = 0
    practical_new: int = 0
    filed_old: int = 0
    filed_new: int = 0


FORBIDDEN = (
    ("begun", N_("%(count)s people have begun an exam of %(event)s: what they wrote belongs to its rules.")),
    ("lists", N_("%(event)s has a list that is frozen, posted or final.")),
    ("places", N_("%(count)s places of a later stage of %(event)s are given.")),
    ("practical", N_("The blind numbers of a practical test of %(event)s are drawn.")),
    ("filed", N_("Scores of %(count)s people of %(event)s are filed.")),
)


def forbidden(facts: Facts, old: dict[str, str], new: dict[str, str]) -> tuple[Message, ...]:
    """Why these two cannot be merged any more; empty when they can. old, new: their titles."""
    return tuple(
        Message(text, {"count": count, "event": title})
        for key, text in FORBIDDEN
        for side, title in (("old", old), ("new", new))
        if (count := getattr(facts, f"{key}_{side}")) > 0
    )


def who_stays(old: Held, new: Held) -> Stays:
    """Which participation goes on in the event that stays: a live one before one that is not, of two live ones the
    one with more points, else that of the event that stays. Who was excluded there stays excluded."""
    if new.state == "disqualified" or not old.is_live:
        return Stays.NEW
    if not new.is_live or old.points > new.points:
        return Stays.OLD
    return Stays.NEW


def differences(contest: Contest, old: EventRules, new: EventRules) -> Iterator[Message]:
    """What is otherwise in the event that stays; people read it before they agree."""
    before, after = contest.profile_of(old), contest.profile_of(new)
    if before.code != after.code:
        yield Message(N_("The rules are those of another profile: who may enter, stages, weights, awards."))
    if before.registration_window != after.registration_window:
        yield Message(N_("Registration has another window."))
    if old.event_class != new.event_class:
        yield Message(N_("The event that stays is of another class."))
    if (old.bank, old.bank_topics, old.exams) != (new.bank, new.bank_topics, new.exams):
        yield Message(N_("Exams draw from another bank, or by another blueprint."))
    if old.has_national_standard != new.has_national_standard:
        yield Message(N_("Only one of the two has a national standard: awards may differ."))
    if old.is_team != new.is_team:
        yield Message(N_("Only one of the two is a team event."))
    for stage in after.stages:
        if contest.window(new, stage.window) != contest.window(old, stage.window):
            yield Message(N_("%(stage)s has other dates."), {"stage": stage.title})
