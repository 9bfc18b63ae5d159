"""Sessions: a random token in the cookie, its digest in a row that can be ended."""

import secrets
from datetime import timedelta

from flask import session
from flask_login import login_user, logout_user
from sqlalchemy import select, update

from webapp.access.principal import Principal
from webapp.accounts import queries
from webapp.accounts.models import Account, AuthSession
from webapp.accounts.rules.devices import describe
from webapp.audit.service import record
from webapp.core.clock import datetime
from webapp.core.db import db

TOKEN_BYTES = 32
REFRESH_EVERY = timedelta(hours=1)


def open_session(account: Account, *, now: datetime, hours: int, user_agent: str, address: str) -> str:
    """Make a session row; the token it returns is known to nobody else."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    db.session.add(
        AuthSession(
            token_hash=queries.token_hash(token),
            account_id=account.id,
            auth_version=account.auth_version,
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=hours),
            device=describe(user_agent),
            address=address,
        )
    )
    if account.first_signed_in_at is None:
        account.first_signed_in_at = now
    return token


def start_browser(token: str, *, account_id: int, person_id: int, name: str, now: datetime) -> None:
    """Put the token into a fresh cookie: nothing of an earlier visitor stays (no fixation)."""
    session.clear()
    session.permanent = True
    session["refreshed"] = int(now.timestamp())
    login_user(Principal(account_id, person_id, name, token))


def sign_out(token: str, now: datetime) -> None:
    """End this session, in the database and in the browser."""
    db.session.execute(
        update(AuthSession).where(AuthSession.token_hash == queries.token_hash(token)).values(revoked_at=now)
    )
    leave_browser()


def leave_browser() -> None:
    """Forget the session in this browser."""
    logout_user()
    session.clear()
    queries.forget_principals()


def end_sessions(account: Account, now: datetime, keep_token: str = "") -> None:
    """End every session of an account, at once and for good, except the one with `keep_token`.

    The version number also ends what another process has cached or is just opening."""
    account.auth_version += 1
    kept = queries.token_hash(keep_token) if keep_token else b""
    db.session.flush()
    db.session.execute(
        update(AuthSession)
        .where(
            AuthSession.account_id == account.id,
            AuthSession.revoked_at.is_(None),
            AuthSession.token_hash != kept,
        )
        .values(revoked_at=now)
    )
    if kept:
        db.session.execute(
            update(AuthSession)
            .where(AuthSession.token_hash == kept)
            .values(auth_version=account.auth_version)
        )
    queries.forget_principals()


def change_password(account: Account, password_hash: str, now: datetime, keep_token: str = "") -> None:
    """Store a new password; every other session of the account ends."""
    account.password_hash = password_hash
    end_sessions(account, now, keep_token)
    record("password.change", "account", account.id)


def end_one(account_id: int, session_key: str, now: datetime) -> bool:
    """End one own session, named by the key of `queries.sessions_of`. False when there is none."""
    ended = db.session.execute(
        update(AuthSession)
        .where(
            AuthSession.account_id == account_id,
            AuthSession.revoked_at.is_(None),
            queries.session_key() == session_key,
        )
        .values(revoked_at=now)
        .returning(AuthSession.account_id)
    ).first()
    queries.forget_principals()
    return ended is not None


def refresh(token: str, now: datetime, hours: int) -> None:
    """Push the end of a session that is in use ahead: nobody is signed out in the middle of an exam."""
    db.session.execute(
        update(AuthSession)
        .where(AuthSession.token_hash == queries.token_hash(token), AuthSession.revoked_at.is_(None))
        .values(seen_at=now, expires_at=now + timedelta(hours=hours))
    )


def end_sessions_of_person(person_id: int, now: datetime) -> None:
    """As `end_sessions`, for callers who know the person: after a role was taken away."""
    account = db.session.scalars(select(Account).where(Account.person_id == person_id)).one_or_none()
    if account is not None:
        end_sessions(account, now)
