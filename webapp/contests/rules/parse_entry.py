"""Reading what a rule of entry needs, and who keeps away from the review."""

from typing import Any

from webapp.contests.rules.entry import AgeRange, ReviewRules, SpotRule
from webapp.contests.rules.escalation import ABOVE, GOES_TO, Escalation
from webapp.contests.rules.reader import UNDECIDED, Reader

ENTRY_RULES = ("age", "sex")
"""Rules of entry whose values are read here."""
SEXES = ("female", "male")
MOST_AGE = 120
MOST_DAYS = 60
"""Working days at one level of the review."""


def read_entry_value(table: Reader, code: str) -> Any:
    """age: an AgeRange from {least, most, on}; sex: 'female' or 'male'."""
    if code == "sex":
        return table.choice("value", SEXES)
    inner = table.table("value")
    if inner is None:
        return None
    open_day = inner.data.get("on", UNDECIDED) == UNDECIDED
    made = AgeRange(
        least=inner.optional_integer("least", 0, MOST_AGE),
        most=inner.optional_integer("most", 0, MOST_AGE),
        on=None if open_day else inner.day("on"),
    )
    if open_day:
        inner.raw("on", needed=False)
    inner.close()
    return made


def read_review(registration: Reader | None) -> ReviewRules:
    """Who keeps away from the review, sealed lists, and what happens when it takes too long."""
    if registration is None:
        return ReviewRules()
    return ReviewRules(
        registration.flag("own_unit_stands_aside", default=False),
        _spot_rule(registration.table("sealed_lists", needed=False)),
        _escalation(registration),
    )


def _escalation(registration: Reader) -> tuple[Escalation, ...]:
    """The decided rules; nothing happens where the whole, or the days of a level, are undecided."""
    if registration.data.get("escalation") == UNDECIDED:
        registration.raw("escalation")
        return ()
    found = (_escalation_of(table) for table in registration.tables("escalation", needed=False))
    return tuple(rule for rule in found if rule is not None)


def _escalation_of(table: Reader) -> Escalation | None:
    days = table.integer_or_undecided("working_days", 1, MOST_DAYS)
    level, to = table.text("level"), table.choice("to", GOES_TO, ABOVE)
    listed = table.optional_integer("own_list_after", 1, MOST_DAYS)
    remind = table.optional_integer("remind_after", 1, MOST_DAYS)
    table.close()
    return Escalation(level, days, to, listed or days, remind) if days is not None else None


def _spot_rule(table: Reader | None) -> SpotRule | None:
    if table is None:
        return None
    made = SpotRule(table.integer("spot_check_pct", 0, 100), table.integer("spot_check_least", 1, 1000))
    table.close()
    return made
