"""Where an application stands, and what may be done there."""

from enum import StrEnum

from webapp.core.words import N_


class State(StrEnum):
    """draft: being written. in_review: with the host. returned: for correction. waiting: a second person has to
    agree to the decision. granted: only the agreement is to come. settled: everything is decided and signed."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    WAITING = "waiting"
    GRANTED = "granted"
    SETTLED = "settled"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


STATE_WORDS = {
    State.DRAFT: N_("Draft"),
    State.IN_REVIEW: N_("In review"),
    State.RETURNED: N_("Returned for correction"),
    State.WAITING: N_("Waits for the second person"),
    State.GRANTED: N_("Granted, agreement to be signed"),
    State.SETTLED: N_("Granted, everything settled"),
    State.REFUSED: N_("Refused"),
    State.WITHDRAWN: N_("Withdrawn"),
}
KIND_OF_STATE = {
    State.SETTLED: "success",
    State.GRANTED: "success",
    State.REFUSED: "danger",
    State.RETURNED: "warning",
    State.WAITING: "warning",
    State.IN_REVIEW: "info",
}
"""Which badge a state has."""
EDITABLE = frozenset({State.DRAFT, State.RETURNED})
WITHDRAWABLE = frozenset({State.DRAFT, State.RETURNED, State.IN_REVIEW})
LIVE = frozenset({State.IN_REVIEW, State.RETURNED, State.WAITING, State.GRANTED, State.SETTLED})
"""Counts as one of the trades that somebody applies for."""
DECIDED = frozenset({State.GRANTED, State.SETTLED})


class Outcome(StrEnum):
    """What a step of the review ends with."""

    GO_ON = "go-on"
    RETURN = "return"
    REFUSE = "refuse"


OUTCOME_WORDS = {
    Outcome.GO_ON: N_("Agree; on to what comes next"),
    Outcome.RETURN: N_("Return for correction"),
    Outcome.REFUSE: N_("Refuse the application"),
}
STEP_WORDS = {
    "feasibility-review": N_("Feasibility review"),
    "collective-decision": N_("Collective decision"),
    "party-group-decision": N_("Decision of the party group"),
    "committee-decision": N_("Decision of the committee"),
    "agreement": N_("Agreement"),
}


def after(step: int, steps: int, outcome: Outcome) -> State:
    """The state after step `step` (from 0) of `steps` before the agreement was recorded.

    Refusing, and agreeing at the last step, are decisions: they wait for a second person.
    raise (ValueError): there is no such step."""
    if not 0 <= step < steps:
        raise ValueError(f"no step {step} of {steps}")
    if outcome is Outcome.RETURN:
        return State.RETURNED
    if outcome is Outcome.REFUSE or step == steps - 1:
        return State.WAITING
    return State.IN_REVIEW
