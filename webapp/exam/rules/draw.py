"""A blueprint, a pool of questions and a seed make one paper, always the same one."""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from webapp.contests.rules.blueprint import Blueprint, Cell, Fairness, Section
from webapp.exam.errors import PoolTooSmall
from webapp.exam.rules.chance import Chance
from webapp.exam.rules.supply import Allotment, Demand, Kind, demands

DRAW_VERSION = 1
"""Stored with every paper. Any change of what the same seed draws needs a new number."""

MOST_TURNS = 100
"""How often one seed is asked for a paper within the band. Part of what a draw version means."""

_UNSHUFFLED = frozenset({"true_false", "fill", "numeric", "essay", "passage"})
_ALWAYS_SHUFFLED = frozenset({"matching", "ordering"})
"""Their authors write what belongs together, or follows, side by side: the written order would tell."""


@dataclass(frozen=True)
class PoolQuestion:
    """One question version that may be drawn."""

    version_id: int
    question_type: str
    topic: str
    difficulty: str

    @property
    def kind(self) -> Kind:
        return Kind(self.question_type, self.topic, self.difficulty)


@dataclass(frozen=True)
class Slot:
    """One place on a paper. `number` counts from 0 over the whole paper; `mark` is the most it brings."""

    number: int
    section: str
    question_type: str
    version_id: int
    mark: Decimal


@dataclass(frozen=True)
class Shortage:
    """A cell that the pool cannot fill: `missing` of `wanted` questions."""

    section: str
    cell: Cell
    wanted: int
    missing: int


@dataclass(frozen=True)
class ThinCell:
    """A warning: a cell draws `wanted` of `available`, more than half, so papers will look alike."""

    section: str
    cell: Cell
    wanted: int
    available: int


@dataclass(frozen=True)
class SupplyCheck:
    """Whether papers can be drawn. Shortages forbid it, and cells from which one question would stand on
    more papers than the file allows; warnings do not."""

    shortages: tuple[Shortage, ...]
    warnings: tuple[ThinCell, ...]
    too_exposed: tuple[ThinCell, ...] = ()

    @property
    def is_satisfiable(self) -> bool:
        return not self.shortages and not self.too_exposed


def paper_seed(exam_secret: bytes, participation_id: int, attempt_number: int) -> bytes:
    """32 bytes: HMAC-SHA256(secret of the exam, participation and attempt number). DECISIONS 8.

    attempt_number: from 1. The secret has at least 16 bytes and exists before the exam opens."""
    if len(exam_secret) < 16 or attempt_number < 1:
        raise ValueError("a secret of at least 16 bytes and an attempt number from 1 are needed")
    return hmac.digest(exam_secret, f"paper:{participation_id}:{attempt_number}".encode(), hashlib.sha256)


def can_satisfy(blueprint: Blueprint, pool_counts: Mapping[Kind, int]) -> SupplyCheck:
    """What is missing for a paper, exactly, and which cells draw more than half of their pool.

    A draw is even, so a question of a cell stands on count / available of all papers at most.

    Overlapping cells are counted together: the sum of `missing` is the smallest possible. Cells with
    topic and difficulty are served first, so that a shortage shows at the widest cell."""
    wanted = demands(blueprint)
    allotment = Allotment(wanted, pool_counts)
    shortages: list[tuple[Demand, int]] = []
    thin: list[tuple[Demand, int]] = []
    exposed: list[tuple[Demand, int]] = []
    limit = blueprint.fairness.max_exposure if blueprint.fairness else None
    for at, demand in enumerate(wanted):
        count = demand.cell.count
        got = 0
        while got < count and allotment.give(at, _first):
            got += 1
        available = sum(number for kind, number in pool_counts.items() if demand.accepts(kind))
        if got < count:
            shortages.append((demand, count - got))
        elif limit is not None and count > limit * available:
            exposed.append((demand, available))
        elif 2 * count > available:
            thin.append((demand, available))
    return SupplyCheck(
        tuple(
            Shortage(d.section.key, d.cell, d.cell.count, missing) for d, missing in _in_file_order(shortages)
        ),
        _thin_cells(thin),
        _thin_cells(exposed),
    )


def _thin_cells(found: list[tuple[Demand, int]]) -> tuple[ThinCell, ...]:
    return tuple(
        ThinCell(d.section.key, d.cell, d.cell.count, available) for d, available in _in_file_order(found)
    )


def _in_file_order(found: list[tuple[Demand, int]]) -> list[tuple[Demand, int]]:
    return sorted(found, key=lambda item: (item[0].section_at, item[0].cell_at))


def _first(counts: Sequence[int]) -> int:
    return next(at for at, count in enumerate(counts) if count)


