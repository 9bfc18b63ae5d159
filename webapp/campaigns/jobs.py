"""Periodic work of campaigns."""

from webapp.campaigns.service.reminding import remind
from webapp.core import clock
from webapp.core.transaction import in_transaction


def remind_of_reports() -> None:
    """Remind of reports that are soon due or late, each once."""
    in_transaction(lambda: remind(clock.now()))


PERIODIC = (("campaigns.remind", 1800.0, remind_of_reports),)
