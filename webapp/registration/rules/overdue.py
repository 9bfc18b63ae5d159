"""When a registration is overdue at a level of the review, and to whom it goes then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from webapp.contests.rules.escalation import ABOVE, Escalation
from webapp.core.working_days import MOST_CALENDAR_DAYS, SHANGHAI, WorkCalendar, lasting
from webapp.registration.rules.review import Link


@dataclass(frozen=True)
class Due:
    """The instants of one registration at one link (UTC). remind_at: None where nobody is reminded."""

    due_at: datetime
    listed_at: datetime
    remind_at: datetime | None


def due(since: datetime, rule: Escalation, calendar: WorkCalendar) -> Due:
    """When what came to a link at `since` is overdue, stands in the upper list, and is reminded of."""
    return Due(
        lasting(since, rule.working_days, calendar).ends_at,
        lasting(since, rule.listed_after, calendar).ends_at,
        lasting(since, rule.remind_after, calendar).ends_at if rule.remind_after else None,
    )


def began_before(now: datetime, working_days: int, calendar: WorkCalendar) -> datetime:
    """The instant before which anything must have come for so many working days to be over at `now`.

    For every t: t < began_before(now, n, c) exactly when lasting(t, n, c).ends_at <= now. Midnight in
    Shanghai: days count whole. raise (ValueError): fewer than one day, or not that many within 400 days."""
    if working_days < 1:
        raise ValueError(f"at least one working day, not {working_days}")
    today = now.astimezone(SHANGHAI).date()
    over = 0
    for back in range(1, MOST_CALENDAR_DAYS):
        day = today - timedelta(days=back)
        over += calendar.is_working(day)
        if over == working_days:  # this day is the first that counted: it came on the day before or earlier
            return datetime.combine(day, time(), tzinfo=SHANGHAI)
    raise ValueError(f"{working_days} working days do not fit into {MOST_CALENDAR_DAYS} days")


def rule_of(rules: Sequence[Escalation], level: str) -> Escalation | None:
    """The rule for a level, if the file has one."""
    return next((rule for rule in rules if rule.level == level), None)


def target(chain: Sequence[Link], step: int, rule: Escalation) -> Link | None:
    """The link that a registration overdue at `step` goes to; None where there is none above.

    Links of the same organisation are passed over: they would be asked to hurry themselves."""
    later = [link for link in chain[step + 1 :] if link.organisation_id != chain[step].organisation_id]
    if rule.to != ABOVE:
        later = [link for link in later if link.is_organiser]
    return later[0] if later else None
