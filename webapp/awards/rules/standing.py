"""The final standing that awards are derived from, and its re-ranking among some of its people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from webapp.awards.rules.levels import SkillLevel


@dataclass(frozen=True)
class Finalist:
    """One row of a final list, and what the conditions of awards ask about its bearer.

    rank: as the list shows it; shared ranks are equal. The bearer is the person, or the leader of a team.
    sex: female | male | '' (unknown). is_local: belongs to the contest's own area. goes_on: None where the list
    does not decide it. finished: learning, exam. places: codes, regions and names of the unit and all above it."""

    entry_id: int
    person_id: int
    rank: int
    sex: str = ""
    born_on: date | None = None
    held: SkillLevel | None = None
    is_local: bool = True
    is_team: bool = False
    goes_on: bool | None = None
    finished: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()


@dataclass(frozen=True)
class EventFacts:
    """What the conditions of awards ask about an event. has_national_standard None: not decided.

    undecided: what the file leaves open for its class (awards, recuperation). on: the day of the final list, in
    Shanghai; ages are counted on it."""

    event_class: str
    has_national_standard: bool | None
    undecided: frozenset[str] = frozenset()
    on: date | None = None


def among(rows: Sequence[Finalist], belongs: Callable[[Finalist], bool]) -> tuple[Finalist, ...]:
    """The rows of those who belong, ranked among themselves in the same order; ties stay ties.

    A rank is one more than how many of them stand strictly before. Source: CONTESTS 4 (joint events: the
    city's contestants are re-ranked among themselves before the awards; the best three women)."""
    chosen = sorted((row for row in rows if belongs(row)), key=lambda row: row.rank)
    made: list[Finalist] = []
    for position, row in enumerate(chosen, start=1):
        is_tied = position > 1 and chosen[position - 2].rank == row.rank
        made.append(replace(row, rank=made[-1].rank if is_tied else position))
    return tuple(made)
