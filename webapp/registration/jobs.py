"""Background work of taking part: what waits too long in the review."""

from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.registration.service.escalating import escalate


def escalate_overdue() -> int:
    """Remind of what is due soon and hand on what is overdue; how many steps were taken."""
    done = 0
    while True:
        with transaction():
            count = escalate(clock.now())
        done += count
        if count == 0:
            return done


PERIODIC = (("registration.escalate_overdue", 600.0, escalate_overdue),)
