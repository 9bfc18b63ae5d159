"""May this person apply for this event now, and if not, why and what to do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

from webapp.contests.rules.entry import AgeRange
from webapp.core.words import N_, Message
from webapp.registration.rules.review import LIVE, State
from webapp.registration.rules.winners import Win, in_trade, trade_key

SHANGHAI = timezone(timedelta(hours=8))
"""China has one time zone and no summer time."""


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


IN_SERVICE = frozenset({Occupation.WORKER, Occupation.TEACHER})
"""Who works for a unit: teachers of vocational schools are in-service workers too."""

DECLARED = {
    "earlier-first-place": N_("I have been first in an earlier contest in this kind of trade."),
    "first-prize-winner": N_("I have won a first prize in this trade before."),
}
"""Rules about earlier contests: the person declares what no record here shows."""

FIRST_PRIZE = "first-prize-winner"
FIRST_PLACE = "earlier-first-place"
ONE_TRADE = "one-trade-per-cycle"
OPEN_RECORD = "earlier-winner-open"
"""The warning about a record of which nobody has decided whose it is."""


@dataclass(frozen=True)
class Reason:
    """Why not, or why only with a warning. `hint` says what to do; `code` is stable and stored;
    `note` is the contest file's own {zh, en} words, if any."""

    code: str
    force: Force
    message: Message
    hint: Message | None = None
    note: Mapping[str, str] | None = None

    @property
    def is_hard(self) -> bool:
        return self.force is Force.HARD


@dataclass(frozen=True)
class PersonFacts:
    """What is known about the person: the unit, the codes and regions of it and all above it, the
    declared occupation, the codes of DECLARED that the person says apply, the birth date and sex
    ('female', 'male') of the document where it carries them, and earlier results on record."""

    unit_id: int | None
    unit_codes: frozenset[str] = frozenset()
    occupation: Occupation | None = None
    unit_is_open: bool = True
    declared: frozenset[str] = frozenset()
    born_on: date | None = None
    sex: str = ""
    wins: tuple[Win, ...] = ()


@dataclass(frozen=True)
class Condition:
    """One rule of entry from the contest file: a code of its RULE_CODES, its force and its note.

    value: for 'region' the codes or regions of organisations, one of which must stand above the unit; for
    'sex' the one that may enter. ages: for 'age'."""

    code: str
    force: Force
    value: frozenset[str] = frozenset()
    note: Mapping[str, str] | None = None
    ages: AgeRange | None = None


@dataclass(frozen=True)
class EventRules:
    """What the contest file says about registering for one event.

    opens_at, closes_at: half-open window, None where undecided. events_per_person: None where
    undecided; counts the competition track only. trade: its name, by which trades are compared. in_service_on: the
    day on which "in service" is judged; None where the file asks for none or the host has not named it."""

    event_id: int
    contest_id: int
    track: Track
    opens_at: datetime | None
    closes_at: datetime | None
    is_withdrawn: bool = False
    needs_unit: bool = True
    conditions: tuple[Condition, ...] = ()
    events_per_person: int | None = None
    trade: str = ""
    in_service_on: date | None = None

    @property
    def asks_earlier_wins(self) -> bool:
        """Whether earlier results matter for this event."""
        return bool(self.condition(FIRST_PRIZE) or self.condition(FIRST_PLACE))

    def condition(self, code: str) -> Condition | None:
        """The condition of this code, if the file has it."""
        return next((condition for condition in self.conditions if condition.code == code), None)

    @property
    def asks_occupation(self) -> bool:
        """Whether the person must say what they are."""
        return bool(self.condition("in-service") or self.condition("not-pupil"))

    @property
    def asked_declarations(self) -> tuple[str, ...]:
        """The codes of DECLARED that the file names."""
        return tuple(condition.code for condition in self.conditions if condition.code in DECLARED)


@dataclass(frozen=True)
class Holding:
    """Another application of the same person in the same contest, which is one cycle."""

    event_id: int
    track: Track
    state: State
    trade: str = ""


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
        *_age(person, rules, now),
        *_sex(person, rules),
        *earlier_wins(person, rules),
        *_declared(person, rules),
        *_one_trade(rules, holdings),
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
    region = rules.condition("region")
    if region is not None and region.value and not region.value & person.unit_codes:
        found.append(
            _by(
                region,
                N_("Your unit lies outside the area of this contest."),
                N_("If you have changed your unit, correct it under “My data” first."),
            )
        )
    return found


def _occupation(person: PersonFacts, rules: EventRules) -> list[Reason]:
    if person.occupation is None:
        return []
    pupil, in_service = rules.condition("not-pupil"), rules.condition("in-service")
    if pupil is not None and person.occupation is Occupation.STUDENT:
        return [_by(pupil, N_("Pupils and students may not enter this event as workers."), _OPEN_EVENTS)]
    if in_service is not None and person.occupation not in IN_SERVICE:
        return [_by(in_service, N_("This event is for workers in service."), _OPEN_EVENTS)]
    return []


