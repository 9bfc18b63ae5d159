"""Means, spreads and correlations. Sums are exact before they are rounded, so the order of the values is nothing."""

import math
from collections.abc import Sequence

NOISE = 9
"""Decimal places that marks keep: thirds of a mark must add up to whole ones."""


def mean(values: Sequence[float]) -> float | None:
    """None without values."""
    return math.fsum(values) / len(values) if values else None


def covariance(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Of a sample (n - 1); None below two pairs; exactly 0 when one side is constant."""
    count = len(xs)
    if count < 2:
        return None
    if is_constant(xs) or is_constant(ys):
        return 0.0
    x, y = math.fsum(xs) / count, math.fsum(ys) / count
    return math.fsum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / (count - 1)


def variance(values: Sequence[float]) -> float | None:
    """Of a sample (n - 1); None below two values."""
    return covariance(values, values)


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """-1 .. 1; None when a side is constant or there are fewer than two pairs."""
    together, x, y = covariance(xs, ys), variance(xs), variance(ys)
    if together is None or not x or not y:
        return None
    return min(max(together / math.sqrt(x * y), -1.0), 1.0)


def is_constant(values: Sequence[float]) -> bool:
    return min(values) == max(values)


def moment(values: Sequence[float], power: int) -> float:
    """The central moment: the mean of (value - mean) ** power."""
    centre = math.fsum(values) / len(values)
    return math.fsum((value - centre) ** power for value in values) / len(values)


def skewness(values: Sequence[float]) -> float | None:
    """k3 / k2 ** 1.5; None below three values or without spread."""
    n = len(values)
    if n < 3 or is_constant(values):
        return None
    k2 = n * moment(values, 2) / (n - 1)
    k3 = n**2 * moment(values, 3) / ((n - 1) * (n - 2))
    return float(k3 / k2**1.5)


def kurtosis(values: Sequence[float]) -> float | None:
    """k4 / k2 ** 2; None below four values or without spread."""
    n = len(values)
    if n < 4 or is_constant(values):
        return None
    m2 = moment(values, 2)
    k2 = n * m2 / (n - 1)
    k4 = n**2 * ((n + 1) * moment(values, 4) - 3 * (n - 1) * m2**2) / ((n - 1) * (n - 2) * (n - 3))
    return k4 / k2**2
