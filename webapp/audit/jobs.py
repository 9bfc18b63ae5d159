"""What the clock process does for the audit trail."""

from webapp.audit import queries, service
from webapp.core import clock
from webapp.core.transaction import transaction

ANCHOR_EVERY_S = 3600.0
"""The rule asks for one a day; a cut tail is found down to the last hour."""


def seal_settled() -> int:
    """Chain the rows that have settled since the last seal; return how many (DECISIONS 19)."""
    with transaction():
        return service.seal()


def anchor_head() -> bool:
    """Write the head of the chain down outside the database; return whether it was a new one."""
    with transaction():
        return service.write_anchor(queries.anchors_path(), clock.now()) is not None


PERIODIC = (("audit.seal", 1.0, seal_settled), ("audit.anchor", ANCHOR_EVERY_S, anchor_head))