def draw_paper(blueprint: Blueprint, pool: Sequence[PoolQuestion], seed: bytes) -> tuple[Slot, ...]:
    """One paper: sections in order, no question twice, the same for the same three arguments.

    Where the file sets a band of difficulty, the first of at most MOST_TURNS papers of this seed that lies in
    it; if none does, the one nearest to it.

    pool: in any order (it is sorted by version id); version ids are unique. Every question of the pool
    that a cell accepts is equally likely for it, as far as other cells leave it free. Within a section
    the questions are shuffled if the section says so, else they stand cell by cell.
    raise (PoolTooSmall): exactly when `can_satisfy` reports a shortage."""
    fairness = blueprint.fairness
    if fairness is None or fairness.lowest is None or fairness.highest is None:
        return _draw(blueprint, pool, Chance(seed, f"draw:{DRAW_VERSION}"))
    difficulty_of = {question.version_id: question.difficulty for question in pool}
    nearest: tuple[Decimal, tuple[Slot, ...]] | None = None
    for turn in range(MOST_TURNS):
        paper = _draw(blueprint, pool, Chance(seed, f"draw:{DRAW_VERSION}" + f":{turn}" * bool(turn)))
        expected = expected_share(paper, difficulty_of, fairness)
        off = max(fairness.lowest - expected, expected - fairness.highest)
        if off <= 0:
            return paper
        if nearest is None or off < nearest[0]:
            nearest = (off, paper)
    assert nearest is not None, "there is at least one turn"
    return nearest[1]


def expected_share(paper: Sequence[Slot], difficulty_of: Mapping[int, str], fairness: Fairness) -> Decimal:
    """The share of its marks (0 .. 1) that a paper is expected to bring, by the difficulty of its questions."""
    marks = sum((slot.mark for slot in paper), Decimal(0))
    if not marks:
        return Decimal(0)
    expected = (slot.mark * fairness.facility(difficulty_of[slot.version_id]) for slot in paper)
    return sum(expected, Decimal(0)) / marks


def _draw(blueprint: Blueprint, pool: Sequence[PoolQuestion], chance: Chance) -> tuple[Slot, ...]:
    by_kind = _shuffled_kinds(pool, chance)
    wanted = demands(blueprint)
    allotment = Allotment(wanted, {kind: len(ids) for kind, ids in by_kind.items()})
    missing = 0
    for at, demand in enumerate(wanted):
        for _ in range(demand.cell.count):
            missing += not allotment.give(at, lambda counts: _weighted(counts, chance))
    if missing:
        raise PoolTooSmall(missing=missing)
    return _lay_out(blueprint, _hand_out(wanted, allotment, by_kind), chance)


def _shuffled_kinds(pool: Sequence[PoolQuestion], chance: Chance) -> dict[Kind, list[int]]:
    by_kind: dict[Kind, list[int]] = {}
    for question in sorted(pool, key=lambda question: question.version_id):
        by_kind.setdefault(question.kind, []).append(question.version_id)
    for kind in sorted(by_kind):
        chance.shuffle(by_kind[kind])
    return by_kind


def _weighted(counts: Sequence[int], chance: Chance) -> int:
    """An index, likely in proportion to its count."""
    ticket = chance.below(sum(counts))
    for at, count in enumerate(counts):
        if ticket < count:
            return at
        ticket -= count
    raise AssertionError("a ticket is below the sum")


def _hand_out(
    wanted: Sequence[Demand], allotment: Allotment, by_kind: Mapping[Kind, list[int]]
) -> dict[tuple[int, int], list[int]]:
    """Version ids per (section, cell) place in the blueprint."""
    taken = Counter[Kind]()
    drawn: dict[tuple[int, int], list[int]] = {}
    for demand, used in zip(wanted, allotment.used, strict=True):
        ids: list[int] = []
        for kind, number in zip(allotment.kinds, used, strict=True):
            start = taken[kind]
            ids += by_kind[kind][start : start + number]
            taken[kind] += number
        drawn[demand.section_at, demand.cell_at] = ids
    return drawn


def _lay_out(
    blueprint: Blueprint, drawn: Mapping[tuple[int, int], list[int]], chance: Chance
) -> tuple[Slot, ...]:
    slots: list[Slot] = []
    for section_at, section in enumerate(blueprint.sections):
        ids = [i for cell_at in range(len(section.cells)) for i in drawn[section_at, cell_at]]
        if section.shuffle_questions:
            chance.shuffle(ids)
        for version_id in ids:
            slots.append(Slot(len(slots), section.key, str(section.question_type), version_id, section.mark))
    return tuple(slots)


def option_order(seed: bytes, slot: int, n_options: int, *, shuffle: bool = True) -> tuple[int, ...]:
    """order[displayed place] = place in the question version, for one slot of the paper of `seed`.

    shuffle=False keeps the question's order. Independent of the draw itself and of other slots."""
    order = list(range(n_options))
    if shuffle:
        Chance(seed, f"options:{DRAW_VERSION}:{slot}").shuffle(order)
    return tuple(order)


def shuffles_options(section: Section) -> bool:
    """True/false keeps its order whatever the section says, so does what has no options of its own; what is
    matched or put in order never keeps it."""
    kind = str(section.question_type)
    return kind in _ALWAYS_SHUFFLED or (section.shuffle_options and kind not in _UNSHUFFLED)


def paper_digest(slots: Sequence[Slot], seed: bytes) -> str:
    """SHA-256 (hex) over everything that makes the paper: draw version, questions in order, marks, and
    the seed (as its own digest, so that the printed paper digest does not give the seed away)."""
    facts = {
        "draw": DRAW_VERSION,
        "seed": hashlib.sha256(seed).hexdigest(),
        "slots": [[slot.section, slot.version_id, format(slot.mark.normalize(), "f")] for slot in slots],
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
