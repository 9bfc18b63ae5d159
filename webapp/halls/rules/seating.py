"""Who sits where: the same people, halls, rule and seed give the same plan, on any machine."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_SWAPS = 2_000
"""So many exchanges are tried to part neighbours of one unit; what is left then stays."""


class SeatingRule(StrEnum):
    """apart: neighbours are of different units where that is possible. pinyin: by the sound of the name."""

    APART = "apart"
    PINYIN = "pinyin"


@dataclass(frozen=True)
class Seatee:
    """Somebody to be seated. unit_id: None counts as a unit of its own."""

    participation_id: int
    unit_id: int | None
    pinyin: str
    number: str


@dataclass(frozen=True)
class Room:
    """A hall. columns: seats of a row (0 = one long row); labels: free seats in filling order; a seat that
    is taken already is not among them."""

    hall_id: int
    labels: tuple[str, ...]
    columns: int = 0


@dataclass(frozen=True)
class Placed:
    """Somebody on a seat."""

    participation_id: int
    hall_id: int
    label: str


@dataclass(frozen=True)
class Seating:
    """A whole plan. left_over: ids of those for whom there is no seat; side_by_side: pairs of neighbours
    of one unit that could not be parted."""

    placed: tuple[Placed, ...]
    left_over: tuple[int, ...]
    side_by_side: int


def seat(people: Sequence[Seatee], rooms: Sequence[Room], rule: SeatingRule, seed: str) -> Seating:
    """Seat everybody, halls and seats in the order given; who finds no seat is left over.

    apart: the unit with the most people still standing comes next, unless it sits to the left or in front;
    then neighbours that are still of one unit are exchanged with others. Ties fall by SHA-256 of the seed.
    In a hall of one row nobody sits beside a colleague as long as no unit has more than half of the people.
    pinyin: by pinyin, number, id. The order in which `people` come makes no difference."""
    seats = [(room.hall_id, label) for room in rooms for label in room.labels]
    if rule is SeatingRule.PINYIN:
        queue = sorted(people, key=lambda one: (one.pinyin, one.number, one.participation_id))
        chosen = list(queue[: len(seats)])
        rest = queue[len(seats) :]
    else:
        chosen, rest = _apart(people, rooms, seed)
    placed = tuple(
        Placed(one.participation_id, *place) for one, place in zip(chosen, seats[: len(chosen)], strict=True)
    )
    left_over = tuple(sorted(one.participation_id for one in rest))
    return Seating(placed, left_over, len(_clashes(chosen, _neighbours(rooms))))


def _apart(people: Sequence[Seatee], rooms: Sequence[Room], seed: str) -> tuple[list[Seatee], list[Seatee]]:
    standing: dict[object, list[Seatee]] = defaultdict(list)
    for one in sorted(people, key=lambda one: _ticket(seed, one.participation_id), reverse=True):
        standing[_unit(one)].append(one)
    order = {unit: _ticket(seed, unit) for unit in standing}
    neighbours = _neighbours(rooms)
    chosen: list[Seatee] = []
    for place in range(min(len(people), sum(len(room.labels) for room in rooms))):
        beside = [_unit(chosen[at]) for at in neighbours[place] if at < place]
        chosen.append(_next(standing, order, beside))
    _part(chosen, neighbours)
    return chosen, [one for group in standing.values() for one in group]


def _next(standing: dict[object, list[Seatee]], order: dict[object, bytes], beside: list[object]) -> Seatee:
    """Of the units that do not sit beside (first in front given up, then at the left): the largest one."""
    for avoided in (set(beside), set(beside[:1]), set[object]()):
        free = [unit for unit in standing if unit not in avoided]
        if free:
            unit = min(free, key=lambda unit: (-len(standing[unit]), order[unit]))
            found = standing[unit].pop()
            if not standing[unit]:
                del standing[unit]
            return found
    raise AssertionError("somebody is still standing")


def _neighbours(rooms: Sequence[Room]) -> list[list[int]]:
    """For each seat, in order, the places of the seats at its left, in front, at its right and behind."""
    found: list[list[int]] = []
    for room in rooms:
        first, count, columns = len(found), len(room.labels), room.columns
        for at in range(count):
            near = []
            if at and (not columns or at % columns):
                near.append(first + at - 1)
            if columns and at >= columns:
                near.append(first + at - columns)
            if at + 1 < count and (not columns or (at + 1) % columns):
                near.append(first + at + 1)
            if columns and at + columns < count:
                near.append(first + at + columns)
            found.append(near)
    return found


def _clashes(chosen: Sequence[Seatee], neighbours: list[list[int]]) -> list[tuple[int, int]]:
    return [
        (at, other)
        for at in range(len(chosen))
        for other in neighbours[at]
        if at < other < len(chosen) and _unit(chosen[at]) == _unit(chosen[other])
    ]


def _part(chosen: list[Seatee], neighbours: list[list[int]]) -> None:
    """Exchange people until no exchange makes fewer clashes, at most MOST_SWAPS tries."""
    tries = 0
    for at in _in_trouble(chosen, neighbours):
        for other in range(len(chosen)):
            if not _trouble(chosen, neighbours, at) or tries >= MOST_SWAPS:
                break
            if _unit(chosen[other]) == _unit(chosen[at]):
                continue
            tries += 1
            before = _trouble(chosen, neighbours, at) + _trouble(chosen, neighbours, other)
            chosen[at], chosen[other] = chosen[other], chosen[at]
            if _trouble(chosen, neighbours, at) + _trouble(chosen, neighbours, other) >= before:
                chosen[at], chosen[other] = chosen[other], chosen[at]


def _in_trouble(chosen: Sequence[Seatee], neighbours: list[list[int]]) -> Iterator[int]:
    return iter(sorted({at for pair in _clashes(chosen, neighbours) for at in pair}))


def _trouble(chosen: Sequence[Seatee], neighbours: list[list[int]], at: int) -> int:
    unit = _unit(chosen[at])
    return sum(other < len(chosen) and _unit(chosen[other]) == unit for other in neighbours[at])


def _unit(one: Seatee) -> object:
    return one.unit_id if one.unit_id is not None else ("alone", one.participation_id)


def _ticket(seed: str, what: object) -> bytes:
    return hashlib.sha256(f"{seed}\n{what}".encode()).digest()
