"""How far a lesson is: what the course list shows beside it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from webapp.core.words import Message


class State(StrEnum):
    """NEW: not opened. BEGUN: something was done. DONE: everything that earns points was done once."""

    NEW = "new"
    BEGUN = "begun"
    DONE = "done"


@dataclass(frozen=True)
class Progress:
    """pct: 0-100 of the lesson. words: what is still missing, for the list. points: earned from it."""

    state: State
    pct: int
    words: Message | None = None
    points: Decimal = Decimal(0)


NOTHING_YET = Progress(State.NEW, 0)
