"""A second, plain computation of every learning and combined score, written apart from the first.

It shares no code with learning/rules/score, leaderboard/rules/combine or leaderboard/rules/rank on purpose:
whole fractions, its own choice of the attempt that counts, its own order. What both get wrong in the same
way is less likely (RELIABILITY 16)."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Paper:
    """A graded attempt that is not void. score: on 0-100."""

    attempt: int
    score: Decimal
    time_used_s: int
    submitted_at: datetime


@dataclass(frozen=True)
class Evidence:
    """All that a result depends on. points: every entry of the ledger; filed: components given by people."""

    number: str
    points: Sequence[Decimal]
    papers: Sequence[Paper]
    filed: Mapping[str, Decimal]


@dataclass(frozen=True)
class SumRules:
    """Of the contest file. weights: component -> percent, in the order of the file; full_points: None: learning
    does not count; counting: first | last | best."""

    contest: str
    weights: Mapping[str, Decimal]
    full_points: int | None
    counting: str
    breakers: Sequence[str]
    display: str


@dataclass(frozen=True)
class Second:
    """The second result. scores: text with four places by component; order: sorts like the board."""

    number: str
    scores: Mapping[str, str]
    combined: str
    order: tuple[Any, ...]
    tie: tuple[Any, ...]


@dataclass(frozen=True)
class SumDifference:
    """Where the frozen board and the second computation differ. what: missing, extra, a component, combined,
    rank or order."""

    number: str
    what: str
    stated: str
    computed: str


def second_result(evidence: Evidence, rules: SumRules) -> Second | None:
    """The result of one contestant, or None when a component is missing."""
    paper = _counting(evidence.papers, rules.counting)
    scores: dict[str, Fraction] = {key: Fraction(value) for key, value in evidence.filed.items()}
    if paper is not None:
        scores["theory"] = Fraction(paper.score)
    if rules.full_points is not None:
        earned = sum((Fraction(points) for points in evidence.points), Fraction(0))
        earned = max(Fraction(0), min(earned, Fraction(rules.full_points)))
        scores["learning"] = _half_up(earned * 100 / rules.full_points, 4)
    if any(key not in scores for key in rules.weights):
        return None
    total = sum((scores[key] * Fraction(weight) / 100 for key, weight in rules.weights.items()), Fraction(0))
    combined = _half_up(total, 2)
    tie = (-combined, *(_breaker(name, scores, paper) for name in rules.breakers))
    last = hashlib.sha256(f"{rules.contest}:{evidence.number}".encode()).hexdigest()[:32]
    told = {key: _text(scores[key], 4) for key in rules.weights}
    return Second(evidence.number, told, _text(combined, 2), (*tie, last), tie)


def differences(
    stated: Sequence[Mapping[str, Any]], computed: Iterable[Second], display: str
) -> list[SumDifference]:
    """Every difference between the rows of a frozen board (best first) and the second results."""
    ordered = sorted(computed, key=lambda one: one.order)
    wanted = {one.number: (one, rank) for one, rank in zip(ordered, _ranks(ordered, display), strict=True)}
    found: list[SumDifference] = []
    seen: list[str] = []
    for row in stated:
        number = str(row["number"])
        second, rank = wanted.pop(number, (None, 0))
        if second is None:
            found.append(SumDifference(number, "extra", str(row["combined"]), ""))
            continue
        seen.append(number)
        for key, score in second.scores.items():
            if row["scores"].get(key) != score:
                found.append(SumDifference(number, key, str(row["scores"].get(key)), score))
        if row["combined"] != second.combined:
            found.append(SumDifference(number, "combined", str(row["combined"]), second.combined))
        if row["rank"] != rank:
            found.append(SumDifference(number, "rank", str(row["rank"]), str(rank)))
    found += [SumDifference(number, "missing", "", one.combined) for number, (one, _rank) in wanted.items()]
    known = set(seen)
    if not found and seen != [one.number for one in ordered if one.number in known]:
        found.append(SumDifference("", "order", "", ""))
    return found


def _counting(papers: Sequence[Paper], counting: str) -> Paper | None:
    if not papers:
        return None
    in_order = sorted(papers, key=lambda paper: paper.attempt)
    if counting == "last":
        return in_order[-1]
    if counting == "best":
        top = max(paper.score for paper in in_order)
        return next(paper for paper in in_order if paper.score == top)
    return in_order[0]


def _breaker(name: str, scores: Mapping[str, Fraction], paper: Paper | None) -> tuple[int, Any]:
    """Smaller is better; what is missing comes last."""
    if name == "time_used":
        return (0, paper.time_used_s) if paper else (1, 0)
    if name == "submitted_at":
        return (0, paper.submitted_at) if paper else (1, 0)
    return (0, -scores[name]) if name in scores else (1, 0)


def _ranks(ordered: Sequence[Second], display: str) -> list[int]:
    if display == "ordinal":
        return list(range(1, len(ordered) + 1))
    found: list[int] = []
    for at, one in enumerate(ordered):
        found.append(found[-1] if at and one.tie == ordered[at - 1].tie else at + 1)
    return found


def _half_up(value: Fraction, places: int) -> Fraction:
    scaled = value * 10**places
    return Fraction((scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2), 10**places)


def _text(value: Fraction, places: int) -> str:
    return f"{Decimal(value.numerator) / Decimal(value.denominator):.{places}f}"
