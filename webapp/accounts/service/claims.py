"""A document number that somebody else uses: a claim that a reviewer decides."""

import secrets as random_source

from webapp.accounts.models import IdentityClaim
from webapp.accounts.rules import phones
from webapp.accounts.service import people
from webapp.audit.service import record
from webapp.core.clock import datetime
from webapp.core.crypto import keyring
from webapp.core.db import db

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
