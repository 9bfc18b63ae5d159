"""May this person apply for this event now, and if not, why and what to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from webapp.core.words import N_, Message
from webapp.registration.rules.review import LIVE, State


class Force(StrEnum):
    """hard: refused. normal: a warning that a named reviewer may except, with a reason."""

    HARD = "hard"
    NORMAL = "normal"


class Track(StrEnum):
    """The two tracks of a contest. The values are those of the events table."""

    COMPETITION = "competition"
    POPULARISATION = "popularisation"


class Occupation(StrEnum):
    """What a person says they are. The values are stored with the application."""

    WORKER = "worker"
    STUDENT = "student"
    TEACHER = "teacher"
    OTHER = "other"


OCCUPATION_TEXTS = {
    Occupation.WORKER: N_("In-service worker"),
    Occupation.STUDENT: N_("Student"),
    Occupation.TEACHER: N_("Teacher"),
    Occupation.OTHER: N_("Other"),
}


@dataclass(frozen=True)
class Reason:
    """Why not, or why only with a warning. `hint` says what to do; `code` is stable and stored."""

    code: str
    force: Force
    message: Message
    hint: Message | None = None

    @property
    def is_hard(self) -> bool:
        return self.force is Force.HARD


@dataclass(frozen=True)
class PersonFacts:
    """What is known about the person: the unit and the codes of it and all above it."""

    unit_id: int | None
    unit_codes: frozenset[str] = frozenset()
    occupation: Occupation | None = None
    unit_is_open: bool = True


@dataclass(frozen=True)
class EventRules:
    """What the contest file says about registering for one event.

    opens_at, closes_at: half-open window, None where undecided. regions: codes of organisations, one
    of which must stand above the unit; empty for no limit. occupations: who may enter, empty for
    anybody, with its force. events_per_person: None where undecided; counts the competition track only."""

    event_id: int
    contest_id: int
    track: Track
    opens_at: datetime | None
    closes_at: datetime | None
    is_withdrawn: bool = False
    needs_unit: bool = True
    regions: frozenset[str] = frozenset()
    region_force: Force = Force.HARD
    occupations: frozenset[Occupation] = frozenset()
    occupation_force: Force = Force.HARD
    events_per_person: int | None = None
    events_force: Force = Force.HARD


@dataclass(frozen=True)
class Holding:
    """Another application of the same person in the same contest."""

    event_id: int
    track: Track
    state: State


def may_apply(
    person: PersonFacts, rules: EventRules, now: datetime, holdings: Sequence[Holding]
) -> tuple[Reason, ...]:
    """All reasons against an application, hard ones first; an empty answer means yes.

    holdings: the person's applications in this contest, this event's included. Refused and withdrawn
    ones do not count. What the file leaves undecided never refuses, at most warns."""
    found = [
        *_window(rules, now),
        *_held_already(rules, holdings),
        *_unit(person, rules),
        *_occupation(person, rules),
        *_events_per_person(rules, holdings),
    ]
    return tuple(sorted(found, key=lambda reason: not reason.is_hard))


def is_open(rules: EventRules, now: datetime) -> bool:
    """Whether `now` lies in the half-open registration window; an undecided window is not open."""
    return (
        not rules.is_withdrawn
        and rules.opens_at is not None
        and rules.opens_at <= now
        and (rules.closes_at is None or now < rules.closes_at)
    )


def hard(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Those that refuse."""
    return tuple(reason for reason in reasons if reason.is_hard)


def warnings(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Those that a reviewer may except with a reason."""
    return tuple(reason for reason in reasons if not reason.is_hard)


def _window(rules: EventRules, now: datetime) -> list[Reason]:
    if rules.is_withdrawn:
        return [_no("event-withdrawn", N_("This event does not take place."), _OTHER_EVENT)]
    if rules.opens_at is None:
        return [
            _no(
                "window-undecided",
                N_("The host has not yet decided when registration opens."),
                N_("Come back later: the dates appear on the page of the contest."),
            )
        ]
    if now < rules.opens_at:
        return [
            _no(
                "not-open-yet",
                N_("Registration opens on %(opens)s."),
                N_("Come back then. Until that day you can check your personal data."),
                opens=rules.opens_at,
            )
        ]
    if rules.closes_at is not None and now >= rules.closes_at:
        return [_no("closed", N_("Registration closed on %(closes)s."), _OTHER_EVENT, closes=rules.closes_at)]
    return []


def _held_already(rules: EventRules, holdings: Sequence[Holding]) -> list[Reason]:
    for holding in holdings:
        if holding.event_id == rules.event_id and holding.state in LIVE - {State.INVITED}:
            return [
                _no(
                    "already-applied",
                    N_("You have registered for this event already."),
                    N_("You find its state under “My contests”."),
                )
            ]
    return []


def _unit(person: PersonFacts, rules: EventRules) -> list[Reason]:
    if not rules.needs_unit:
        return []
    if person.unit_id is None:
        return [
            _no(
                "unit-needed",
                N_("This event is for workers of a unit, and your record names none."),
                N_("Choose your unit under “My data”, then come back."),
            )
        ]
    found = []
    if not person.unit_is_open:
        found.append(
            _no(
                "unit-closed",
                N_("Your unit is no longer active."),
                N_("Choose your present unit under “My data”."),
            )
        )
    if rules.regions and not rules.regions & person.unit_codes:
        found.append(
            Reason(
                "unit-outside",
                rules.region_force,
                Message(N_("Your unit lies outside the area of this contest.")),
                Message(N_("If you have changed your unit, correct it under “My data” first.")),
            )
        )
    return found


def _occupation(person: PersonFacts, rules: EventRules) -> list[Reason]:
    if not rules.occupations or person.occupation is None or person.occupation in rules.occupations:
        return []
    return [
        Reason(
            "occupation",
            rules.occupation_force,
            Message(
                N_("This event is not for you as: %(occupation)s."),
                {"occupation": Message(OCCUPATION_TEXTS[person.occupation])},
            ),
            Message(N_("The open popularisation events are for everybody.")),
        )
    ]


def _events_per_person(rules: EventRules, holdings: Sequence[Holding]) -> list[Reason]:
    if rules.track is not Track.COMPETITION:
        return []
    others = {
        holding.event_id
        for holding in holdings
        if holding.track is Track.COMPETITION and holding.state in LIVE and holding.event_id != rules.event_id
    }
    if rules.events_per_person is None:
        if not others:
            return []
        return [
            Reason(
                "events-undecided",
                Force.NORMAL,
                Message(
                    N_("You are registered for %(count)d other events of this contest."),
                    {"count": len(others)},
                ),
                Message(N_("How many one person may enter is not decided yet: the host may limit it later.")),
            )
        ]
    if len(others) < rules.events_per_person:
        return []
    return [
        Reason(
            "events-full",
            rules.events_force,
            Message(
                N_("One person may enter at most %(most)d events of this contest."),
                {"most": rules.events_per_person},
            ),
            Message(N_("Withdraw the other registration first, or switch from it to this event.")),
        )
    ]


_OTHER_EVENT = N_("Look whether another event is open.")


def _no(code: str, text: str, hint: str, **params: object) -> Reason:
    return Reason(code, Force.HARD, Message(text, params), Message(hint))
