"""What people have decided about awards, as the awards' own package tells it: it stands above this one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from webapp.contests.queries import StageView
from webapp.contests.rules.schema import Award
from webapp.core.words import Message

Title = Mapping[str, str]


@dataclass(frozen=True)
class GivenGround:
    """Why an award that people give may be certified: the decided list, as it counts now.

    entry_ids: to whom of those asked for it is given; snapshot_id: the final list that their ranks come from."""

    award: Award
    snapshot_id: int
    contest_version_id: int
    entry_ids: frozenset[int]


@dataclass(frozen=True)
class GivenAward:
    """One award of a decided list that has certificates, and to how many it is given. due: who takes part and never had one."""

    code: str
    title: Title
    given: int
    due: int


@dataclass(frozen=True)
class Waiting:
    """Awards whose certificates cannot be issued yet, and why."""

    titles: tuple[Title, ...]
    why: Message


@dataclass(frozen=True)
class GivenList:
    """What is decided about a stage's awards that have certificates. list_id: the decided list, 0: there is none."""

    list_id: int = 0
    awards: tuple[GivenAward, ...] = ()
    waits: tuple[Waiting, ...] = ()


class Grounds(Protocol):
    """What the awards' package answers."""

    def ground(self, stage_id: int, award_code: str, entry_ids: Collection[int]) -> GivenGround | None:
        """What gives this award of a stage to these entries; None: nothing does."""

    def lists(self, stages: Sequence[StageView]) -> Mapping[int, GivenList]:
        """What is decided, by stage; stages whose file names no such award may be missing."""

    def given_after(self, list_id: int, award_code: str, after: int, most: int) -> Sequence[tuple[int, int]]:
        """The next entries of a decided list to whom an award is given: (where to go on after, entry id). Empty: they
        are through, or the list counts no more."""


_grounds: list[Grounds] = []


def register_grounds(grounds: Grounds) -> None:
    """Have certificates ask here what people have decided about awards."""
    _grounds[:] = [grounds]


def grounds() -> Grounds | None:
    """Who answers; None: no package gives awards."""
    return _grounds[0] if _grounds else None
