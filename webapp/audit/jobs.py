"""What the clock process does for the audit trail."""

from webapp.audit import service
from webapp.core.transaction import transaction


def seal_settled() -> int:
    """Chain the rows that have settled since the last seal; return how many (DECISIONS 19)."""
    with transaction():
        return service.seal()


PERIODIC = (("audit.seal", 1.0, seal_settled),)
