"""What an issuing is made of: part after part, each with the people it looks at."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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

    @property
    def ground(self) -> tuple[str, int, str, int]:
        """What its certificates are issued by, whoever is left of it."""
        return self.kind, self.stage_id, self.award_code, self.source_id

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "stage_id": self.stage_id,
            "total": self.total,
            "award_code": self.award_code,
            "source_id": self.source_id,
        }


class Why(StrEnum):
    """Why a part could not go on: what it is of is not there any more; or something broke, which the operators' records say."""

    GONE = "gone"
    BROKE = "broke"


@dataclass(frozen=True)
class Broken:
    """A part that an issuing had to leave, while the others went on. event, stage, award: their titles then; award empty: of
    several, or not known."""

    part: Part
    why: Why
    event: Mapping[str, str]
    stage: Mapping[str, str]
    award: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        titles = {"event": dict(self.event), "stage": dict(self.stage), "award": dict(self.award)}
        return {"part": self.part.as_json(), "why": self.why.value, **titles}


def broken_from(said: Iterable[Mapping[str, Any]]) -> tuple[Broken, ...]:
    """What could not go on as `as_json` wrote it. raise (ValueError): a kind or reason that nobody knows."""
    return tuple(
        Broken(**{**one, "part": parts_from([one["part"]])[0], "why": Why(one["why"])}) for one in said
    )


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


def still_due(
    done: Sequence[Part], broken: Collection[Part], due: Iterable[Part], *, is_fruitful: bool
) -> tuple[Part, ...]:
    """Of what is due when all parts are through, what is looked at too.

    A ground that no part had: always. One that a part had (somebody came due behind it): only if anything was issued since
    the look before (is_fruitful), so that what is due but cannot be issued does not keep it going. broken: never again."""
    known, closed = {one.ground for one in done}, {one.ground for one in broken}
    return tuple(one for one in due if one.ground not in closed and (is_fruitful or one.ground not in known))
