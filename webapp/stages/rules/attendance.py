"""Who has a place in a stage, who has said that they come, and who moves up for those who do not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Admission(StrEnum):
    """invited: asked, has not answered. confirmed: comes. declined: does not come. silent: did not answer in
    time. replaced: declined or silent, and the next in rank was asked instead. admitted: in, nobody asks. ended: a later
    list of the nominated no longer named the person, and the host ended the place."""

    INVITED = "invited"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    SILENT = "silent"
    REPLACED = "replaced"
    ADMITTED = "admitted"
    ENDED = "ended"


COMPETING = frozenset({Admission.CONFIRMED, Admission.ADMITTED})
"""May compete."""
HOLDING = COMPETING | {Admission.INVITED}
"""Nobody else can have their place."""
VACATED = frozenset({Admission.DECLINED, Admission.SILENT})


class Origin(StrEnum):
    """How somebody came into a stage. direct: without an earlier stage; carried: from an event merged in."""

    PROMOTION = "promotion"
    SUBSTITUTE = "substitute"
    NOMINATION = "nomination"
    DIRECT = "direct"
    CARRIED = "carried"


@dataclass(frozen=True)
class Seat:
    """An entry with a place in a stage. answer_by: from then on silent (UTC); None where nobody asks."""

    entry_id: int
    state: Admission
    answer_by: datetime | None = None


@dataclass(frozen=True)
class Step:
    """What has to happen now. silent: in the order of the seats. moves: (who gave the place up, who is asked
    instead), in rank order of those who move up. empty: places for which nobody is left, or time is over."""

    silent: tuple[int, ...]
    moves: tuple[tuple[int, int], ...]
    empty: int


def next_step(seats: Sequence[Seat], waiting: Sequence[int], now: datetime, last_hour: datetime) -> Step:
    """Who has fallen silent by `now`, and who is asked instead of whom.

    seats: in the order of the list. waiting: entries that may move up, best first. last_hour: from then on
    nobody moves up. Nobody who was asked, or comes, ever loses the place to somebody else: only places that
    were given up are given on, and each once. Source: CONTESTS, "what goes wrong"."""
    silent = [
        seat.entry_id
        for seat in seats
        if seat.state is Admission.INVITED and seat.answer_by is not None and seat.answer_by <= now
    ]
    gone = set(silent)
    given_up = [seat.entry_id for seat in seats if seat.state in VACATED or seat.entry_id in gone]
    known = {seat.entry_id for seat in seats}
    next_ones = [entry for entry in dict.fromkeys(waiting) if entry not in known] if now < last_hour else []
    moves = tuple(zip(given_up, next_ones, strict=False))
    return Step(tuple(silent), moves, len(given_up) - len(moves))


def may_answer(state: Admission, now: datetime, opens_at: datetime) -> bool:
    """Whether somebody may still say yes or no: until the stage opens, as long as the place was not given on.

    Who was silent or declined may still come then: the place is empty, nobody is displaced."""
    return now < opens_at and state in {Admission.INVITED, Admission.CONFIRMED} | VACATED
