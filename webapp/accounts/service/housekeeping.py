"""Removing rows that nobody needs: data kept for nothing is a risk (PIPL article 19)."""

from sqlalchemy import delete

from webapp.accounts.models import AuthSession, OneTimeCode, SignInFailure
from webapp.core.clock import datetime
from webapp.core.db import db

KEEP_DAYS = 30


def forget_before(before: datetime) -> None:
    """Remove failures, codes and sessions that ended before this instant. The audit trail stays."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.at < before))
    db.session.execute(delete(OneTimeCode).where(OneTimeCode.expires_at < before))
    db.session.execute(delete(AuthSession).where(AuthSession.expires_at < before))
