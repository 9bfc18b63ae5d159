"""The life of an attempt: the one table of allowed transitions (the database refuses the rest)."""

from enum import StrEnum

from webapp.exam.errors import TransitionRefused


class AttemptState(StrEnum):
    """created: paper drawn; open: being written; submitted: closed, waits for marks;
    graded: marks stand; void: does not count."""

    CREATED = "created"
    OPEN = "open"
    SUBMITTED = "submitted"
    GRADED = "graded"
    VOID = "void"


TRANSITIONS: dict[AttemptState, frozenset[AttemptState]] = {
    AttemptState.CREATED: frozenset({AttemptState.OPEN, AttemptState.VOID}),
    AttemptState.OPEN: frozenset({AttemptState.SUBMITTED, AttemptState.VOID}),
    AttemptState.SUBMITTED: frozenset({AttemptState.GRADED, AttemptState.VOID}),
    AttemptState.GRADED: frozenset({AttemptState.VOID}),
    AttemptState.VOID: frozenset(),
}


def may_become(state: AttemptState, target: AttemptState) -> bool:
    """Whether the table allows this step; staying in a state is no step."""
    return target in TRANSITIONS[state]


def step(state: AttemptState, target: AttemptState) -> AttemptState:
    """The target state. raise (TransitionRefused): the table does not allow it."""
    if not may_become(state, target):
        raise TransitionRefused(state=str(state), target=str(target))
    return target
