"""One event is postponed or extended: what is open or to come moves, what is over and every other event stays."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from webapp.contests.rules.schema import Contest, EventRules, Window
from webapp.contests.rules.window_names import REVIEW

MOST_DAYS = 365


class Move(StrEnum):
    """postpone: begins and ends later; only what has not opened. extend: ends later; only what is not over."""

    POSTPONE = "postpone"
    EXTEND = "extend"


@dataclass(frozen=True)
class Shift:
    """days: 1 .. MOST_DAYS. moves_later: what comes after the window moves by as many days."""

    window: str
    move: Move
    days: int
    moves_later: bool = True


def windows_in_order(contest: Contest, event: EventRules) -> dict[str, Window]:
    """The decided windows of an event in the order in which it goes through them."""
    profile = contest.profile_of(event)
    names = [profile.registration_window, REVIEW]
    names += [profile.learning.window] if profile.learning is not None else []
    names += [stage.window for stage in profile.stages]
    found = ((name, contest.window(event, name)) for name in dict.fromkeys(names))
    return {name: window for name, window in found if window is not None}


def movable(contest: Contest, event: EventRules, move: Move, now: datetime) -> tuple[str, ...]:
    """The windows that may be moved like this; the deadline of the review is extended, never postponed."""
    found = windows_in_order(contest, event)
    if move is Move.EXTEND:
        return tuple(name for name, window in found.items() if window.closes_at > now)
    return tuple(name for name, window in found.items() if window.opens_at > now and name != REVIEW)


def shifted(contest: Contest, event: EventRules, shift: Shift, now: datetime) -> dict[str, Window]:
    """The windows of this event that are others afterwards.

    raise (ValueError): the window may not be moved like this, or the days are out of range.
    Source: CONTESTS "one event is postponed, extended, merged: only its later windows move"."""
    if not 1 <= shift.days <= MOST_DAYS or shift.window not in movable(contest, event, shift.move, now):
        raise ValueError(shift)
    return dict(_moved(windows_in_order(contest, event), shift, now))


def _moved(found: dict[str, Window], shift: Shift, now: datetime) -> Iterator[tuple[str, Window]]:
    by, is_later = timedelta(days=shift.days), False
    for name, window in found.items():
        whole = Window(window.opens_at + by, window.closes_at + by)
        longer = Window(window.opens_at, window.closes_at + by)
        if name == shift.window:
            yield name, longer if shift.move is Move.EXTEND else whole
            is_later = True
        elif is_later and shift.moves_later and name == REVIEW and window.closes_at > now:
            yield name, longer
        elif is_later and shift.moves_later and name != REVIEW and window.opens_at > now:
            yield name, whole
