"""The table of the eligibility re-check: who is shown in which group, one page at a time."""

from dataclasses import dataclass

from sqlalchemy import text

from webapp.core.db import db
from webapp.core.paging import Pages
from webapp.stages.queries.candidates import Candidate, Outcome, candidates

WAITING_SHOWN = 10
"""How many of those who would move up next the table shows."""

A_PAGE = 100
"""So many people stand on a page of the table."""

GROUPS = ("", "undecided", "moved", "off", "unit")
"""Everybody, not decided yet, moved up, taken off, works elsewhere than at registration."""

_UNIT_CHANGED = text(
    """
    SELECT e.id FROM entries e JOIN participations p ON p.id = e.participation_id
    JOIN persons r ON r.id = p.person_id
    WHERE e.id = ANY(:ids) AND p.unit_id IS DISTINCT FROM r.unit_id
    """
)


@dataclass(frozen=True)
class Asked:
    """Which part of the table somebody wants to see. number: one contestant's instead of a group."""

    group: str
    number: str
    page: int


@dataclass(frozen=True)
class RecheckTable:
    """One page of a group. counts: how many each group has. is_long: the whole table has more than one page."""

    asked: Asked
    rows: tuple[Candidate, ...]
    pages: Pages
    counts: dict[str, int]
    is_long: bool


def table(made: Outcome, asked: Asked, *, whole_names: bool) -> RecheckTable:
    """The list, who was taken off, and who would move up next, in rank order: the part that was asked for."""
    groups = _groups(made)
    chosen = groups[asked.group]
    if asked.number:
        chosen = [entry for entry in groups[""] if made.rows[entry]["number"] == asked.number]
    pages = Pages.of(asked.page, len(chosen), A_PAGE)
    rows = candidates(made, pages.cut(chosen), whole_names=whole_names)
    counts = {name: len(entries) for name, entries in groups.items()}
    return RecheckTable(asked, tuple(rows), pages, counts, counts[""] > A_PAGE)


def _groups(made: Outcome) -> dict[str, list[int]]:
    waiting = made.promotion.waiting[:WAITING_SHOWN]
    wanted = {*made.promotion.going_on, *made.taken_off, *waiting}
    every = [entry for entry in made.rows if entry in wanted]
    stands = {entry: made.standing(entry) for entry in every}
    elsewhere = set(db.session.scalars(_UNIT_CHANGED, {"ids": every}))
    return {
        "": every,
        "undecided": [
            entry for entry in every if stands[entry] in {"in", "substitute"} and entry not in made.decided
        ],
        "moved": [entry for entry in every if stands[entry] == "substitute"],
        "off": [entry for entry in every if stands[entry] == "off"],
        "unit": [entry for entry in every if entry in elsewhere],
    }
