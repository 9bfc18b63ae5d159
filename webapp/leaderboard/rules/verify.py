"""Checking a list of results without trusting whoever made it: every score and rank computed anew."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from webapp.contests.rules.schema import Component, RankRule
from webapp.leaderboard.rules.combine import combine
from webapp.leaderboard.rules.rank import Ranked, last_key, ranks, sort_key, tie_part


@dataclass(frozen=True)
class Line:
    """One result as exported, with all that its score and place depend on.

    terms: (component, score, weight in percent) in the order of the sum. sort_key: hexadecimal."""

    contest: str
    event: str
    stage: str
    rank: int
    number: str
    terms: tuple[tuple[str, Decimal, Decimal], ...]
    combined: Decimal
    time_used_s: int | None
    submitted_at: datetime | None
    display: str
    breakers: tuple[str, ...]
    sort_key: str

    @property
    def board(self) -> tuple[str, str, str]:
        return self.contest, self.event, self.stage


@dataclass(frozen=True)
class Fault:
    """What does not hold. line: number of the result, from 1. what: combined, sort-key, order or rank."""

    line: int
    number: str
    what: str
    stated: str
    computed: str


def recomputed(line: Line) -> tuple[Decimal | None, bytes]:
    """(combined score, sort key) of a line from its component scores alone."""
    made = combine(
        {component: score for component, score, _weight in line.terms},
        [Component(component, weight) for component, _score, weight in line.terms],
    )
    if made is None:
        return None, b""
    entry = Ranked(
        combined=made.combined,
        last=last_key(line.contest, line.number),
        components={component: score for component, score, _weight in line.terms},
        time_used_s=line.time_used_s,
        submitted_at=line.submitted_at,
    )
    return made.combined, sort_key(entry, RankRule(line.display, line.breakers, "all_tied", "digest"))


def faults(lines: Iterable[Line]) -> Iterator[Fault]:
    """Every combined score, sort key, order and rank that the component scores do not bear out.

    lines: whole boards, best first, one board after the other."""
    board: tuple[str, str, str] | None = None
    keys: list[bytes] = []
    shown: list[tuple[int, Line]] = []
    for at, line in enumerate(lines, 1):
        if line.board != board:
            yield from _rank_faults(keys, shown)
            board, keys, shown = line.board, [], []
        combined, key = recomputed(line)
        if combined != line.combined:
            yield Fault(at, line.number, "combined", str(line.combined), str(combined))
        if key.hex() != line.sort_key:
            yield Fault(at, line.number, "sort-key", line.sort_key, key.hex())
        if keys and key <= keys[-1]:
            yield Fault(at, line.number, "order", "", "")
        keys.append(key)
        shown.append((at, line))
    yield from _rank_faults(keys, shown)


def _rank_faults(keys: list[bytes], shown: list[tuple[int, Line]]) -> Iterator[Fault]:
    if not shown:
        return
    wanted = ranks([tie_part(key) for key in keys], shown[0][1].display)
    for rank, (at, line) in zip(wanted, shown, strict=True):
        if rank != line.rank:
            yield Fault(at, line.number, "rank", str(line.rank), str(rank))
