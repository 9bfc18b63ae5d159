"""Answers that came faster than a question can be read, and papers far faster than the others.

Being quick is no offence: people who give up click through, people who know a bank by heart are fast.
So only quick answers that are also right, and whole papers that are quick and good, are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import log
from statistics import median


@dataclass(frozen=True)
class TimingLimits:
    """Thresholds as data. chars_per_s: three times the pace of reading Chinese for understanding (300-500
    characters a minute); base_s: finding and touching an answer. An answer below both together is quick."""

    base_s: float = 1.5
    chars_per_s: float = 25.0
    least_quick_right: int = 10
    least_share: float = 0.3
    paper_z: float = -3.5
    paper_share: float = 0.4
    least_people: int = 20
    least_answered: float = 0.8
    weight_answers: float = 1.0
    weight_paper: float = 0.75


TIMING_LIMITS = TimingLimits()


@dataclass(frozen=True)
class Saved:
    """The first time a slot got an answer."""

    slot: int
    arrived_at: datetime


@dataclass(frozen=True)
class Pace:
    """How the answers of one attempt came. judged: answers whose time is known; quick_right of `quick`."""

    judged: int
    quick: int
    quick_right: int
    is_unusual: bool


def least_s(characters: int, limits: TimingLimits = TIMING_LIMITS) -> float:
    """Seconds below which nobody has read this many characters and answered."""
    return limits.base_s + characters / limits.chars_per_s


def pace(
    saved: Sequence[Saved],
    characters: Mapping[int, int],
    right: Mapping[int, bool],
    limits: TimingLimits = TIMING_LIMITS,
) -> Pace:
    """Judge the gaps between first answers in the order of their arrival at the server.

    characters: length of each slot's question with its options; right: whether its final answer brought
    marks. Answers that arrived together were kept by the browser and sent later: their times say nothing,
    neither does the gap before them. The first answer has no gap. A paper may be read as a whole before
    answering: therefore one quick answer means nothing; unusual is a paper with at least
    `least_quick_right` quick right answers that are `least_share` of all judged ones or more."""
    times: dict[datetime, list[int]] = {}
    for one in sorted(saved, key=lambda one: (one.arrived_at, one.slot)):
        times.setdefault(one.arrived_at, []).append(one.slot)
    instants = sorted(times)
    judged = quick = quick_right = 0
    for before, now in pairwise(instants):
        if len(times[now]) > 1:
            continue
        slot = times[now][0]
        judged += 1
        if (now - before).total_seconds() < least_s(characters.get(slot, 0), limits):
            quick += 1
            quick_right += bool(right.get(slot))
    unusual = quick_right >= limits.least_quick_right and quick_right >= limits.least_share * judged
    return Pace(judged, quick, quick_right, unusual)


@dataclass(frozen=True)
class WholePaper:
    """One finished paper. answered: share of its slots; mark: any scale, the same for all."""

    attempt_id: int
    seconds: int
    answered: float
    mark: float


@dataclass(frozen=True)
class FastPaper:
    """A paper far faster than the others. z: robust distance in deviations, negative = faster."""

    attempt_id: int
    seconds: int
    usual_seconds: int
    z: float


def fast_papers(papers: Sequence[WholePaper], limits: TimingLimits = TIMING_LIMITS) -> list[FastPaper]:
    """Papers whose logarithm of time lies paper_z robust deviations below the median, which took at most
    paper_share of the usual time, and whose mark is not below the median. Deviation: 1.4826 x the median of absolute distances (equals the standard
    deviation for a normal distribution and is not moved by the outliers looked for).

    Only papers that were nearly all answered are compared; with fewer than least_people nothing is said."""
    whole = [paper for paper in papers if paper.answered >= limits.least_answered and paper.seconds > 0]
    if len(whole) < limits.least_people:
        return []
    logs = [log(paper.seconds) for paper in whole]
    centre = median(logs)
    spread = 1.4826 * median(abs(value - centre) for value in logs)
    if spread <= 0:
        return []
    usual_mark, usual_seconds = (
        median(paper.mark for paper in whole),
        median(paper.seconds for paper in whole),
    )
    found = [
        FastPaper(paper.attempt_id, paper.seconds, round(usual_seconds), round((value - centre) / spread, 2))
        for paper, value in zip(whole, logs, strict=True)
        if (value - centre) / spread <= limits.paper_z
        and paper.seconds <= limits.paper_share * usual_seconds
        and paper.mark >= usual_mark
    ]
    return sorted(found, key=lambda one: one.z)
