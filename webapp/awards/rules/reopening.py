"""What opening a decided list again would change: given awards against the lines that the rules give now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.awards.rules.derive import AwardLine, LineState


@dataclass(frozen=True)
class Given:
    """An award that was given: what counts for the person."""

    line_id: int
    award_code: str
    entry_id: int
    rank: int
    amount: int | None
    level: str


@dataclass(frozen=True)
class Changes:
    """gone: given awards that the rules give no more. changed: still due, with another rank, amount or level. kept:
    as they were. added: candidates who have not been given the award. Every given award is in one of the first three."""

    gone: tuple[Given, ...]
    changed: tuple[tuple[Given, AwardLine], ...]
    kept: tuple[Given, ...]
    added: tuple[AwardLine, ...]


def compare(given: Sequence[Given], after: Sequence[AwardLine]) -> Changes:
    """What the lines `after` make of what was given. At most one line each per award and entry."""
    due: Mapping[tuple[str, int], AwardLine] = {
        (line.award_code, line.entry_id): line for line in after if line.state is LineState.CANDIDATE
    }
    gone, changed, kept = [], [], []
    for one in given:
        line = due.get((one.award_code, one.entry_id))
        if line is None:
            gone.append(one)
        elif (one.rank, one.amount, one.level) != (line.rank, line.amount, line.level or ""):
            changed.append((one, line))
        else:
            kept.append(one)
    held = {(one.award_code, one.entry_id) for one in given}
    added = tuple(line for key, line in due.items() if key not in held)
    return Changes(tuple(gone), tuple(changed), tuple(kept), added)
