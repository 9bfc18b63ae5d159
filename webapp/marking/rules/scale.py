"""Which marks may be given, and what two of them come to. Exact decimals."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum

MARKERS = 2
"""So many people mark each answer apart from each other."""

HUNDRED = Decimal(100)


class Stand(StrEnum):
    """waiting: marks are missing; differing: they lie too far apart; settled: a mark stands."""

    WAITING = "waiting"
    DIFFERING = "differing"
    SETTLED = "settled"


@dataclass(frozen=True)
class Scale:
    """How one answer is marked: from 0 to out_of in steps; out_of itself may always be given.

    tolerance_pct: percent of out_of by which two marks may differ, 0 .. 100."""

    out_of: Decimal
    step: Decimal
    tolerance_pct: Decimal

    @property
    def tolerance(self) -> Decimal:
        """In marks."""
        return self.out_of * self.tolerance_pct / HUNDRED

    def allows(self, mark: Decimal) -> bool:
        """Whether a mark may be given."""
        return 0 <= mark <= self.out_of and (mark == self.out_of or mark % self.step == 0)

    def read(self, text: str) -> Decimal | None:
        """The mark that somebody typed, or None when it cannot be given."""
        try:
            mark = Decimal(text.strip())
        except InvalidOperation:
            return None
        return mark if mark.is_finite() and self.allows(mark) else None

    def between(self, one: Decimal, other: Decimal) -> Decimal:
        """The mean of two marks, rounded half up to the step, never above out_of; of equal marks the mark."""
        if one == other:
            return one
        steps = ((one + other) / 2 / self.step).to_integral_value(ROUND_HALF_UP)
        return min(steps * self.step, self.out_of)


@dataclass(frozen=True)
class Outcome:
    """Where an answer stands; mark only when settled."""

    stand: Stand
    mark: Decimal | None = None


def outcome(scale: Scale, marks: Sequence[Decimal], arbiter: Decimal | None = None) -> Outcome:
    """What the markers' marks (two at most count) and the arbiter's come to.

    The arbiter decides; without one, two marks within the tolerance settle it."""
    if arbiter is not None:
        return Outcome(Stand.SETTLED, arbiter)
    if len(marks) < MARKERS:
        return Outcome(Stand.WAITING)
    one, other = marks[:MARKERS]
    if abs(one - other) > scale.tolerance:
        return Outcome(Stand.DIFFERING)
    return Outcome(Stand.SETTLED, scale.between(one, other))


def said(mark: Decimal) -> str:
    """A mark for people: without zeros at its end."""
    return f"{mark.normalize():f}"
