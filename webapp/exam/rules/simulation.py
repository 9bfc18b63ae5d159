"""What a blueprint would do with a bank, before anything is opened: counted where counting is exact, drawn with the
real draw where it is not.

Shares and facilities are 0 .. 1, floating point, for reading only."""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from webapp.contests.rules.blueprint import Blueprint, Cell, Fairness, to_json
from webapp.exam.rules.draw import PoolQuestion, can_satisfy, draw_paper, expected_share
from webapp.exam.rules.supply import Kind, demands

PAPERS = 10_000
MOST_LISTED = 20
"""Questions named in the report: those on most papers."""


@dataclass(frozen=True)
class CellSupply:
    """One cell: it wants `wanted` of `available` questions; missing: what cannot be found when all cells are
    served together."""

    section: str
    question_type: str
    cell: Cell
    wanted: int
    available: int
    missing: int

    @property
    def exposure(self) -> float | None:
        """On what share of papers a question of the cell stands, when no other cell draws it too."""
        return self.wanted / self.available if self.available else None

    @property
    def common(self) -> float | None:
        """How many questions of the cell two papers have in common on average: wanted x wanted / available."""
        return None if self.exposure is None or self.missing else self.wanted * self.exposure


def cell_supplies(blueprint: Blueprint, pool: Sequence[PoolQuestion]) -> tuple[CellSupply, ...]:
    """Every cell in the order of the file."""
    counts = Counter(question.kind for question in pool)
    missing: dict[tuple[str, Cell], list[int]] = {}
    for shortage in can_satisfy(blueprint, counts).shortages:
        missing.setdefault((shortage.section, shortage.cell), []).append(shortage.missing)
    wanted = sorted(demands(blueprint), key=lambda one: (one.section_at, one.cell_at))
    found: list[CellSupply] = []
    for one in reversed(
        wanted
    ):  # of equal cells the first are served first: what is missing is missing at the end
        short = missing.get((one.section.key, one.cell), [])
        found.append(
            CellSupply(
                one.section.key,
                str(one.section.question_type),
                one.cell,
                one.cell.count,
                _available(one.accepts, counts),
                short.pop() if short else 0,
            )
        )
    return tuple(reversed(found))


def expected_overlap(cells: Sequence[CellSupply]) -> float | None:
    """The share of a paper that a second one repeats on average; exact when no question suits two cells. None when
    papers cannot be drawn."""
    common = [one.common for one in cells]
    total = sum(one.wanted for one in cells)
    if not total or any(one is None for one in common):
        return None
    return math.fsum(one or 0.0 for one in common) / total


def expected_mean(blueprint: Blueprint, pool: Sequence[PoolQuestion]) -> float | None:
    """The share of its marks that a paper is expected to bring, by the difficulties of the questions that may be
    drawn, before any band; exact when no question suits two cells. None when a cell has nothing to draw."""
    counts = Counter(question.kind for question in pool)
    fairness = blueprint.fairness or Fairness()
    got, marks = 0.0, 0.0
    for demand in demands(blueprint):
        kinds = {kind: number for kind, number in counts.items() if demand.accepts(kind)}
        available, worth = sum(kinds.values()), float(demand.section.mark * demand.cell.count)
        if not available:
            return None
        facility = sum(float(fairness.facility(kind.difficulty)) * number for kind, number in kinds.items())
        got, marks = got + worth * facility / available, marks + worth
    return got / marks if marks else None


@dataclass(frozen=True)
class Simulated:
    """What the drawn papers were like. used: questions that stood on any of them, of `questions`.

    exposure_*: shares of papers per question; listed: (version id, share), the most exposed first. overlap: the
    share of a paper that another one repeats on average. expected_*: of the papers' expected facilities, by the
    difficulties of their questions; low, high: between these lie 90 % of the papers. bins: papers per whole
    percent, from first_bin on. in_band: share of papers within the file's band, None without one.

    measured: questions whose facility is known from earlier exams; measured_mean, measured_sd: as expected_*, with
    what is known in place of the label; None when nothing is."""

    papers: int
    questions: int
    used: int
    exposure_most: float
    exposure_mean: float
    listed: tuple[tuple[int, float], ...]
    overlap: float
    expected_mean: float
    expected_sd: float
    expected_min: float
    expected_max: float
    low: float
    high: float
    first_bin: int
    bins: tuple[int, ...]
    in_band: float | None
    measured: int = 0
    measured_mean: float | None = None
    measured_sd: float | None = None


