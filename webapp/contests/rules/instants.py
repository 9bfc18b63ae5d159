"""The instants of an event beside its windows, when its dates move: which move along, and by how much. What is said of
them: instants_said.py."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from webapp.contests.rules.attendance import Attendance, Until
from webapp.contests.rules.booking import Booking, SessionRule
from webapp.contests.rules.schema import Contest, EventRules, Stage, Window
from webapp.core.words import Message


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
