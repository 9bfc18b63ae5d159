"""Leaving the exam page: reading what browsers report, and what an absence is worth.

A browser tells when its page was hidden or lost the focus. That says nothing about why: on phones
calls and messages come uninvited, on computers a system window may pop up. Short absences therefore
weigh little or nothing, and no number of them is more than a question to a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from webapp.core.words import N_
from webapp.integrity.errors import BadReport

MOST_IN_REQUEST = 40
MOST_IN_ATTEMPT = 600
MOST_MS = 24 * 3600 * 1000
PAGE_CHARS = 12


class Happening(StrEnum):
    """What a browser may report. opened: the page was loaded; small: the window became much smaller."""

    OPENED = "opened"
    HIDDEN = "hidden"
    VISIBLE = "visible"
    BLUR = "blur"
    FOCUS = "focus"
    LEFT = "left"
    SMALL = "small"
    COPY = "copy"
    PRINT = "print"


class Device(StrEnum):
    """A phone or tablet (coarse pointer), or a computer."""

    PHONE = "phone"
    COMPUTER = "computer"


@dataclass(frozen=True)
class Report:
    """One happening. page: random name of the loaded page; ms: milliseconds since it was loaded."""

    kind: Happening
    page: str
    ms: int
    device: Device


@dataclass(frozen=True)
class Event:
    """A stored report with the instant at which its batch reached the server."""

    kind: Happening
    page: str
    ms: int
    device: Device
    arrived_at: datetime


class Sort(StrEnum):
    """How an absence is named to the people who read it."""

    BLINK = "blink"
    CALL_OR_MESSAGE = "call-or-message"
    SHORT = "short"
    LONG = "long"


SORTS = {
    Sort.BLINK: N_("a moment"),
    Sort.CALL_OR_MESSAGE: N_("may be a call or message"),
    Sort.SHORT: N_("short absence"),
    Sort.LONG: N_("long absence"),
}


@dataclass(frozen=True)
class Absence:
    """The page was out of sight or without focus from `at` on, for `length_s` seconds."""

    at: datetime
    length_s: float
    device: Device
    sort: Sort


@dataclass(frozen=True)
class Limits:
    """What counts as what, in seconds, and what it weighs (points; 1 point = a look is worth it)."""

    blink_s: float = 3.0
    phone_s: float = 90.0
    computer_s: float = 15.0
    weight_call: float = 0.02
    weight_short: float = 0.05
    weight_long: float = 0.25
    weight_copy: float = 0.1
    weight_print: float = 0.25
    usual_calls: int = 5
    most: float = 3.0


LIMITS = Limits()


def read_report(kinds: Sequence[str], times: Sequence[str], page: str, device: str) -> list[Report]:
    """The batch of a beacon: `kinds` and `times` (milliseconds) in pairs.

    raise (BadReport): unknown words, more than MOST_IN_REQUEST, numbers out of range."""
    if not 0 < len(kinds) == len(times) <= MOST_IN_REQUEST or not page.isalnum() or len(page) > PAGE_CHARS:
        raise BadReport
    if not page.isascii() or device not in set(Device):
        raise BadReport
    return [Report(_kind(kind), page, _ms(ms), Device(device)) for kind, ms in zip(kinds, times, strict=True)]


def _kind(text: str) -> Happening:
    if text not in set(Happening):
        raise BadReport
    return Happening(text)


def _ms(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10) or int(text) > MOST_MS:
        raise BadReport
    return int(text)


def sort_of(length_s: float, device: Device, limits: Limits = LIMITS) -> Sort:
    """What an absence of this length on this device may have been."""
    if length_s < limits.blink_s:
        return Sort.BLINK
    if device is Device.PHONE:
        return Sort.CALL_OR_MESSAGE if length_s <= limits.phone_s else Sort.LONG
    return Sort.SHORT if length_s <= limits.computer_s else Sort.LONG


def absences(events: Sequence[Event], limits: Limits = LIMITS) -> list[Absence]:
    """The absences of one attempt, in order of time; moments are left out.

    Within one loaded page its own clock counts; between a page that was left and the next one the
    arrivals at the server do. A page that was left for good (the paper was handed in) is no absence."""
    found: list[Absence] = []
    away: Event | None = None
    for event in sorted(events, key=lambda one: (one.arrived_at, one.page, one.ms)):
        if event.kind in {Happening.HIDDEN, Happening.BLUR, Happening.LEFT}:
            away = away or event
        elif event.kind in {Happening.VISIBLE, Happening.FOCUS, Happening.OPENED} and away is not None:
            length = _length_s(away, event)
            if (sort := sort_of(length, away.device, limits)) is not Sort.BLINK:
                found.append(Absence(away.arrived_at, length, away.device, sort))
            away = None
    return found


def _length_s(away: Event, back: Event) -> float:
    if away.page == back.page:
        return max(0, back.ms - away.ms) / 1000
    return max(0.0, (back.arrived_at - away.arrived_at).total_seconds())


@dataclass(frozen=True)
class FocusFindings:
    """What the log of one attempt comes to. weight: points, at most Limits.most."""

    absences: tuple[Absence, ...]
    calls: int
    short: int
    long: int
    longest_s: float
    copies: int
    prints: int
    small: int
    weight: float


def judge(events: Sequence[Event], limits: Limits = LIMITS) -> FocusFindings:
    """Count and weigh. The first `usual_calls` absences that may be a call or message weigh nothing."""
    away = absences(events, limits)
    kinds = [event.kind for event in events]
    calls = sum(one.sort is Sort.CALL_OR_MESSAGE for one in away)
    short = sum(one.sort is Sort.SHORT for one in away)
    long = sum(one.sort is Sort.LONG for one in away)
    copies, prints = kinds.count(Happening.COPY), kinds.count(Happening.PRINT)
    weight = (
        max(0, calls - limits.usual_calls) * limits.weight_call
        + short * limits.weight_short
        + long * limits.weight_long
        + min(copies, 5) * limits.weight_copy
        + min(prints, 2) * limits.weight_print
    )
    longest = max((one.length_s for one in away), default=0.0)
    small = kinds.count(Happening.SMALL)
    return FocusFindings(
        tuple(away), calls, short, long, longest, copies, prints, small, round(min(weight, limits.most), 2)
    )
