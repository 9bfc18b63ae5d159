"""The instants of an event before and after a change of the contest file, one line each, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from webapp.contests.rules.attendance import Attendance
from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.booking import Booking
from webapp.contests.rules.delegation import DelegationRule
from webapp.contests.rules.entry import AgeRange
from webapp.contests.rules.instants import Instant
from webapp.contests.rules.schema import Contest, EventRules, Stage, Window
from webapp.contests.rules.windows import SHANGHAI
from webapp.core.words import N_, Message

_PASSED = Message(N_("It has passed already."))
_CONDITION = Message(N_("It is a condition of entry, the same for every event."))


def instants_between(old: Contest, new: Contest, event_code: str, now: datetime) -> tuple[Instant, ...]:
    """What the contest file says of an event beside its windows, for each stage that opens at another time or whose hours
    are others, and what stays because it is the same for every event. None where the event comes or goes."""
    before = next((one for one in old.events if one.code == event_code), None)
    after = next((one for one in new.events if one.code == event_code), None)
    if before is None or after is None:
        return ()
    found, moves = [], False
    codes = {stage.code for stage in new.profile_of(after).stages}
    for code in [stage.code for stage in old.profile_of(before).stages if stage.code in codes]:
        was, comes = old.stage_of(before, code), new.stage_of(after, code)
        opened, opens = old.window(before, was.window), new.window(after, comes.window)
        moves_stage = opened is not None and opens is not None and opened.opens_at != opens.opens_at
        if moves_stage or (was.booking, was.attendance) != (comes.booking, comes.attendance):
            found += list(_of_stage(was, comes, opened, opens, now))
        if moves_stage and opened is not None and opens is not None:
            found += list(_of_delegations(old, was, opened, opens, now))
        moves = moves or moves_stage
    return (*found, *(_shared(old, before, now) if moves else ()))


def notes_on(stages: Iterable[Stage]) -> tuple[Message, ...]:
    """What people have to see to where these stages open later: names of sessions, and who owns their halls."""
    sessions = [one for stage in stages for one in (stage.booking.sessions if stage.booking else ())]
    found = []
    if sessions:
        words = N_("Sessions keep their names: where one names a day, change it in the contest file as well.")
        found.append(Message(words))
    if any(one.places for one in sessions):
        words = N_("Sessions name halls or sites: ask there whether they are free on the new days.")
        found.append(Message(words))
    return tuple(found)


def _of_stage(
    was: Stage, comes: Stage, opened: Window | None, opens: Window | None, now: datetime
) -> Iterator[Instant]:
    if was.booking is not None and comes.booking is not None:
        yield from _of_booking(was, was.booking, comes.booking, opens, now)
    if was.attendance is not None and comes.attendance is not None and opened and opens:
        yield from _of_attendance(was, was.attendance, opened, comes.attendance, opens, now)


def _line(
    words: str, stage: Text, before: datetime, after: datetime, now: datetime, **more: object
) -> Instant:
    what = Message(words, {"stage": stage, **more})
    has_passed = after == before and before <= now
    return Instant(what, before, after if after != before else None, _PASSED if has_passed else None)


def _of_booking(
    stage: Stage, before: Booking, after: Booking, opens: Window | None, now: datetime
) -> Iterator[Instant]:
    yield _line(
        N_("%(stage)s: booking of sessions begins"), stage.title, before.opens_at, after.opens_at, now
    )
    yield _line(
        N_("%(stage)s: booking of sessions ends"), stage.title, before.closes_at, after.closes_at, now
    )
    known = {one.key: one for one in after.sessions}
    for one in before.sessions:
        if one.key in known:
            words, later = N_("%(stage)s: session “%(session)s”"), known[one.key]
            line = _line(words, stage.title, one.opens_at, later.opens_at, now, session=one.title)
            is_inside = opens is None or opens.opens_at <= later.opens_at < later.closes_at <= opens.closes_at
            yield replace(line, is_outside=not is_inside)


def _of_attendance(
    stage: Stage, rule: Attendance, before: Window, later: Attendance, after: Window, now: datetime
) -> Iterator[Instant]:
    answers = N_("%(stage)s: those who go on say by then whether they come")
    yield _line(answers, stage.title, rule.confirm_at(before.opens_at), later.confirm_at(after.opens_at), now)
    last = N_("%(stage)s: from then on no substitute moves up")
    yield _line(last, stage.title, rule.last_hour(before.opens_at), later.last_hour(after.opens_at), now)


def _of_delegations(
    contest: Contest, stage: Stage, before: Window, after: Window, now: datetime
) -> Iterator[Instant]:
    for rule in contest.limits:
        value = rule.value
        if isinstance(value, DelegationRule) and value.stage == stage.code and value.confirm_days:
            days = timedelta(days=value.confirm_days)
            words = N_("%(stage)s: unions confirm their delegations by then")
            yield _line(words, stage.title, before.opens_at - days, after.opens_at - days, now)


def _shared(contest: Contest, event: EventRules, now: datetime) -> Iterator[Instant]:
    """Days of conditions of entry that are still to come: they are the same for every event."""
    profile = contest.profile_of(event)
    ages = [rule.value.on for rule in profile.eligibility if isinstance(rule.value, AgeRange)]
    for words, day in (
        (N_("The day on which “in service” is judged"), profile.in_service_on(event)),
        *((N_("The day on which the age is judged"), on) for on in ages),
    ):
        if day is not None and _midnight(day) > now:
            yield Instant(Message(words), _midnight(day), None, _CONDITION)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
