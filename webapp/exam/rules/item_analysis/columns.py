"""The figures of one question, from its column of marks."""

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from webapp.exam.rules.item_analysis.groups import lower_weights, upper_weights, weighted_mean
from webapp.exam.rules.item_analysis.guessing import corrected_facility
from webapp.exam.rules.item_analysis.moments import NOISE, correlation, covariance, mean, variance
from webapp.exam.rules.item_analysis.reading import read_item
from webapp.exam.rules.item_analysis.shapes import Item, ItemFigures, OptionFigures


def _numbers() -> "array[float]":
    return array("d")


@dataclass
class Column:
    """What the attempts with a question brought: per attempt its mark, the total and the full mark of the
    paper, and what was picked."""

    item: Item
    marks: "array[float]" = field(default_factory=_numbers)
    totals: "array[float]" = field(default_factory=_numbers)
    fulls: "array[float]" = field(default_factory=_numbers)
    picks: list[str] = field(default_factory=list)

    def add(self, mark: float, total: float, full: float, pick: str) -> None:
        self.marks.append(mark)
        self.totals.append(total)
        self.fulls.append(full)
        self.picks.append(pick)

    @property
    def rest(self) -> "array[float]":
        """The total without this question, per attempt."""
        return array(
            "d",
            (round(total - mark, NOISE) for total, mark in zip(self.totals, self.marks, strict=True)),
        )


def figures_of(column: Column, covariances: float | None) -> ItemFigures:
    """covariances: the sum over all questions of sqrt(cov(mark, total)); None for mixed papers, where the
    weights of different papers do not add up."""
    item, marks, rest = column.item, column.marks, column.rest
    middle, spread = mean(marks), variance(marks)
    facility = middle / item.maximum if middle is not None and item.maximum else None
    together = correlation(marks, rest)
    discrimination = None if together is None else 100 * together
    efficiency = _efficiency(marks, rest)
    upper, lower = upper_weights(column.totals), lower_weights(column.totals)
    options = _options(column, upper, lower)
    return ItemFigures(
        version_id=item.version_id,
        section=item.section,
        question_type=item.question_type,
        maximum=item.maximum,
        attempts=len(marks),
        facility=facility,
        corrected_facility=corrected_facility(facility, len(item.letters)) if item.picks_one else None,
        sd=None if spread is None else math.sqrt(spread),
        discrimination=discrimination,
        point_biserial=_point_biserial(column),
        efficiency=efficiency,
        effective_weight=_effective_weight(column, covariances),
        intended_weight=_intended_weight(column),
        guess=item.guess,
        upper=_share(weighted_mean(marks, upper), item.maximum),
        lower=_share(weighted_mean(marks, lower), item.maximum),
        blank=sum(not pick for pick in column.picks) / len(marks) if item.letters and marks else None,
        options=options,
        readings=tuple(map(str, read_item(facility, discrimination, efficiency, options))),
    )


def root_covariance(column: Column) -> float | None:
    """sqrt(cov(mark, total)); None below two attempts and when the covariance is negative."""
    together = covariance(column.marks, column.totals)
    return None if together is None or together < 0 else math.sqrt(together)


def _effective_weight(column: Column, covariances: float | None) -> float | None:
    root = root_covariance(column)
    return 100 * root / covariances if root is not None and covariances else None


def _intended_weight(column: Column) -> float | None:
    full = mean(column.fulls)
    return 100 * column.item.maximum / full if full else None


def _efficiency(marks: Sequence[float], rest: Sequence[float]) -> float | None:
    """100 cov / the most it could be with the same marks: when the best on the rest have the best marks."""
    together, most = covariance(marks, rest), covariance(sorted(marks), sorted(rest))
    return 100 * together / most if together is not None and most else None


def _point_biserial(column: Column) -> float | None:
    """(M1 - M0) / s_T sqrt(p q) is the correlation with the total, when a mark is all or nothing."""
    if not column.item.maximum or not all(mark in {0.0, column.item.maximum} for mark in column.marks):
        return None
    return correlation(column.marks, column.totals)


def _share(value: float | None, maximum: float) -> float | None:
    return value / maximum if value is not None and maximum else None


def _options(column: Column, upper: Sequence[float], lower: Sequence[float]) -> tuple[OptionFigures, ...]:
    if not column.picks:
        return ()
    return tuple(_option(column, letter, upper, lower) for letter in column.item.letters)


def _option(column: Column, letter: str, upper: Sequence[float], lower: Sequence[float]) -> OptionFigures:
    picked = [float(letter in pick) for pick in column.picks]
    best, weakest = weighted_mean(picked, upper), weighted_mean(picked, lower)
    share = math.fsum(picked) / len(picked)
    is_key = letter in column.item.key
    flag = ""
    if not is_key and not share:
        flag = "unused"
    elif best is not None and weakest is not None and abs(best - weakest) > 10**-NOISE:
        if best > weakest and not is_key:
            flag = "attracts"
        elif best < weakest and is_key:
            flag = "repels"
    return OptionFigures(letter, is_key, share, best, weakest, flag)
