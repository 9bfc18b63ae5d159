"""What may be decided about one question of an exam after its close, and what it does to a mark."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class RulingKind(StrEnum):
    """drop: the question brings nothing and its mark leaves the full mark of the paper. everybody: all get
    its full mark, answered or not. answered: every answer that was given counts as right. key: another key.
    NONE: no ruling."""

    NONE = ""
    DROP = "drop"
    EVERYBODY = "everybody"
    ANSWERED = "answered"
    KEY = "key"


def ruled_mark(
    kind: RulingKind, earned: Decimal, full: Decimal, is_answered: bool
) -> tuple[Decimal, Decimal]:
    """(mark, maximum) of a slot under a ruling. earned: by the key; full: the section's mark, > 0."""
    match kind:
        case RulingKind.DROP:
            return Decimal(0), Decimal(0)
        case RulingKind.EVERYBODY:
            return full, full
        case RulingKind.ANSWERED:
            return (full if is_answered else earned), full
        case _:
            return earned, full


@dataclass(frozen=True)
class Moved:
    """One person before and after. score: component score 0-100; rank: shared rank, 0 = not ranked;
    is_in: above the cut line, None where the stage has none."""

    participation_id: int
    number: str
    name: str
    score_before: Decimal
    score_after: Decimal
    rank_before: int = 0
    rank_after: int = 0
    in_before: bool | None = None
    in_after: bool | None = None

    @property
    def crosses(self) -> bool:
        """Whether the person comes above the cut line or falls below it."""
        return self.in_before != self.in_after


@dataclass(frozen=True)
class Place:
    """Where a person stands. rank: shared, 0 = not ranked; is_in: None where nothing is cut."""

    rank: int = 0
    is_in: bool | None = None


def moves(
    changed: Mapping[int, tuple[Decimal, Decimal]],
    before: Mapping[int, Place],
    after: Mapping[int, Place],
    names: Mapping[int, tuple[str, str]],
) -> tuple[Moved, ...]:
    """Everybody whose score changes or who crosses the line because others move; who crosses first, then
    the largest change. changed: participation -> (old score, new score); names: number and name."""
    found = []
    for one in changed.keys() | {p for p in before if before[p].is_in != after.get(p, Place()).is_in}:
        old, new = before.get(one, Place()), after.get(one, Place())
        scores = changed.get(one, (Decimal(0), Decimal(0)))
        number, name = names.get(one, ("", ""))
        found.append(Moved(one, number, name, *scores, old.rank, new.rank, old.is_in, new.is_in))
    return tuple(sorted(found, key=lambda m: (not m.crosses, -abs(m.score_after - m.score_before), m.number)))


def summary(found: Sequence[Moved], papers: int) -> dict[str, int]:
    """The numbers of an effect. papers: how many hold the question."""
    return {
        "papers": papers,
        "higher": sum(one.score_after > one.score_before for one in found),
        "lower": sum(one.score_after < one.score_before for one in found),
        "ranks": sum(one.rank_after != one.rank_before for one in found),
        "enters": sum(bool(one.in_after) and not one.in_before for one in found),
        "leaves": sum(bool(one.in_before) and not one.in_after for one in found),
    }
