"""How far the reading of a file is, told to whoever wants to know. No clock: whoever listens decides how often."""

from collections.abc import Callable
from enum import StrEnum

EVERY = 200
"""So many rows pass between two reports."""


class Step(StrEnum):
    """What is being done with a file, in this order."""

    READING = "reading"
    CHECKING = "checking"
    COMPARING = "comparing"
    KEEPING = "keeping"


SHARES = {Step.READING: 45, Step.CHECKING: 35, Step.COMPARING: 10, Step.KEEPING: 10}
"""Of a hundred: how long each step takes with a large workbook."""

Tell = Callable[[Step, int, int], None]
"""(step, how many rows are done, of how many). A total of 0 is not known yet."""


def percent(step: Step, done: int, total: int) -> int:
    """How much of the whole is done, 0 to 100, rounded down."""
    before = sum(share for other, share in SHARES.items() if list(Step).index(other) < list(Step).index(step))
    return before + (SHARES[step] * min(done, total) // total if total > 0 else 0)


class Progress:
    """Counts rows of a step. tell: who hears of it at the beginning of a step and every EVERY rows."""

    def __init__(self, tell: Tell | None = None) -> None:
        self._tell = tell
        self._step, self._done, self._total = Step.READING, 0, 0

    def begin(self, step: Step, total: int) -> None:
        """A step of so many rows begins. One that goes on with more rows counts on."""
        if step == self._step and self._done:
            self._total += total
            return
        self._step, self._done, self._total = step, 0, total
        self._say()

    def add(self, rows: int = 1) -> None:
        """So many more rows are done."""
        before, self._done = self._done, self._done + rows
        if before // EVERY != self._done // EVERY:
            self._say()

    def _say(self) -> None:
        if self._tell is not None:
            self._tell(self._step, min(self._done, self._total), self._total)
