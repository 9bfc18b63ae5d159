"""The amounts of a cell, in words that other code reads."""

from dataclasses import dataclass
from decimal import Decimal

from webapp.reports.queries.facts import MEASURES


@dataclass(frozen=True)
class Amounts:
    """watched_min: minutes of video that count; the rest as in MEASURES."""

    watched_min: int
    points: Decimal
    lessons: int
    answers: int
    right_answers: int


def amounts(values: list[Decimal]) -> Amounts:
    """The amounts of a stored or fresh cell."""
    said = dict(zip(MEASURES, values, strict=True))
    return Amounts(
        int(said["watched_s"] // 60),
        Decimal(said["points"]),
        int(said["lessons"]),
        int(said["answers"]),
        int(said["right_answers"]),
    )
