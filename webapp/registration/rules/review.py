"""The way of an application: its states, and the links that confirm it one after another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from webapp.core.words import N_, Message
from webapp.registration.errors import StepNotPossible


class State(StrEnum):
    """Where an application stands. The values are stored."""

    INVITED = "invited"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What can happen to an application."""

    SUBMIT = "submit"
    JOIN = "join"
    RESUBMIT = "resubmit"
    HAND_ON = "hand_on"
    COMPLETE = "complete"
    RETURN = "return"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


class Decision(StrEnum):
    """What a reviewer may decide at one link. The values are stored."""

    CONFIRM = "confirm"
    RETURN = "return"
    REFUSE = "refuse"


TRANSITIONS: Mapping[tuple[State, Action], State] = {
    (State.INVITED, Action.SUBMIT): State.IN_REVIEW,
    (State.INVITED, Action.JOIN): State.CONFIRMED,
    (State.INVITED, Action.WITHDRAW): State.WITHDRAWN,
    (State.IN_REVIEW, Action.HAND_ON): State.IN_REVIEW,
    (State.IN_REVIEW, Action.COMPLETE): State.CONFIRMED,
    (State.IN_REVIEW, Action.RETURN): State.RETURNED,
    (State.IN_REVIEW, Action.REFUSE): State.REFUSED,
    (State.IN_REVIEW, Action.WITHDRAW): State.WITHDRAWN,
    (State.RETURNED, Action.RESUBMIT): State.IN_REVIEW,
    (State.RETURNED, Action.JOIN): State.CONFIRMED,
    (State.RETURNED, Action.WITHDRAW): State.WITHDRAWN,
    (State.CONFIRMED, Action.WITHDRAW): State.WITHDRAWN,
}
"""Everything else is refused. `refused` and `withdrawn` are final: who comes again applies anew."""

STATE_TEXTS: Mapping[State, str] = {
    State.INVITED: N_("Waiting for your confirmation"),
    State.IN_REVIEW: N_("In review"),
    State.RETURNED: N_("Returned for correction"),
    State.CONFIRMED: N_("Confirmed"),
    State.REFUSED: N_("Refused"),
    State.WITHDRAWN: N_("Withdrawn"),
}

FINAL = frozenset({State.REFUSED, State.WITHDRAWN})
LIVE = frozenset(State) - FINAL

ORGANISER = "organiser"
"""The level name of the last link."""


@dataclass(frozen=True)
class Node:
    """An organisation above (or equal to) the applicant's unit, with its review level."""

    organisation_id: int
    level: str


@dataclass(frozen=True)
class Link:
    """One link of the chain: the level the file names and who decides there.

    organisation_id is None where an event names no organiser: then its hosts decide."""

    level: str
    organisation_id: int | None

    @property
    def is_organiser(self) -> bool:
        return self.level == ORGANISER

    def as_json(self) -> dict[str, object]:
        """What the application's row keeps."""
        return {"level": self.level, "organisation_id": self.organisation_id}


def after(state: State, action: Action) -> State:
    """The state that follows. Raise StepNotPossible when the table has no such step."""
    try:
        return TRANSITIONS[state, action]
    except KeyError:
        raise StepNotPossible(state=Message(STATE_TEXTS[state])) from None


def is_allowed(state: State, action: Action) -> bool:
    """Whether the action is possible in this state."""
    return (state, action) in TRANSITIONS


def build_chain(
    levels: Sequence[str], ancestors: Sequence[Node], organiser_id: int | None, *, with_organiser: bool = True
) -> tuple[Link, ...]:
    """The links that must confirm, in the order of the contest file, the organiser last (DECISIONS 2).

    levels: the union levels the file names, in its order. ancestors: the unit and all above it at the
    time of submission, nearest first; of several with one level the nearest decides. A level the unit
    lacks is skipped. with_organiser: False for the popularisation track. An empty chain means
    confirmed at once."""
    by_level: dict[str, Node] = {}
    for node in ancestors:
        by_level.setdefault(node.level, node)
    links = [
        Link(level, by_level[level].organisation_id)
        for level in dict.fromkeys(levels)
        if level != ORGANISER and level in by_level
    ]
    if with_organiser:
        links.append(Link(ORGANISER, organiser_id))
    return tuple(links)


def read_chain(stored: Iterable[Mapping[str, object]]) -> tuple[Link, ...]:
    """The chain from an application's row."""
    links = []
    for item in stored:
        organisation_id = item.get("organisation_id")
        links.append(Link(str(item["level"]), organisation_id if isinstance(organisation_id, int) else None))
    return tuple(links)


def action_of(decision: Decision, step: int, length: int) -> Action:
    """What a decision at link `step` (from 0) of `length` links does to the application."""
    if not 0 <= step < length:
        raise ValueError(f"step {step} of {length}")
    match decision:
        case Decision.RETURN:
            return Action.RETURN
        case Decision.REFUSE:
            return Action.REFUSE
        case Decision.CONFIRM:
            return Action.COMPLETE if step == length - 1 else Action.HAND_ON


def reason_is_needed(decision: Decision, open_warnings: int) -> bool:
    """Whether the reviewer must say why: always when returning or refusing, and when confirming
    although a rule of normal force is not met."""
    return decision is not Decision.CONFIRM or open_warnings > 0


UNIT = "unit"
"""The level name of the unit's own link, where people of the unit decide by nature."""


def is_of_own_unit(level: str, applicant_unit: int | None, reviewer_unit: int | None) -> bool:
    """Whether somebody decides, above the unit's own link, about a person of the unit they work for."""
    return level != UNIT and reviewer_unit is not None and reviewer_unit == applicant_unit
