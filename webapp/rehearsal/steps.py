"""Which steps a rehearsal plays, in order.

For all events of a round: each step of BEFORE; then for the first, second, … stage of every event each step of
STAGE; then AFTER. A step that is about one event runs for many events at once; the next step begins when all
have ended. Steps that do not concern an event or stage return None."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from webapp.contests.queries import StageView
from webapp.rehearsal import (
    archiving,
    attending,
    awarding,
    certifying,
    checking,
    correcting,
    grading,
    learning,
    nominating,
    posting,
    practical,
    registering,
    reissuing,
    reviewing,
    sitting,
)
from webapp.rehearsal.play import EventPlay, Play, StepReport

OfEvent = Callable[[Play, EventPlay, StageView | None], StepReport | None]
OfAll = Callable[[Play, Sequence[EventPlay], int], StepReport | None]


@dataclass(frozen=True)
class Step:
    """of_event: played event by event, in several processes. of_all: played once for all events together, in the
    first process; the last argument is the position of the stage (from 0), -1 outside of stages. in_order: whether
    this rehearsal plays it event after event in the first process, because people get their numbers in it."""

    name: str
    of_event: OfEvent | None = None
    of_all: OfAll | None = None
    in_order: Callable[[Play], bool] = lambda play: False


BEFORE = (
    Step("registering", registering.play, in_order=registering.gives_numbers),
    Step("looking", reviewing.look),
    Step("reviewing", of_all=reviewing.play),
    Step("learning", learning.play),
)
STAGE = (
    Step("sitting", sitting.play),
    Step("closing", of_all=sitting.close),
    Step("grading", grading.play),
    Step("practical", practical.play),
    Step("nominating", nominating.play),
    Step("posting", posting.play),
    Step("awarding", awarding.play),
    Step("correcting", correcting.play),
    Step("attending", attending.play),
)
AFTER: tuple[Step, ...] = (
    Step("open track", of_all=certifying.close_open_track),
    Step("certifying", certifying.play),
    Step("reissuing", reissuing.play),
    Step("circular", of_all=checking.issue_circular),
    Step("checking", checking.play),
    Step("archiving", archiving.play),
)
