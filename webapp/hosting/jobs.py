"""Background work of organisers' applications: reminders, and events that waited for a second person."""

from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.hosting.service import placing, reminding


def remind() -> int:
    """Remind organisers of their deadlines; return how many reminders were sent."""
    with transaction():
        return reminding.remind(clock.now())


def follow_events() -> int:
    """Name the organisers of events that have come into the contest file since; return how many."""
    with transaction():
        return placing.follow_all()


PERIODIC = (
    ("hosting.remind", 1800.0, remind),
    ("hosting.follow_events", 60.0, follow_events),
)
