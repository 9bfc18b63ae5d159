"""Until when those who go on say that they come, and until when substitutes move up. Plain values."""

from dataclasses import dataclass
from datetime import datetime, timedelta

Until = int | datetime
"""So many days before the stage opens, or an instant (UTC)."""


@dataclass(frozen=True)
class Attendance:
    """confirm_by: whoever has not answered by then is silent. substitutes_until: the hour from which on nobody
    moves up any more. answer_hours: how long a substitute has to answer, at most until that hour."""

    confirm_by: Until
    substitutes_until: Until
    answer_hours: int

    def confirm_at(self, opens_at: datetime) -> datetime:
        """Until when those on the list answer, for a stage that opens then."""
        return _at(self.confirm_by, opens_at)

    def last_hour(self, opens_at: datetime) -> datetime:
        """From when on places stay empty; never later than the stage opens."""
        return min(_at(self.substitutes_until, opens_at), opens_at)

    def answer_at(self, asked_at: datetime, opens_at: datetime) -> datetime:
        """Until when somebody who is asked now answers: the later of the common day and the hours that a
        substitute has, but never after the last hour for substitutes."""
        own = asked_at + timedelta(hours=self.answer_hours)
        return min(max(self.confirm_at(opens_at), own), max(self.last_hour(opens_at), asked_at))


def _at(until: Until, opens_at: datetime) -> datetime:
    return until if isinstance(until, datetime) else opens_at - timedelta(days=until)
