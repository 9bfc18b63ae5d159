"""Background work of entry."""

from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.entry.service.tickets import forget_used


def forget_old_tickets() -> None:
    """Forget used tickets that nobody can try again."""
    with transaction():
        forget_used(clock.now())


PERIODIC = (("entry.forget_old_tickets", 600.0, forget_old_tickets),)
