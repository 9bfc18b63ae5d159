"""The instants of an event beside its windows, when its dates move: which move along, and by how much."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from webapp.contests.rules.attendance import Attendance, Until
from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.booking import Booking, SessionRule
from webapp.contests.rules.delegation import DelegationRule
from webapp.contests.rules.entry import AgeRange
from webapp.contests.rules.schema import Contest, EventRules, Stage, Window
from webapp.contests.rules.windows import SHANGHAI
from webapp.core.words import N_, Message


@dataclass(frozen=True)
class Instant:
    """One instant of an event. what: in words. after: None where it stays; why: then why it does."""

    what: Message
    before: datetime
    after: datetime | None
    why: Message | None = None


@dataclass(frozen=True)
class Delay:
    """A stage of an event that had not opened and opens later. by: longer than nothing."""

    event_code: str
    stage_code: str
    by: timedelta


def delays(old: Contest, new: Contest, now: datetime) -> tuple[Delay, ...]:
    """Every stage that `new` opens later than `old` and that had not opened at `now`.

    Nothing follows a stage that opens earlier: what people were promised until an hour stays theirs."""
    found = []
    for event in old.events:
        after = next((one for one in new.events if one.code == event.code), None)
        for stage in old.profile_of(event).stages if after is not None else ():
            was = old.window(event, stage.window)
            comes = new.window(after, stage.window) if after is not None else None
            if was is not None and comes is not None and comes.opens_at > was.opens_at > now:
                found.append(Delay(event.code, stage.code, comes.opens_at - was.opens_at))
    return tuple(found)


@dataclass(frozen=True)
class Own:
    """What an event says of its own afterwards, by stage code."""

    booking: Mapping[str, Booking]
    attendance: Mapping[str, Attendance]


def moved_along(contest: Contest, event: EventRules, moved: Mapping[str, Window], now: datetime) -> Own:
    """The sessions and hours of attendance of the stages that these windows open later, moved by as much.

    An instant that has passed stays, so what was booked under it holds. A number of days before the stage moves by
    itself. A window that only ends later moves nothing."""
    booking, attendance = {}, {}
    for stage, by in _opening_later(contest, event, moved):
        if stage.booking is not None:
            booking[stage.code] = _booking(stage.booking, by, now)
        if stage.attendance is not None:
            later = _attendance(stage.attendance, by, now)
            if later != stage.attendance:
                attendance[stage.code] = later
    return Own(booking, attendance)


def instants_of(
    contest: Contest, event: EventRules, moved: Mapping[str, Window], now: datetime
) -> Iterator[Instant]:
    """What the contest file says of the event beside its windows, where a stage opens later, and what stays
    because it is the same for every event."""
    own = moved_along(contest, event, moved, now)
    for stage, _by in _opening_later(contest, event, moved):
        before, after = contest.window(event, stage.window), moved[stage.window]
        if stage.booking is not None:
            yield from _of_booking(stage, stage.booking, own.booking[stage.code])
        if stage.attendance is not None and before is not None:
            later = own.attendance.get(stage.code, stage.attendance)
            yield from _of_attendance(stage, stage.attendance, before, later, after)
        yield from _of_delegations(contest, stage, before, after)
    yield from _shared(contest, event, moved, now)


def _opening_later(
    contest: Contest, event: EventRules, moved: Mapping[str, Window]
) -> Iterator[tuple[Stage, timedelta]]:
    for one in contest.profile_of(event).stages:
        before, after = contest.window(event, one.window), moved.get(one.window)
        if before is not None and after is not None and after.opens_at > before.opens_at:
            yield contest.stage_of(event, one.code), after.opens_at - before.opens_at


def _later(at: datetime, by: timedelta, now: datetime) -> datetime:
    return at + by if at > now else at


def _booking(rule: Booking, by: timedelta, now: datetime) -> Booking:
    return Booking(
        _later(rule.opens_at, by, now),
        _later(rule.closes_at, by, now),
        tuple(_session(one, by) if one.opens_at > now else one for one in rule.sessions),
    )


def _session(rule: SessionRule, by: timedelta) -> SessionRule:
    return replace(
        rule, opens_at=rule.opens_at + by, latest_start=rule.latest_start + by, closes_at=rule.closes_at + by
    )


def _attendance(rule: Attendance, by: timedelta, now: datetime) -> Attendance:
    def moved(until: Until) -> Until:
        return _later(until, by, now) if isinstance(until, datetime) else until

    return replace(rule, confirm_by=moved(rule.confirm_by), substitutes_until=moved(rule.substitutes_until))


_PASSED = Message(N_("It has passed already."))
_CONDITION = Message(N_("It is a condition of entry, the same for every event."))


def _line(words: str, stage: Text, before: datetime, after: datetime, **more: object) -> Instant:
    what = Message(words, {"stage": stage, **more})
    return Instant(what, before, after if after != before else None, _PASSED if after == before else None)


def _of_booking(stage: Stage, before: Booking, after: Booking) -> Iterator[Instant]:
    yield _line(N_("%(stage)s: booking of sessions begins"), stage.title, before.opens_at, after.opens_at)
    yield _line(N_("%(stage)s: booking of sessions ends"), stage.title, before.closes_at, after.closes_at)
    for old, new in zip(before.sessions, after.sessions, strict=True):
        words = N_("%(stage)s: session “%(session)s”")
        yield _line(words, stage.title, old.opens_at, new.opens_at, session=old.title)


def _of_attendance(
    stage: Stage, rule: Attendance, before: Window, later: Attendance, after: Window
) -> Iterator[Instant]:
    answers = N_("%(stage)s: those who go on say by then whether they come")
    yield _line(answers, stage.title, rule.confirm_at(before.opens_at), later.confirm_at(after.opens_at))
    last = N_("%(stage)s: from then on no substitute moves up")
    yield _line(last, stage.title, rule.last_hour(before.opens_at), later.last_hour(after.opens_at))


def _of_delegations(
    contest: Contest, stage: Stage, before: Window | None, after: Window
) -> Iterator[Instant]:
    for rule in contest.limits:
        value = rule.value
        if isinstance(value, DelegationRule) and value.stage == stage.code and value.confirm_days and before:
            days = timedelta(days=value.confirm_days)
            words = N_("%(stage)s: unions confirm their delegations by then")
            yield _line(words, stage.title, before.opens_at - days, after.opens_at - days)


def _shared(
    contest: Contest, event: EventRules, moved: Mapping[str, Window], now: datetime
) -> Iterator[Instant]:
    """Days of conditions of entry that are still to come: they are the same for every event."""
    profile = contest.profile_of(event)
    ages = [rule.value.on for rule in profile.eligibility if isinstance(rule.value, AgeRange)]
    for words, day in (
        (N_("The day on which “in service” is judged"), profile.in_service_on(event)),
        *((N_("The day on which the age is judged"), on) for on in ages),
    ):
        if day is not None and moved and _midnight(day) > now:
            yield Instant(Message(words), _midnight(day), None, _CONDITION)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
