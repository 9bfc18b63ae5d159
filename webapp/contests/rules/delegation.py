"""The rule of delegations (代表队): who sends whom to which stage."""

from collections.abc import Mapping
from dataclasses import dataclass, field

CONTESTANTS, JUDGES = "contestants", "judges"
MEMBERS = (CONTESTANTS, JUDGES)


@dataclass(frozen=True)
class DelegationRule:
    """stage: code of the stage they are sent to. sent_by: levels of the sending union, of which the first that a
    unit stands below sends; empty while it is undecided: then no delegation can be made. per_event: most contestants
    of one delegation in one event, per_event_of for single events by code; judges: most judges; confirm_days: days
    before the stage opens until which the union confirms. None: undecided, nothing is held to it."""

    stage: str = "final"
    sent_by: tuple[str, ...] = ()
    members: tuple[str, ...] = (CONTESTANTS,)
    per_event: int | None = None
    per_event_of: Mapping[str, int] = field(default_factory=dict)
    judges: int | None = None
    confirm_days: int | None = None

    @property
    def has_judges(self) -> bool:
        return JUDGES in self.members

    def most(self, event_code: str) -> int | None:
        """Most contestants of one delegation in an event; None: undecided."""
        return self.per_event_of.get(event_code, self.per_event)
