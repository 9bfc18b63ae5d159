"""Dates that move: who takes part stands above contests, so a package above says who is told."""

from collections.abc import Callable, Sequence

from webapp.contests.rules.effects import Moved, effect
from webapp.contests.rules.schema import Contest
from webapp.core.clock import datetime

MoveTeller = Callable[[int, Contest, Sequence[Moved], datetime], int]
_tellers: list[MoveTeller] = []


def tell_moves_with(teller: MoveTeller) -> MoveTeller:
    """Register who tells people that the dates of their event have moved."""
    if teller not in _tellers:
        _tellers.append(teller)
    return teller


def tell_moves(contest_id: int, before: Contest, after: Contest, now: datetime) -> int:
    """Have everybody told whose dates are others under `after`; return how many notices that made."""
    moved = effect(before, after, now).moved
    return sum(teller(contest_id, after, moved, now) for teller in _tellers) if moved else 0
