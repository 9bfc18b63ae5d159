"""What a host has to do next about a list, where something is due."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from webapp.stages.rules.states import ListState


class Due(StrEnum):
    """gather: too few contestants for a hard minimum, so that the stage cannot begin. take: lists from counties wait. bring: an outside selection is over and nobody was named. freeze: the stage is over and
    marked. recheck, compute, post: the list is at that step. agree: a second person has to. answer: objections wait.
    finalise: the notice has ended."""

    GATHER = "gather"
    TAKE = "take"
    BRING = "bring"
    FREEZE = "freeze"
    RECHECK = "recheck"
    COMPUTE = "compute"
    POST = "post"
    AGREE = "agree"
    ANSWER = "answer"
    FINALISE = "finalise"


@dataclass(frozen=True)
class Facts:
    """Where the list of a stage stands. state: None before there is one; ends_at: when its stage and exam are over, None where
    no date is known; notice_ends_at: of the notice that is posted; is_nominated: units select outside; next_is_over: the
    stage after is over by its dates; has_waiting: papers are still written or marked; has_results: there is something to
    freeze; submissions: how many lists wait; objections: how many nobody has answered; asked: a second person has to agree to
    something; is_held: the stage may not begin; is_working: a worker is at the list; closes_alone: nobody freezes it."""

    state: ListState | None
    ends_at: datetime | None = None
    notice_ends_at: datetime | None = None
    is_nominated: bool = False
    next_is_over: bool = False
    has_waiting: bool = False
    has_results: bool = False
    submissions: int = 0
    objections: int = 0
    asked: bool = False
    is_working: bool = False
    closes_alone: bool = False
    is_held: bool = False


_STEPS = {
    ListState.FROZEN: Due.RECHECK,
    ListState.RECHECKING: Due.RECHECK,
    ListState.RECHECKED: Due.COMPUTE,
    ListState.REGRADED: Due.POST,
    ListState.READY: Due.AGREE,
}


def due(facts: Facts, now: datetime) -> Due | None:
    """What is due at `now`, the most urgent where it is several; None: nothing, or a worker is at it."""
    if facts.is_working:
        return None
    if facts.asked:
        return Due.AGREE
    if facts.is_held and facts.state is None:
        return Due.GATHER
    if facts.state is ListState.POSTED:
        return _after_posting(facts, now)
    if facts.state in _STEPS:
        return Due.TAKE if facts.submissions and facts.state is not ListState.READY else _STEPS[facts.state]
    if facts.submissions:
        return Due.TAKE
    return _begin(facts, now) if facts.state is None else None


def _after_posting(facts: Facts, now: datetime) -> Due | None:
    if facts.objections:
        return Due.ANSWER
    if facts.notice_ends_at is not None and facts.notice_ends_at <= now:
        return Due.FINALISE
    return Due.TAKE if facts.submissions else None


def _begin(facts: Facts, now: datetime) -> Due | None:
    """What begins a list, once the stage is over."""
    if facts.ends_at is None or facts.ends_at > now or facts.closes_alone:
        return None
    if facts.is_nominated:
        return None if facts.next_is_over else Due.BRING
    return Due.FREEZE if facts.has_results and not facts.has_waiting else None
