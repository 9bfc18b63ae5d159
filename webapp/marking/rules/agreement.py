"""How markers mark: their mean and spread, how often they agree, and who drifts from the others.

For reading only: floating point, and no result depends on it."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

DRIFT = 0.10
"""A marker whose shares lie on average so far above or below those of the other marker is named (p)."""

ENOUGH = 10
"""Pairs before anybody is named (p)."""


@dataclass(frozen=True)
class Given:
    """One marker's mark of one answer as a share of the full mark, 0 .. 1."""

    answer_id: int
    account_id: int
    share: float


@dataclass(frozen=True)
class MarkerFigures:
    """One marker. mean, spread: of the shares, 0 .. 1; spread is the standard deviation of the sample, 0 for
    one mark. pairs: answers the other one has marked too; agreeing: those within the tolerance; lean: mean
    of own share minus the other's. drifts: lean is beyond DRIFT over at least ENOUGH pairs."""

    account_id: int
    count: int
    mean: float
    spread: float
    pairs: int
    agreeing: int
    lean: float

    @property
    def drifts(self) -> bool:
        return self.pairs >= ENOUGH and abs(self.lean) > DRIFT


def figures(given: Iterable[Given], tolerance: dict[int, float]) -> list[MarkerFigures]:
    """The figures of all markers, by account id. tolerance: of each answer, as a share."""
    by_answer: dict[int, list[Given]] = defaultdict(list)
    by_marker: dict[int, list[float]] = defaultdict(list)
    leans: dict[int, list[float]] = defaultdict(list)
    agreeing: dict[int, int] = defaultdict(int)
    for one in given:
        by_answer[one.answer_id].append(one)
        by_marker[one.account_id].append(one.share)
    for answer_id, pair in by_answer.items():
        for mine, other in zip(pair, reversed(pair), strict=True):
            if mine is other:
                continue
            difference = mine.share - other.share
            leans[mine.account_id].append(difference)
            agreeing[mine.account_id] += abs(difference) <= tolerance[answer_id] + 1e-9
    return [
        MarkerFigures(
            account_id,
            len(shares),
            math.fsum(shares) / len(shares),
            _spread(shares),
            len(leans[account_id]),
            agreeing[account_id],
            math.fsum(leans[account_id]) / len(leans[account_id]) if leans[account_id] else 0.0,
        )
        for account_id, shares in sorted(by_marker.items())
    ]


def _spread(shares: list[float]) -> float:
    if len(shares) < 2:
        return 0.0
    mean = math.fsum(shares) / len(shares)
    return math.sqrt(math.fsum((share - mean) ** 2 for share in shares) / (len(shares) - 1))
