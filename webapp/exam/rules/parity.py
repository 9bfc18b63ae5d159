"""After an exam: were the different papers equally hard, and how often did each question appear?

A question's facility is the mean share of its marks over all who had it. A paper's expected score is what
a contestant of average strength would have got on it: the facilities of its questions, weighted by marks.
All shares and scores here are floating point and for reading only: no result depends on them."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NEAR = 2.0
"""Papers within so many points of the mean (of 100) count as alike."""


@dataclass(frozen=True)
class PaperFacts:
    """One graded paper. versions: its questions; marks and full: per question, what it brought and could."""

    versions: Sequence[int]
    marks: Sequence[float]
    full: Sequence[float]


@dataclass(frozen=True)
class ItemParity:
    """One question: on how many papers, their share of all (0 .. 1), and its facility (0 .. 1)."""

    version_id: int
    papers: int
    exposure: float
    facility: float


@dataclass(frozen=True)
class Parity:
    """papers, questions: how many. Scores are of 100. expected_*: of the papers' expected scores.
    actual_sd: how much people differ. near_share: papers within NEAR of the mean (0 .. 1).
    overlap: the share of questions that two papers have in common on average; 1 when all are alike."""

    papers: int
    questions: int
    expected_mean: float
    expected_sd: float
    expected_min: float
    expected_max: float
    actual_mean: float
    actual_sd: float
    near_share: float
    overlap: float
    items: tuple[ItemParity, ...]

    @property
    def widest(self) -> float:
        """By how many points of 100 the easiest paper was easier than the hardest."""
        return self.expected_max - self.expected_min


class Tally:
    """Counts papers one by one; the papers themselves are not kept, only their questions."""

    def __init__(self) -> None:
        self._shares: defaultdict[int, float] = defaultdict(float)
        self._counts: defaultdict[int, int] = defaultdict(int)
        self._papers: list[tuple[Sequence[int], Sequence[float]]] = []
        self._scores: list[float] = []

    def add(self, paper: PaperFacts) -> None:
        """raise (ValueError): a paper without marks to get, or lists of different lengths."""
        total = math.fsum(paper.full)
        if total <= 0:
            raise ValueError("a paper needs marks to get")
        for version, mark, full in zip(paper.versions, paper.marks, paper.full, strict=True):
            self._shares[version] += mark / full if full else 0.0
            self._counts[version] += 1
        self._papers.append((tuple(paper.versions), tuple(paper.full)))
        self._scores.append(100 * math.fsum(paper.marks) / total)

    def result(self) -> Parity | None:
        """The report; None when fewer than two papers were counted."""
        count = len(self._papers)
        if count < 2:
            return None
        facility = {version: self._shares[version] / self._counts[version] for version in self._counts}
        expected = [_expected(versions, full, facility) for versions, full in self._papers]
        mean, spread = _mean_sd(expected)
        actual_mean, actual_sd = _mean_sd(self._scores)
        return Parity(
            papers=count,
            questions=len(facility),
            expected_mean=mean,
            expected_sd=spread,
            expected_min=min(expected),
            expected_max=max(expected),
            actual_mean=actual_mean,
            actual_sd=actual_sd,
            near_share=sum(abs(one - mean) <= NEAR for one in expected) / count,
            overlap=self._overlap(),
            items=tuple(
                ItemParity(version, self._counts[version], self._counts[version] / count, facility[version])
                for version in sorted(facility, key=lambda version: (-self._counts[version], version))
            ),
        )

    def _overlap(self) -> float:
        """Common questions of all pairs, counted by question: n papers with it make n (n - 1) / 2 pairs."""
        count = len(self._papers)
        common = sum(number * (number - 1) for number in self._counts.values())
        length = sum(len(versions) for versions, _ in self._papers) / count
        return common / (count * (count - 1)) / length if length else 0.0


def parity(papers: Iterable[PaperFacts]) -> Parity | None:
    """The report over all papers of an exam; None when there are fewer than two."""
    tally = Tally()
    for paper in papers:
        tally.add(paper)
    return tally.result()


def _expected(versions: Sequence[int], full: Sequence[float], facility: dict[int, float]) -> float:
    got = math.fsum(facility[version] * mark for version, mark in zip(versions, full, strict=True))
    return 100 * got / math.fsum(full)


def _mean_sd(values: Sequence[float]) -> tuple[float, float]:
    mean = math.fsum(values) / len(values)
    return mean, math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
