"""Which questions can serve which cell of a blueprint, when cells overlap.

Questions of one kind (type, topic, difficulty) are interchangeable, so the problem is a flow from
kinds to cells. A cell that finds its kinds used up takes one from another cell which can replace it
(an augmenting path): what can be satisfied at all always is."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from webapp.contests.rules.blueprint import Blueprint, Cell, Section


class Kind(NamedTuple):
    """What a blueprint can ask of a question."""

    question_type: str
    topic: str
    difficulty: str


@dataclass(frozen=True)
class Demand:
    """One cell of a blueprint with its place in it. topics: that of the cell and those below it; none: any."""

    section_at: int
    cell_at: int
    section: Section
    cell: Cell
    topics: frozenset[str] = frozenset()

    def accepts(self, kind: Kind) -> bool:
        """A cell without topic or difficulty takes any."""
        return (
            kind.question_type == str(self.section.question_type)
            and (not self.topics or kind.topic in self.topics)
            and (not self.cell.difficulty or kind.difficulty == self.cell.difficulty)
        )

    @property
    def freedom(self) -> int:
        """0 when topic and difficulty are fixed, 1 when one is open, 2 when both are."""
        return (not self.cell.topic) + (not self.cell.difficulty)


def demands(blueprint: Blueprint) -> list[Demand]:
    """All cells, the narrowest first; equal ones in the order of the file."""
    found = [
        Demand(s, c, section, cell, blueprint.with_below({cell.topic}) if cell.topic else frozenset())
        for s, section in enumerate(blueprint.sections)
        for c, cell in enumerate(section.cells)
    ]
    return sorted(found, key=lambda demand: (demand.freedom, demand.section_at, demand.cell_at))


Choose = Callable[[Sequence[int]], int]


class Allotment:
    """How many questions of each kind go to each demand; grows one question at a time."""

    def __init__(self, wanted: Sequence[Demand], counts: Mapping[Kind, int]) -> None:
        self.kinds = sorted(counts)
        self.free = [counts[kind] for kind in self.kinds]
        self.eligible = [
            [at for at, kind in enumerate(self.kinds) if demand.accepts(kind)] for demand in wanted
        ]
        self.used = [[0] * len(self.kinds) for _ in wanted]

    def give(self, demand_at: int, choose: Choose) -> bool:
        """One more question for a demand; False when no rearrangement can find one.

        `choose` gets the free counts of the eligible kinds and returns an index into them. A demand
        served earlier never ends with fewer questions than it had."""
        eligible = self.eligible[demand_at]
        counts = [self.free[at] for at in eligible]
        if any(counts):
            self._take(demand_at, eligible[choose(counts)])
            return True
        return self._rearrange(demand_at)

    def _take(self, demand_at: int, kind_at: int) -> None:
        self.free[kind_at] -= 1
        self.used[demand_at][kind_at] += 1

    def _rearrange(self, start: int) -> bool:
        """Breadth first over demands: who holds what `start` could use, and could use something else?"""
        came: dict[int, tuple[int, int]] = {}
        waiting = deque([start])
        while waiting:
            taker = waiting.popleft()
            for kind_at, giver in self._held_by_others(taker):
                if giver == start or giver in came:
                    continue
                came[giver] = (taker, kind_at)
                spare = next((at for at in self.eligible[giver] if self.free[at]), None)
                if spare is not None:
                    self._hand_over(giver, spare, start, came)
                    return True
                waiting.append(giver)
        return False

    def _held_by_others(self, taker: int) -> Iterable[tuple[int, int]]:
        for kind_at in self.eligible[taker]:
            for giver, used in enumerate(self.used):
                if giver != taker and used[kind_at]:
                    yield kind_at, giver

    def _hand_over(self, giver: int, spare: int, start: int, came: Mapping[int, tuple[int, int]]) -> None:
        self._take(giver, spare)
        while giver != start:
            taker, kind_at = came[giver]
            self.used[giver][kind_at] -= 1
            self.used[taker][kind_at] += 1
            giver = taker
