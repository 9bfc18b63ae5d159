"""When somebody has to stand aside (回避). Plain comparison of interests with what a deed is about.

Source: the usual rule of vocational contests: whoever sets, reviews, marks or decides is no contestant of
the event and no relative, superior or coach of one, and says so beforehand."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from webapp.core.words import N_, Message


class Relation(StrEnum):
    """What somebody declares to be."""

    RELATIVE = "relative"
    COACH = "coach"
    SUPERIOR = "superior"
    EMPLOYED = "employed"
    OTHER = "other"


RELATIONS: Mapping[str, str] = {
    Relation.RELATIVE: N_("relative"),
    Relation.COACH: N_("coach or teacher"),
    Relation.SUPERIOR: N_("superior or subordinate"),
    Relation.EMPLOYED: N_("works there"),
    Relation.OTHER: N_("another interest"),
}


@dataclass(frozen=True)
class Interests:
    """Of one person: the unit worked for, events competed in, and what was declared and not withdrawn."""

    person_id: int
    competes_in: frozenset[int] = frozenset()
    events: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()
    unit_id: int | None = None


@dataclass(frozen=True)
class Subject:
    """What a deed is about: events, and people with the path of their unit; contestants: everybody who
    competes in the events, asked only for people whom somebody declared. kept_unit: the unit whose own people
    the contest's file keeps away from this deed."""

    events: frozenset[int]
    people: frozenset[int] = frozenset()
    unit_path: tuple[int, ...] = ()
    contestants: frozenset[int] = frozenset()
    kept_unit: int | None = None


def conflict(interests: Interests, subject: Subject) -> Message | None:
    """The reason why this person has to stand aside, or None."""
    if interests.person_id in subject.people:
        return Message(N_("it is about yourself."))
    if _meet(interests.competes_in, subject.events):
        return Message(N_("you are a contestant of this event."))
    if _meet(interests.events, subject.events):
        return Message(N_("you have declared an interest in this event."))
    if _meet(interests.people, subject.people):
        return Message(N_("you have declared an interest in this person."))
    if _meet(interests.organisations, subject.unit_path):
        return Message(N_("you have declared an interest in this person's unit."))
    if subject.kept_unit is not None and interests.unit_id == subject.kept_unit:
        return Message(N_("you work for this person's unit."))
    if _meet(interests.people, subject.contestants):
        return Message(N_("somebody in whom you have declared an interest is a contestant of this event."))
    return None


def _meet(some: frozenset[int], others: Collection[int]) -> bool:
    return not some.isdisjoint(others)
