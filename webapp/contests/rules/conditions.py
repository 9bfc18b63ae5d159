"""The conditions an award may have: a strict table, so that a misspelt one is a problem and not a rule that
never holds."""

import re
from typing import Any

from webapp.contests.rules.reader import UNDECIDED, Reader
from webapp.core.words import N_, Message

LEVELS = ("junior-worker", "intermediate-worker", "senior-worker", "technician", "senior-technician")
"""Skill levels by name, from level 5 to level 1; the same levels may stand as numbers."""
CHOICES = {
    "learning": ("finished",),
    "exam": ("finished",),
    "sex": ("female", "male"),
    "reviewed": ("bottom-up", "committee"),
    "reading": ("best", "among", UNDECIDED),
    "split": ("union", "region"),
}
"""learning, exam: must be finished. reviewed: how an authority decides. reading: with `sex`, the band counts
people of that sex only (best) or is a band of all in which those of that sex are taken (among). split: lists
are made for each union or region."""
FLAGS = frozenset({"team_leader", "ceiling", "several"})
"""team_leader: in a team event the leader bears it. ceiling: the amount is the most that may be paid.
several: more than one person may get it."""
FLAGS_OR_UNDECIDED = frozenset({"national_standard", "repeated", "may_counts", "promoted"})
"""national_standard: only in events with one. repeated: who holds the level gets it again. may_counts: whether
the month of `born_after` itself counts. promoted: only who goes on from the stage."""
TEXTS = frozenset({"locality"})
"""locality: only people of this region; the ranks are counted anew among them."""
BY = ("class", "rank")
DAY = re.compile(r"^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?$")


def read_conditions(table: Reader | None) -> dict[str, Any]:
    """The conditions of an award; every key is known and every value of its kind."""
    if table is None:
        return {}
    for key, allowed in CHOICES.items():
        if key in _keys(table, key):
            table.choice(key, allowed)
    for key in sorted(FLAGS | FLAGS_OR_UNDECIDED):
        table.optional_flag(key) if key in FLAGS_OR_UNDECIDED else table.flag(key, default=False)
    for key in sorted(TEXTS):
        table.text(key, needed=False)
    for key in ("level", "holders"):
        _level(table, key)
    _born(table)
    table.optional_integer("under_age", 16, 100)
    table.choices("by", BY)
    table.close()
    return dict(table.data)


def _keys(table: Reader, key: str) -> dict[str, Any]:
    """The table's keys; `key` counts as asked for even where it is left out, so that it is known here."""
    table.raw(key, needed=False)
    return dict(table.data)


def _level(table: Reader, key: str) -> None:
    value = table.raw(key, needed=False)
    if value is None or value == UNDECIDED or value in LEVELS:
        return
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= len(LEVELS):
        hint = Message(N_("Use one of: %(choices)s."), {"choices": ", ".join((*LEVELS, "1 – 5"))})
        table.problem(key, "not-a-level", Message(N_("This is not a skill level.")), hint)


def _born(table: Reader) -> None:
    value = table.raw("born_after", needed=False)
    if value is None or value == UNDECIDED:
        return
    if not isinstance(value, str) or not DAY.match(value):
        table.problem(
            "born_after",
            "not-a-day",
            Message(N_('This must be a month or a day, for example "1990-05" or "1990-05-31".')),
        )
