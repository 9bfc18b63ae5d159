"""When pictures are taken, and which one is due: the server chooses, nobody can guess the next moment."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

EARLY_S = 10
LATE_S = 180
"""How long before and after its moment a picture is taken: clocks differ, cameras and lines are slow."""


@dataclass(frozen=True)
class Next:
    """The next moment. number: which one, from 0; in_s: seconds until it, 0 when it is now."""

    number: int
    in_s: int


def moments(seed: bytes, count: int, duration_s: int) -> tuple[int, ...]:
    """Seconds after the start, one at random within each of `count` equal parts of the time, in order.

    seed: secret and different for every attempt; the same seed gives the same moments."""
    found = []
    for number in range(count):
        drawn = int.from_bytes(hashlib.sha256(seed + number.to_bytes(2, "big")).digest()[:8], "big")
        start, end = duration_s * number // count, duration_s * (number + 1) // count
        found.append(start + drawn * max(1, end - start) // 2**64)
    return tuple(found)


def next_of(planned: Sequence[int], done: Collection[int], elapsed_s: int) -> Next | None:
    """The first moment that has neither passed nor brought something; None after the last."""
    for number, moment in enumerate(planned):
        if number not in done and elapsed_s <= moment + LATE_S:
            return Next(number, max(0, moment - elapsed_s))
    return None


def is_due(planned: Sequence[int], number: int, elapsed_s: int) -> bool:
    """Whether a picture of this moment may arrive now."""
    return 0 <= number < len(planned) and -EARLY_S <= elapsed_s - planned[number] <= LATE_S


def due_count(planned: Sequence[int], elapsed_s: int) -> int:
    """How many moments an attempt of this length went through whole."""
    return sum(moment + LATE_S <= elapsed_s for moment in planned)
