"""Sign-in that is closed by failures: for the help desk, who sees it and opens it again."""

from dataclasses import dataclass
from math import ceil

from webapp.accounts.rules import lockout
from webapp.accounts.service.sign_in import failures_of, forgive_account
from webapp.audit.service import record
from webapp.core.clock import datetime


@dataclass(frozen=True)
class LockState:
    """failures: those that still count; locked_min: whole minutes for which sign-in stays closed."""

    failures: int
    locked_min: int


def lock_state(account_id: int, now: datetime) -> LockState:
    """How an account stands after failed sign-ins. Failures under a phone that several people share are
    counted under the phone, not here: the document number is still open to them."""
    failures, remaining = failures_of(account_id, now)
    minutes = ceil(remaining.total_seconds() / 60)
    return LockState(failures, minutes if failures >= lockout.LOCK_AFTER else 0)


def unlock(account_id: int, why: str) -> None:
    """Forget the failures of an account, so that its owner may sign in at once. Audited."""
    forgive_account(account_id)
    record("account.unlock", "account", account_id, why)
