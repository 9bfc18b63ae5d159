"""What hangs on the opening of a stage in the file, sessions and hours of attendance, moves along when its window opens later."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from webapp.contests.rules.attendance import Attendance, Until
from webapp.contests.rules.booking import Booking, SessionRule
from webapp.contests.rules.instants import later_by
from webapp.contests.rules.schema import Contest, EventRules, Profile

Rule = TypeVar("Rule", Booking, Attendance)


@dataclass(frozen=True)
class Own:
    """Sessions and hours of attendance, by stage code."""

    booking: Mapping[str, Booking] = field(default_factory=dict)
    attendance: Mapping[str, Attendance] = field(default_factory=dict)


@dataclass(frozen=True)
class Followed:
    """What the file says otherwise once its windows are others: of the stages of profiles, and of single events as their
    own. Both by code, only where something changes."""

    profiles: Mapping[str, Own] = field(default_factory=dict)
    events: Mapping[str, Own] = field(default_factory=dict)


def moved_along(old: Contest, new: Contest, now: datetime) -> Followed:
    """The sessions and hours of attendance of every stage that `new` opens later, moved by as much as it opens later:
    the end of a window decides nothing. new: `old` with other windows.

    What a profile says moves with the window of the contest; an event whose stage opens by another measure, or stays,
    keeps or gets its own. An instant that has passed stays, so what was booked under it holds. A number of days before the
    stage moves by itself."""
    profiles, events = {}, {}
    known = {event.code: event for event in new.events}
    for profile in old.profiles:
        by = {
            stage.code: later_by(old.windows.get(stage.window), new.windows.get(stage.window), now)
            for stage in profile.stages
        }
        profiles[profile.code] = _own_of(profile, by, now)
        for event in old.events:
            if event.profile == profile.code and event.code in known:
                own_by = {
                    stage.code: later_by(
                        old.window(event, stage.window), new.window(known[event.code], stage.window), now
                    )
                    for stage in profile.stages
                }
                events[event.code] = _own_of(profile, by, now, event, own_by)
    return Followed(_said(profiles), _said(events))


def _said(found: Mapping[str, Own]) -> dict[str, Own]:
    return {code: own for code, own in found.items() if own.booking or own.attendance}


def _own_of(
    profile: Profile,
    shared_by: Mapping[str, timedelta],
    now: datetime,
    event: EventRules | None = None,
    own_by: Mapping[str, timedelta] | None = None,
) -> Own:
    """What has to be written at a profile, or at an event so that it moves by its own measure."""
    sessions: Mapping[str, Booking] = event.booking if event is not None else {}
    hours: Mapping[str, Attendance] = event.attendance if event is not None else {}
    booking: dict[str, Booking] = {}
    attendance: dict[str, Attendance] = {}
    for stage in profile.stages:
        code = stage.code
        by = shared_by[code], own_by[code] if own_by is not None else None
        held = _part(stage.booking, sessions.get(code), by, now, _booking)
        asked = _part(stage.attendance, hours.get(code), by, now, _attendance)
        booking |= {code: held} if held is not None else {}
        attendance |= {code: asked} if asked is not None else {}
    return Own(booking, attendance)


def _part(
    of_profile: Rule | None,
    of_event: Rule | None,
    by: tuple[timedelta, timedelta | None],
    now: datetime,
    later: Callable[[Rule, timedelta, datetime], Rule],
) -> Rule | None:
    """The rule as it has to be written; None where what would hold anyway is right. by: of the profile, and of the event
    (None: it is about the profile)."""
    shared_by, own_by = by
    shared = later(of_profile, shared_by, now) if of_profile is not None else None
    if own_by is None:
        return shared if shared != of_profile else None
    present = of_event if of_event is not None else of_profile
    wanted = later(present, own_by, now) if present is not None else None
    return wanted if wanted != (of_event if of_event is not None else shared) else None


def applied(new: Contest, followed: Followed) -> Contest:
    """The contest once what moves along has moved: what the written file says."""
    return replace(
        new,
        profiles=tuple(_with_shared(one, followed.profiles.get(one.code, Own())) for one in new.profiles),
        events=tuple(_with_own(one, followed.events.get(one.code, Own())) for one in new.events),
    )


def _with_shared(profile: Profile, own: Own) -> Profile:
    return replace(
        profile,
        stages=tuple(
            replace(
                stage,
                booking=own.booking.get(stage.code, stage.booking),
                attendance=own.attendance.get(stage.code, stage.attendance),
            )
            for stage in profile.stages
        ),
    )


def _with_own(event: EventRules, own: Own) -> EventRules:
    return replace(
        event,
        booking={**event.booking, **own.booking},
        attendance={**event.attendance, **own.attendance},
    )


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