class Simulation:
    """Draws papers one by one and counts; keeps two numbers per paper and one per question.

    measured: facilities (0 .. 1) from earlier exams, by version id, as far as they are known."""

    def __init__(
        self, blueprint: Blueprint, pool: Sequence[PoolQuestion], measured: Mapping[int, float] | None = None
    ) -> None:
        self._blueprint = blueprint
        self._pool = sorted(pool, key=lambda question: question.version_id)
        self._fairness = blueprint.fairness or Fairness()
        self._difficulty_of = {question.version_id: question.difficulty for question in pool}
        labels = {one.version_id: float(self._fairness.facility(one.difficulty)) for one in pool}
        known = {version_id: share for version_id, share in (measured or {}).items() if version_id in labels}
        self._facility, self._known = labels | known, len(known)
        self._counts: Counter[int] = Counter()
        self._measured: list[float] = []
        self._expected: list[float] = []

    def __len__(self) -> int:
        return len(self._expected)

    def draw(self, papers: int) -> None:
        """So many papers more. raise (PoolTooSmall): the pool cannot fill the blueprint."""
        for _ in range(papers):
            paper = draw_paper(self._blueprint, self._pool, seed_of(len(self)))
            self._counts.update(slot.version_id for slot in paper)
            self._expected.append(float(expected_share(paper, self._difficulty_of, self._fairness)))
            full = math.fsum(float(slot.mark) for slot in paper)
            got = math.fsum(self._facility[slot.version_id] * float(slot.mark) for slot in paper)
            self._measured.append(got / full if full else 0.0)

    def result(self) -> Simulated | None:
        """None below two papers."""
        papers = len(self)
        if papers < 2:
            return None
        values = sorted(self._expected)
        mean, spread = _mean_sd(values)
        measured_mean, measured_sd = _mean_sd(self._measured)
        first = _percent(values[0])
        bins = [0] * (_percent(values[-1]) - first + 1)
        for value in values:
            bins[_percent(value) - first] += 1
        length = self._counts.total() / papers
        pairs = sum(count * (count - 1) for count in self._counts.values())
        return Simulated(
            papers=papers,
            questions=len(self._pool),
            used=len(self._counts),
            exposure_most=max(self._counts.values()) / papers,
            exposure_mean=length / len(self._pool),
            listed=tuple(
                (version_id, count / papers)
                for version_id, count in sorted(self._counts.items(), key=lambda one: (-one[1], one[0]))[
                    :MOST_LISTED
                ]
            ),
            overlap=pairs / (papers * (papers - 1)) / length,
            expected_mean=mean,
            expected_sd=spread,
            expected_min=values[0],
            expected_max=values[-1],
            low=values[math.floor(0.05 * (papers - 1))],
            high=values[math.ceil(0.95 * (papers - 1))],
            first_bin=first,
            bins=tuple(bins),
            in_band=self._in_band(values),
            measured=self._known,
            measured_mean=measured_mean if self._known else None,
            measured_sd=measured_sd if self._known else None,
        )

    def _in_band(self, values: Sequence[float]) -> float | None:
        lowest, highest = self._fairness.lowest, self._fairness.highest
        if lowest is None or highest is None:
            return None
        return sum(float(lowest) <= value <= float(highest) for value in values) / len(values)


def seed_of(number: int) -> bytes:
    """The seed of simulated paper `number`, always the same, and none that an exam could have: those are secret."""
    return hashlib.sha256(f"simulated paper {number}".encode()).digest()


def digest_of(blueprint: Blueprint, pool: Sequence[PoolQuestion]) -> str:
    """SHA-256 (hex) over what a simulation is made from: another one means that it is out of date."""
    facts = [to_json(blueprint), sorted([q.version_id, *q.kind] for q in pool)]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def simulated_to_json(found: Simulated) -> dict[str, Any]:
    """Numbers and lists only."""
    return asdict(found)


def simulated_from_json(data: Mapping[str, Any]) -> Simulated:
    """The result of `simulated_to_json`."""
    listed = tuple((int(version_id), float(share)) for version_id, share in data["listed"])
    return Simulated(**{**data, "listed": listed, "bins": tuple(data["bins"])})


def _mean_sd(values: Sequence[float]) -> tuple[float, float]:
    mean = math.fsum(values) / len(values)
    return mean, math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))


def _percent(value: float) -> int:
    """The whole percent at or below a share; 0.57 lies in the 57th although 100 x 0.57 is a little less in binary."""
    return math.floor(100 * value + 1e-9)


def _available(accepts: Callable[[Kind], bool], counts: Mapping[Kind, int]) -> int:
    return sum(number for kind, number in counts.items() if accepts(kind))
