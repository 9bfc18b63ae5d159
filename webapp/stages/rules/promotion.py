"""Who goes on: the cut, ties at it, and who moves up when somebody is taken off."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from webapp.leaderboard.rules.rank import cut_size


@dataclass(frozen=True)
class Ranked:
    """An entry of a frozen board. tie_key: equal for entries that are tied."""

    entry_id: int
    tie_key: bytes


@dataclass(frozen=True)
class Promotion:
    """The outcome; every tuple is in rank order.

    going_on: the list. above: how many stood above the line before anybody was taken off. substitutes: those
    of going_on who stood below it. waiting: who moves up next. straddling: the tie that lies across the line
    (of those who were left), however it was decided. vacancies: places that stay empty because somebody left
    after the hour until which substitutes move up."""

    going_on: tuple[int, ...]
    above: int
    substitutes: tuple[int, ...]
    waiting: tuple[int, ...]
    straddling: tuple[int, ...]
    vacancies: int


def promote(
    rows: Sequence[Ranked],
    quota: int | None,
    cut: str,
    excluded: Collection[int] = (),
    excluded_late: Collection[int] = (),
) -> Promotion:
    """Who goes on from a board, best first.

    quota: None: everybody. cut: all_tied | none_tied | ordinal (see `cut_size`). excluded: entries taken off
    in time: the next in rank move up. excluded_late: taken off after the stated hour: their place stays empty.
    Nobody who was in is ever displaced by somebody who moves up: places are only ever given, because taking
    an entry off can only shorten what stands before the others. raise (ValueError): another rule for ties.
    Source: CONTESTS 1 (top 100 after an eligibility re-check), DECISIONS 4, CONTESTS "what goes wrong"."""
    taken, late = set(excluded), set(excluded_late) - set(excluded)
    at_first = _inside(rows, quota, cut)
    left = [row for row in rows if row.entry_id not in taken]
    chosen = _inside(left, quota, cut)
    stood_above = {row.entry_id for row in rows[:at_first]}
    inside = [row.entry_id for row in left[:chosen]]
    going_on = [entry for entry in inside if entry not in late]
    return Promotion(
        going_on=tuple(going_on),
        above=at_first,
        substitutes=tuple(entry for entry in going_on if entry not in stood_above),
        waiting=tuple(row.entry_id for row in left[chosen:] if row.entry_id not in late),
        straddling=_straddling(left, quota),
        vacancies=len(inside) - len(going_on),
    )


def _inside(rows: Sequence[Ranked], quota: int | None, cut: str) -> int:
    """How many of the rows stand above the line."""
    if quota is None or not rows:
        return len(rows)
    last = rows[min(quota, len(rows)) - 1].tie_key
    better = sum(row.tie_key < last for row in rows)
    tied = sum(row.tie_key == last for row in rows)
    found = cut_size(len(rows), quota, better, tied, cut)
    return len(rows) if found is None else found


def _straddling(rows: Sequence[Ranked], quota: int | None) -> tuple[int, ...]:
    """The tied entries of which some stand within the quota and some beyond."""
    if quota is None:
        return ()
    first = 0
    for _key, group in groupby(rows, key=lambda row: row.tie_key):
        tied = tuple(row.entry_id for row in group)
        if first < quota < first + len(tied):
            return tied
        first += len(tied)
    return ()
