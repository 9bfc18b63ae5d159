"""What an issuing is made of: part after part, each with the people it looks at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """Where a part's certificates come from.

    FINISHED: a certificate of the file for whoever has finished. RANKED: those of the file that go by a final list.
    GIVEN: an award that people have given on a decided list."""

    FINISHED = "finished"
    RANKED = "ranked"
    GIVEN = "given"


@dataclass(frozen=True)
class Part:
    """One part of an issuing. total: people looked at, as counted when it was asked for.

    award_code: '' for RANKED. source_id: the final list of RANKED, the award list of GIVEN, 0 for FINISHED."""

    kind: Kind
    stage_id: int
    total: int
    award_code: str = ""
    source_id: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "stage_id": self.stage_id,
            "total": self.total,
            "award_code": self.award_code,
            "source_id": self.source_id,
        }


def parts_from(said: Iterable[Mapping[str, Any]]) -> tuple[Part, ...]:
    """The parts as `as_json` wrote them. raise (ValueError): a kind that nobody knows."""
    return tuple(Part(**{**one, "kind": Kind(one["kind"])}) for one in said)


def people_in(parts: Iterable[Part]) -> int:
    """How many people these parts look at; who stands in two is looked at twice."""
    return sum(one.total for one in parts)


def looked_at(parts: Sequence[Part], phase: int, before: int, more: int) -> int:
    """How many are looked at after `more` of part `phase` (from 0), where `before` were.

    Never beyond the end of the part: somebody who came due after counting is looked at, but the bar does not overshoot."""
    return min(before + more, people_in(parts[: phase + 1]))
