"""A document number that somebody else uses: a claim that a reviewer decides."""

import secrets as random_source
from contextlib import suppress

from sqlalchemy import select

from webapp.access.principal import principal_or_none
from webapp.accounts.errors import AlreadyDecided, ChangeOpen, OwnRequest, ReasonMissing
from webapp.accounts.models import Account, IdentityClaim, Person
from webapp.accounts.rules import phones
from webapp.accounts.rules.codes import CodePurpose, shown
from webapp.accounts.service import changes, codes, people, secrets, sessions
from webapp.audit.service import record
from webapp.core.clock import datetime
from webapp.core.crypto import keyring
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.i18n import gettext
from webapp.notifications.service import code_sender

REFERENCE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
REFERENCE_LENGTH = 10


def open_claim(new: people.NewPerson, explanation: str, *, now: datetime) -> str:
    """File a claim on the record with this document number; return its reference, '' when no record
    has the number: then the person can simply sign up."""
    reference = _reference()
    person = people.find(new.document)
    if person is None:
        return ""
    claim = IdentityClaim(
        person_id=person.id,
        claimant_name=new.name,
        claimant_phone_cipher=keyring().encrypt(new.phone, f"claim:{reference}"),
        claimant_phone_mask=phones.mask(new.phone),
        organisation_id=people.reviewer_unit(person),
        explanation=explanation,
        reference=reference,
        created_at=now,
    )
    db.session.add(claim)
    db.session.flush()
    record("claim.open", "claim", claim.id)
    return reference


def claimant_phone(claim: IdentityClaim) -> str:
    """The plain phone of a claimant, to send a code to."""
    return keyring().decrypt(claim.claimant_phone_cipher, f"claim:{claim.reference}")


def _reference() -> str:
    """Ten characters that nobody guesses and nobody misreads."""
    return "".join(random_source.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))


def decide(claim_id: int, *, grant: bool, why: str, now: datetime) -> str:
    """Grant a claim, which hands the record over with a one-time code (returned), or refuse it ('').

    Granting: all sessions of the record end, its phone becomes the claimant's, the code also goes
    there; another name is proposed as a correction that a second person confirms. Applications,
    points and results stay on the record. Raise AlreadyDecided, OwnRequest, ReasonMissing, NotFound."""
    claim = db.session.get(IdentityClaim, claim_id, with_for_update=True)
    if claim is None:
        raise NotFound
    if claim.state != "open":
        raise AlreadyDecided
    who = principal_or_none()
    if who is not None and who.person_id == claim.person_id:
        raise OwnRequest
    if not why.strip():
        raise ReasonMissing
    claim.state = "granted" if grant else "refused"
    claim.decided_by_account_id = who.account_id if who else None
    claim.decided_at, claim.decision_reason = now, why
    record(f"claim.{'grant' if grant else 'refuse'}", "claim", claim.id, why, person_id=claim.person_id)
    return _hand_over(claim, why, now) if grant else ""


def _hand_over(claim: IdentityClaim, why: str, now: datetime) -> str:
    person = db.session.get_one(Person, claim.person_id)
    account = db.session.scalars(
        select(Account).where(Account.person_id == person.id).with_for_update()
    ).one_or_none()
    phone = claimant_phone(claim)
    if account is not None:
        account.password_hash = ""
        secrets.set_phone(account, person, phone)
        sessions.end_sessions(account, now)
    if claim.claimant_name != person.name:
        with suppress(ChangeOpen):
            changes.propose_name(person.id, claim.claimant_name, why, now=now)
    code = codes.issue_code(person.id, CodePurpose.RECOVERY, now=now, why=why)
    code_sender().send(
        phone, gettext("Jiangsai: %(code)s sets your password, for 30 minutes.", code=shown(code))
    )
    return code
