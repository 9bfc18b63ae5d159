"""Which reports of a campaign are asked for, and by when. Days and months are those of Shanghai."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from webapp.contests.rules.campaigns import PHASES, Campaign
from webapp.contests.rules.schema import Window

SHANGHAI = timezone(timedelta(hours=8))
QUARTER = 3
SOON = timedelta(days=3)
"""So long before a report is due its unit is reminded."""


@dataclass(frozen=True)
class Period:
    """One report that is asked for. code: 2026-05, 2026-Q2, or the name of a phase; half-open [from_at, until_at).

    due_at: from then on it is late; None: the host has not decided how many days there are after the end."""

    code: str
    from_at: datetime
    until_at: datetime
    due_at: datetime | None

    def has_begun(self, now: datetime) -> bool:
        return now >= self.from_at

    def is_overdue(self, now: datetime) -> bool:
        return self.due_at is not None and now >= self.due_at

    def is_soon(self, now: datetime) -> bool:
        """Whether the time for a reminder has come, and the report is not late yet."""
        return self.due_at is not None and self.due_at - SOON <= now < self.due_at


@dataclass(frozen=True)
class Phase:
    """One phase of a campaign with its window; None: the host has not decided when."""

    code: str
    window: Window | None


def phases(campaign: Campaign, windows: Mapping[str, Window]) -> tuple[Phase, ...]:
    """The phases that a campaign has, in their order."""
    return tuple(
        Phase(code, windows.get(campaign.phases[code])) for code in PHASES if code in campaign.phases
    )


def span(found: tuple[Phase, ...], *codes: str) -> Window | None:
    """From the beginning of the first to the end of the last of these phases (none: of all) that have a date."""
    windows = [one.window for one in found if one.window is not None and (not codes or one.code in codes)]
    if not windows:
        return None
    return Window(min(one.opens_at for one in windows), max(one.closes_at for one in windows))


def periods(campaign: Campaign, windows: Mapping[str, Window]) -> tuple[Period, ...]:
    """The reports of a campaign in their order; none while the host has not decided how often.

    Months and quarters are those that the phase “advance” touches (the whole campaign where it has no such phase);
    the first and the last are cut to it. With phase every phase that has a date asks for one report. A report is
    late from the end of its last day, due_days after the period."""
    rule, found = campaign.report, phases(campaign, windows)
    if rule is None or rule.every is None:
        return ()
    if rule.every == "phase":
        return tuple(
            Period(
                one.code, one.window.opens_at, one.window.closes_at, _due(one.window.closes_at, rule.due_days)
            )
            for one in found
            if one.window is not None
        )
    whole = span(found, "advance") or span(found)
    if whole is None:
        return ()
    months = 1 if rule.every == "month" else QUARTER
    return tuple(
        Period(
            code,
            max(start, whole.opens_at),
            min(end, whole.closes_at),
            _due(min(end, whole.closes_at), rule.due_days),
        )
        for code, start, end in _spans(whole, months)
    )


def is_undecided(campaign: Campaign) -> bool:
    """Whether the host has yet to decide how often reports come or when they are due."""
    rule = campaign.report
    return rule is None or rule.every is None or rule.due_days is None


def may_enrol(found: tuple[Phase, ...], now: datetime) -> bool:
    """Whether units may enrol: from the beginning of the campaign to the end of “advance” (of all, without it)."""
    whole, advance = span(found), span(found, "advance")
    if whole is None:
        return False
    return whole.opens_at <= now < (advance or whole).closes_at


def _due(end: datetime, days: int | None) -> datetime | None:
    return None if days is None else end + timedelta(days=days)


def _spans(whole: Window, months: int) -> Iterator[tuple[str, datetime, datetime]]:
    day = whole.opens_at.astimezone(SHANGHAI).date()
    first = date(day.year, day.month - (day.month - 1) % months, 1)
    while _midnight(first) < whole.closes_at:
        after = _later(first, months)
        quarter = (first.month - 1) // QUARTER + 1
        code = f"{first:%Y-%m}" if months == 1 else f"{first.year}-Q{quarter}"
        yield code, _midnight(first), _midnight(after)
        first = after


def _later(day: date, months: int) -> date:
    count = day.month - 1 + months
    return date(day.year + count // 12, count % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=SHANGHAI).astimezone(UTC)
