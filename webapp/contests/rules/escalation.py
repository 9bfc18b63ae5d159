"""When a registration that waits too long at one level of the review goes to another as well."""

from dataclasses import dataclass

ABOVE, ORGANISER = "above", "organiser"
GOES_TO = (ABOVE, ORGANISER)


@dataclass(frozen=True)
class Escalation:
    """What happens at one level of the review chain. Working days count from the day after it came there.

    working_days: after so many it is overdue, and who is above is told. to: the next link of its chain, or the
    organiser. own_list_after: after so many it stands in that reviewer's own list, at least working_days.
    remind_after: after so many the reviewers of the level are reminded; None: nobody is."""

    level: str
    working_days: int
    to: str = ABOVE
    own_list_after: int = 0
    remind_after: int | None = None

    @property
    def listed_after(self) -> int:
        """After how many working days it stands in the upper reviewer's own list."""
        return max(self.own_list_after, self.working_days)
