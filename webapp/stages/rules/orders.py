"""What hosts do with a whole list at once: in the request while the event is small, by a worker when it is large."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from webapp.access.permissions import Permission

LARGE = 2_000
"""Events with more people than this are left to a worker (decision 0059): up to here every step takes well below a second."""

TRIES = 3
"""A run that so many workers began and none finished is given up: it would kill the next one too."""


class Kind(StrEnum):
    """freeze: the board becomes a list. decide: everybody undecided is decided alike. post, amend, supplement: versions of the
    notice. finalise: the list becomes final. agree: a second person agrees to one of these. close: an open stage ends."""

    FREEZE = "freeze"
    DECIDE = "decide"
    POST = "post"
    AMEND = "amend"
    SUPPLEMENT = "supplement"
    FINALISE = "finalise"
    AGREE = "agree"
    CLOSE = "close"

    @property
    def permission(self) -> Permission:
        """What whoever asks for it needs over the event, also when it is carried out."""
        return Permission.RECHECK_ELIGIBILITY if self is Kind.DECIDE else Permission.PUBLISH_RESULTS


@dataclass(frozen=True)
class Order:
    """What is to be done with the list of a stage. payload: JSON values; which ones, `service/ordering.py` says."""

    kind: Kind
    stage_id: int
    payload: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_light(self) -> bool:
        """Whether it changes a single row however large the list is: a second person refuses."""
        return self.kind is Kind.AGREE and not self.payload["agree"]
