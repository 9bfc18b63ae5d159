"""Where a list stands, and what may happen to it."""

from collections.abc import Mapping
from enum import StrEnum


class ListState(StrEnum):
    """frozen: the board was kept. rechecking: the first decision was made. rechecked: everybody above the line
    is decided. regraded: the second computation agrees, or there is nothing to compute because people were nominated. ready: somebody asked to post it, a second person has
    yet to agree. posted: the public notice runs. final: nothing of it changes any more. superseded: a later list was
    posted in its place, also in that of a final one. dropped: given up before it was posted; the board is live again."""

    FROZEN = "frozen"
    RECHECKING = "rechecking"
    RECHECKED = "rechecked"
    REGRADED = "regraded"
    READY = "ready"
    POSTED = "posted"
    FINAL = "final"
    SUPERSEDED = "superseded"
    DROPPED = "dropped"


_BEFORE_POSTING = frozenset({ListState.FROZEN, ListState.RECHECKING, ListState.RECHECKED, ListState.REGRADED})

NEXT: Mapping[ListState, frozenset[ListState]] = {
    ListState.FROZEN: frozenset({ListState.RECHECKING, ListState.RECHECKED, ListState.DROPPED}),
    ListState.RECHECKING: frozenset({ListState.RECHECKED, ListState.DROPPED}),
    ListState.RECHECKED: frozenset({ListState.RECHECKING, ListState.REGRADED, ListState.DROPPED}),
    ListState.REGRADED: frozenset(
        {ListState.RECHECKING, ListState.RECHECKED, ListState.READY, ListState.POSTED, ListState.DROPPED}
    ),
    ListState.READY: frozenset({ListState.POSTED, ListState.REGRADED}),
    ListState.POSTED: frozenset({ListState.FINAL, ListState.SUPERSEDED}),
    ListState.FINAL: frozenset({ListState.SUPERSEDED}),
    ListState.SUPERSEDED: frozenset(),
    ListState.DROPPED: frozenset(),
}
LIVE = frozenset(ListState) - {ListState.DROPPED, ListState.SUPERSEDED}
POSTED = frozenset({ListState.POSTED, ListState.FINAL})
"""The public has read it: a correction does not touch it, it goes to a further list."""
DECIDING = _BEFORE_POSTING | {ListState.POSTED}
"""While it is in one of these, people may be decided about; after posting an amended notice makes it count."""


class Decision(StrEnum):
    """What the re-check says of one person."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    WITHDRAWN = "withdrawn"
    UNRESPONSIVE = "unresponsive"

    @property
    def takes_off(self) -> bool:
        return self is not Decision.ELIGIBLE


def may_go(state: ListState, target: ListState) -> bool:
    """Whether a list may go from one state to the other."""
    return target in NEXT[state]
