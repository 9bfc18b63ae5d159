"""Sign-in that is closed by failures: for the help desk, who sees it and opens it again."""

from dataclasses import dataclass
from math import ceil

from sqlalchemy import func, select

from webapp.accounts.models import SignInFailure
from webapp.accounts.rules import lockout
from webapp.accounts.service.sign_in import account_key, forgive
from webapp.audit.service import record
from webapp.core.clock import datetime
from webapp.core.db import db


@dataclass(frozen=True)
class LockState:
    """failures: those that still count; locked_min: whole minutes for which sign-in stays closed."""

    failures: int
    locked_min: int


def lock_state(account_id: int, now: datetime) -> LockState:
    """How an account stands after failed sign-ins. Failures under a phone that several people share are
    counted under the phone, not here: the document number is still open to them."""
    row = db.session.execute(
        select(func.count().label("failures"), func.max(SignInFailure.at).label("last")).where(
            SignInFailure.key_hash == account_key(account_id),
            SignInFailure.at > now - lockout.FORGOTTEN_AFTER,
        )
    ).one()
    failures = lockout.counted(row.failures, row.last, now)
    remaining = lockout.closed_for(failures, row.last, now).total_seconds()
    return LockState(failures, ceil(remaining / 60) if failures >= lockout.LOCK_AFTER else 0)


def unlock(account_id: int, why: str) -> None:
    """Forget the failures of an account, so that its owner may sign in at once. Audited."""
    forgive(account_key(account_id))
    record("account.unlock", "account", account_id, why)
