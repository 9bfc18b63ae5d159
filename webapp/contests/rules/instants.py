"""The instants of an event beside its windows, and which stages open later. What moves along: along.py; what is said of
them: instants_said.py."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.contests.rules.schema import Contest, Window
from webapp.core.words import Message


@dataclass(frozen=True)
class Instant:
    """One instant of an event. what: in words. after: None where it stays; why: then why it does. is_outside: it would lie
    outside the window of its stage."""

    what: Message
    before: datetime
    after: datetime | None
    why: Message | None = None
    is_outside: bool = False


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
            by = later_by(was, new.window(after, stage.window) if after is not None else None, now)
            if by:
                found.append(Delay(event.code, stage.code, by))
    return tuple(found)


def later_by(was: Window | None, comes: Window | None, now: datetime) -> timedelta:
    """By how much a window that had not opened opens later; nothing otherwise."""
    if was is None or comes is None or was.opens_at <= now:
        return timedelta()
    return max(comes.opens_at - was.opens_at, timedelta())
