"""The second factor of staff: time-based codes (RFC 6238), each good for one sign-in."""

from base64 import b32encode

import pyotp
from sqlalchemy import or_, update

from webapp.accounts import queries
from webapp.accounts.errors import SecondFactorWrong
from webapp.accounts.models import Account, AuthSession
from webapp.accounts.service.sign_in import check_open, count_failure, forgive
from webapp.audit.service import record
from webapp.core.clock import datetime
from webapp.core.crypto import keyring
from webapp.core.db import db

STEP_S = 30
DRIFT_STEPS = 1
"""A phone's clock may be one step off either way."""

ISSUER = "匠赛 Jiangsai"


def setup_secret(account: Account) -> str:
    """The secret to put into the authenticator app, the same until it is confirmed or reset.

    Derived, not drawn: showing the page writes nothing (RELIABILITY row X06), and a reset, which
    raises the version of the account's sessions, gives another one."""
    if account.totp_cipher is not None and account.totp_confirmed_at is None:
        return secret_of(account)
    made = keyring().lookup_hash(f"{account.id}:{account.auth_version}", "totp-setup")
    return b32encode(made[:20]).decode()


def keep_setup(account: Account) -> None:
    """Store the shown secret, so that the code made from it can be checked."""
    if account.totp_cipher is None:
        account.totp_cipher = keyring().encrypt(setup_secret(account), f"totp:{account.id}")
        account.totp_last_step = None


def provisioning_uri(secret: str, name: str) -> str:
    """The otpauth:// address that the QR code holds."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER))


def secret_of(account: Account) -> str:
    """The plain secret; to show once while setting up, and to check codes."""
    assert account.totp_cipher is not None
    return keyring().decrypt(account.totp_cipher, f"totp:{account.id}")


def count_try(account: Account, now: datetime) -> bytes:
    """Count a try before checking it, like a sign-in. Raise SignInSlowed or SignInLocked."""
    key = keyring().lookup_hash(f"totp:{account.id}", "sign-in")
    check_open(key, now)
    count_failure(key, "", now)
    return key


def verify(account: Account, code: str, token: str, key: bytes, now: datetime) -> None:
    """Mark the session as having passed. A code, and any older one, is good once.

    The first right code also confirms the set-up. Raise SecondFactorWrong."""
    step = _step_of(account, code, now)
    if step is None:
        raise SecondFactorWrong
    used = db.session.execute(
        update(Account)
        .where(Account.id == account.id, or_(Account.totp_last_step.is_(None), Account.totp_last_step < step))
        .values(totp_last_step=step)
        .returning(Account.id),
        execution_options={"synchronize_session": False},
    ).first()
    if used is None:
        raise SecondFactorWrong
    if account.totp_confirmed_at is None:
        account.totp_confirmed_at = now
        record("second-factor.set-up", "account", account.id)
    forgive(key)
    db.session.execute(
        update(AuthSession)
        .where(AuthSession.token_hash == queries.token_hash(token))
        .values(second_factor_at=now)
    )
    queries.forget_principals()


def reset(account: Account, why: str) -> None:
    """Take a lost second factor away, so that the person sets up a new one at the next sign-in."""
    account.totp_cipher = None
    account.totp_confirmed_at = None
    account.totp_last_step = None
    record("second-factor.reset", "account", account.id, why)


def _step_of(account: Account, code: str, now: datetime) -> int | None:
    """The time step a code belongs to, or None."""
    if account.totp_cipher is None:
        return None
    digits = "".join(character for character in code if character.isdecimal() and character.isascii())
    generator = pyotp.TOTP(secret_of(account))
    present = int(now.timestamp()) // STEP_S
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        if pyotp.utils.strings_equal(str(generator.at(step * STEP_S)), digits):
            return step
    return None
