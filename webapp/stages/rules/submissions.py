"""The list that an organisation sends of a selection outside: where it stands, and until when it may be sent."""

from datetime import datetime
from enum import StrEnum

from webapp.stages.rules.states import ListState


class Submission(StrEnum):
    """sent: waits for the host. taken: the host took it into the list. returned: given back with a reason. replaced: the
    organisation sent another one before it was taken. withdrawn: the organisation took it back."""

    SENT = "sent"
    TAKEN = "taken"
    RETURNED = "returned"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class Standing(StrEnum):
    """What the sender reads. given_up: the list into which it was taken was given up before it was posted."""

    SENT = "sent"
    RETURNED = "returned"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    TAKEN = "taken"
    GIVEN_UP = "given-up"
    POSTED = "posted"
    FINAL = "final"


WAITING = frozenset({Standing.SENT, Standing.GIVEN_UP})
"""The host may take it in, or give it back."""


def standing(state: Submission, own: ListState | None, posted: ListState | None) -> Standing:
    """Where a submission stands. own: the state of the list it was taken into; posted: of the newest list of the stage that is
    posted or final, which holds everybody of those it superseded."""
    if state is not Submission.TAKEN:
        return Standing(state)
    if own is ListState.DROPPED:
        return Standing.GIVEN_UP
    now = posted if own is ListState.SUPERSEDED else own
    if now is ListState.FINAL:
        return Standing.FINAL
    return Standing.POSTED if now is ListState.POSTED else Standing.TAKEN


def sends_until(closes_at: datetime | None, next_closes_at: datetime | None) -> datetime | None:
    """Until when organisations send: the end of the selection, at the latest that of the stage after it; None: no date is known."""
    known = [at for at in (closes_at, next_closes_at) if at is not None]
    return min(known) if known else None


def may_send(levels: tuple[str, ...], level: str) -> bool:
    """Whether an organisation of this level sends a list of its own. levels: `nominated_by` of the file, empty: any."""
    return not levels or level in levels
