"""Sections that are entered by themselves: with a time of their own, or without a way back.

A paper without such sections knows none of this. The first section is entered with the start of the
attempt; every other one when its contestant says so. Intervals are half-open, as in `timing`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from webapp.contests.rules.blueprint import Section


@dataclass(frozen=True)
class Visit:
    """When a section was first entered, and when it was last left; None = never, or being written."""

    entered_at: datetime
    left_at: datetime | None = None


@dataclass(frozen=True)
class Grant:
    """Extra time that was given while the attempt ran."""

    at: datetime
    extra_s: int


class Stand(StrEnum):
    """waiting: may be entered; current: on the page; open: left, may be entered again;
    left: no way back; over: its time has run out."""

    WAITING = "waiting"
    CURRENT = "current"
    OPEN = "open"
    LEFT = "left"
    OVER = "over"


@dataclass(frozen=True)
class SectionStand:
    """How one section stands. closes_at: None while nothing but the end of the paper limits it."""

    number: int
    stand: Stand
    closes_at: datetime | None

    @property
    def may_enter(self) -> bool:
        """Whether it can be gone to from another section."""
        return self.stand in {Stand.WAITING, Stand.OPEN}

    @property
    def is_written(self) -> bool:
        """Whether its answers may still change."""
        return self.stand in {Stand.CURRENT, Stand.OPEN}


def closes_at(
    section: Section, entered_at: datetime, factor: Decimal, grants: Sequence[Grant]
) -> datetime | None:
    """The instant at which a section's own time ends; None when it has none.

    factor: >= 1, the personal extra time; the product is rounded up to a whole second like that of the
    paper. A grant adds its seconds to the section that is being written when it is given: one given
    before the section was entered, or after its time was over, belongs to the paper alone."""
    if section.duration_s is None:
        return None
    seconds = int((section.duration_s * factor).to_integral_value(ROUND_CEILING))
    end = entered_at + timedelta(seconds=seconds)
    for grant in sorted(grants, key=lambda one: one.at):
        if entered_at <= grant.at < end:
            end += timedelta(seconds=grant.extra_s)
    return end


def stands(
    sections: Sequence[Section],
    visits: Mapping[int, Visit],
    now: datetime,
    factor: Decimal,
    grants: Sequence[Grant] = (),
    grace_s: int = 0,
) -> tuple[SectionStand, ...]:
    """How every section of a paper stands at `now`.

    visits: by the number of the section, from 0. grace_s: >= 0; a section is over only this much after
    its end, as a whole paper is: it covers the way through the network."""
    return tuple(
        _stand(number, section, visits.get(number), now, factor, grants, grace_s)
        for number, section in enumerate(sections)
    )


def _stand(
    number: int,
    section: Section,
    visit: Visit | None,
    now: datetime,
    factor: Decimal,
    grants: Sequence[Grant],
    grace_s: int,
) -> SectionStand:
    if visit is None:
        return SectionStand(number, Stand.WAITING, None)
    end = closes_at(section, visit.entered_at, factor, grants)
    if visit.left_at is not None and section.forward_only:
        return SectionStand(number, Stand.LEFT, end)
    if end is not None and now >= end + timedelta(seconds=grace_s):
        return SectionStand(number, Stand.OVER, end)
    return SectionStand(number, Stand.CURRENT if visit.left_at is None else Stand.OPEN, end)


def first_visits(visits: Mapping[int, Visit], started_at: datetime) -> dict[int, Visit]:
    """The visits with the first section entered at the start: nobody has to enter it by hand."""
    return {0: Visit(started_at)} | dict(visits)


def next_section(found: Sequence[SectionStand]) -> int | None:
    """The section to offer after the present one: the next that may be entered, else an earlier one that
    may, else None."""
    present = next((one.number for one in found if one.stand is Stand.CURRENT), -1)
    if present < 0:
        present = max((one.number for one in found if one.stand is not Stand.WAITING), default=-1)
    later = [one.number for one in found if one.may_enter and one.number > present]
    earlier = [one.number for one in found if one.may_enter and one.number < present]
    return next(iter(later or earlier), None)
