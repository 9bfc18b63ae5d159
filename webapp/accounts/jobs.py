"""What the clock does for accounts: forget what is of no use any more."""

from datetime import timedelta

from webapp.accounts.service import housekeeping
from webapp.core import clock
from webapp.core.transaction import transaction


def forget_the_old() -> None:
    """Remove old failures, ended sessions and used codes."""
    with transaction():
        housekeeping.forget_before(clock.now() - timedelta(days=housekeeping.KEEP_DAYS))


PERIODIC = (("forget old sessions and codes", 3600.0, forget_the_old),)