def _age(person: PersonFacts, rules: EventRules, now: datetime) -> list[Reason]:
    """On a day that the host has not named yet the age only warns: it may fit on the day itself."""
    condition = rules.condition("age")
    if condition is None or condition.ages is None:
        return []
    ages = condition.ages
    if person.born_on is None:
        return [
            Reason(
                condition.code,
                Force.NORMAL,
                Message(N_("This event has an age limit, and your document does not tell your age.")),
                Message(N_("A reviewer looks at it.")),
                condition.note,
            )
        ]
    if ages.contains(person.born_on, now.astimezone(SHANGHAI).date()):
        return []
    text, params = _age_words(ages)
    force = condition.force if ages.on is not None else Force.NORMAL
    return [Reason(condition.code, force, Message(text, params), Message(_OTHER_EVENT), condition.note)]


def _age_words(ages: AgeRange) -> tuple[str, dict[str, object]]:
    if ages.most is None:
        return N_("This event is for people of %(least)d years and above."), {"least": ages.least or 0}
    if ages.least is None:
        return N_("This event is for people of at most %(most)d years."), {"most": ages.most}
    return (
        N_("This event is for people of %(least)d to %(most)d years."),
        {"least": ages.least, "most": ages.most},
    )


def _sex(person: PersonFacts, rules: EventRules) -> list[Reason]:
    condition = rules.condition("sex")
    if condition is None or not condition.value or person.sex in condition.value:
        return []
    text = N_("This event is for women.") if "female" in condition.value else N_("This event is for men.")
    if person.sex:
        return [_by(condition, text, _OTHER_EVENT)]
    hint = Message(N_("A reviewer looks at it."))
    return [Reason(condition.code, Force.NORMAL, Message(text), hint, condition.note)]


def earlier_wins(person: PersonFacts, rules: EventRules) -> list[Reason]:
    """What the records of earlier winners have against this person in this event.

    A record that is certain counts with the force of the rule; one of which nobody has decided whose it is
    never refuses: it warns, so that the reviewer has it decided or says why not."""
    found: list[Reason] = []
    is_open = False
    mine = in_trade(person.wins, rules.trade)
    for condition in rules.conditions:
        if condition.code not in DECLARED:
            continue
        wins = [
            win
            for win in mine
            if (win.is_first_prize if condition.code == FIRST_PRIZE else win.is_first_place)
        ]
        certain = next((win for win in wins if win.is_certain), None)
        if certain is None:
            is_open = is_open or bool(wins)
            continue
        text = (
            N_("On record: first prize in %(trade)s, %(contest)s %(year)d.")
            if condition.code == FIRST_PRIZE
            else N_("On record: first place in %(trade)s, %(contest)s %(year)d.")
        )
        hint = _DECIDED if condition.force is Force.NORMAL else _WRONG_RECORD
        found.append(
            _by(condition, text, hint, trade=certain.trade, contest=certain.contest, year=certain.year)
        )
    if is_open:
        found.append(
            Reason(
                OPEN_RECORD,
                Force.NORMAL,
                Message(
                    N_(
                        "An earlier winner in this trade has the same name and the same last four digits or unit."
                    )
                ),
                Message(N_("The host finds out whether it is the same person. You can register meanwhile.")),
            )
        )
    return found


def _one_trade(rules: EventRules, holdings: Sequence[Holding]) -> list[Reason]:
    """One person, one trade in a cycle: two events of one trade are one."""
    condition = rules.condition(ONE_TRADE)
    if condition is None or rules.track is not Track.COMPETITION:
        return []
    others = [
        holding
        for holding in holdings
        if holding.track is Track.COMPETITION and holding.state in LIVE and holding.event_id != rules.event_id
    ]
    if all(trade_key(holding.trade) == trade_key(rules.trade) != "" for holding in others):
        return []
    return [
        _by(
            condition,
            N_("One person may enter one trade only in a cycle, and you are registered for another."),
            N_("Withdraw the other registration first, or switch from it to this event."),
        )
    ]


def _declared(person: PersonFacts, rules: EventRules) -> list[Reason]:
    on_record = {reason.code for reason in earlier_wins(person, rules)}
    return [
        _by(
            condition,
            N_("You have declared: %(declaration)s"),
            _DECIDED if condition.force is Force.NORMAL else _OTHER_EVENT,
            declaration=Message(DECLARED[condition.code]),
        )
        for condition in rules.conditions
        if condition.code in DECLARED and condition.code in person.declared - on_record
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
            Force.HARD,
            Message(
                N_("One person may enter at most %(most)d events of this contest."),
                {"most": rules.events_per_person},
            ),
            Message(N_("Withdraw the other registration first, or switch from it to this event.")),
        )
    ]


_OTHER_EVENT = N_("Look whether another event is open.")
_DECIDED = N_("A reviewer decides whether you may enter all the same.")
_WRONG_RECORD = N_("If the record is not yours, please tell the host of the contest.")
_OPEN_EVENTS = N_("The open popularisation events are for everybody.")


def _no(code: str, text: str, hint: str, **params: object) -> Reason:
    return Reason(code, Force.HARD, Message(text, params), Message(hint))


def _by(condition: Condition, text: str, hint: str, **params: object) -> Reason:
    return Reason(
        condition.code, condition.force, Message(text, params), Message(hint), condition.note or None
    )
