"""Closing an account for good or for a time: who has left, whose device was stolen."""

from webapp.accounts.models import Account
from webapp.accounts.service.sessions import end_sessions
from webapp.audit.service import record
from webapp.core.clock import datetime


def set_open(account: Account, is_open: bool, why: str, now: datetime) -> None:
    """Close an account, whose sessions end at once, or open it again. Audited; twice changes nothing."""
    state = ("active" if account.password_hash else "invited") if is_open else "disabled"
    if account.state == state:
        return
    account.state = state
    end_sessions(account, now)
    record("account.enable" if is_open else "account.disable", "account", account.id, why)
