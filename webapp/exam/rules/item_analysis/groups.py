"""The best and the weakest 27 % by total, without chance: people tied at the cut share its last places."""

import math
from collections.abc import Sequence

SHARE = 0.27


def group_size(attempts: int) -> int:
    """How many make a group: 27 % rounded half up, at least one; 0 below two attempts."""
    return max(1, math.floor(SHARE * attempts + 0.5)) if attempts > 1 else 0


def upper_weights(totals: Sequence[float]) -> list[float]:
    """How much of each attempt belongs to the upper group (0 .. 1); they sum up to its size.

    Where several have the total at the cut, each counts for an equal part of the places that are left: the
    order of the attempts makes no difference."""
    size = group_size(len(totals))
    if not size:
        return [0.0] * len(totals)
    cut = sorted(totals, reverse=True)[size - 1]
    above = sum(total > cut for total in totals)
    part = (size - above) / sum(total == cut for total in totals)
    return [1.0 if total > cut else part if total == cut else 0.0 for total in totals]


def lower_weights(totals: Sequence[float]) -> list[float]:
    """The same for the lower group."""
    return upper_weights([-total for total in totals])


def weighted_mean(values: Sequence[float], weights: Sequence[float]) -> float | None:
    """None when nothing has weight."""
    size = math.fsum(weights)
    return math.fsum(v * w for v, w in zip(values, weights, strict=True)) / size if size else None
