"""Copies of records: those that somebody took, and what one of them says."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select, text

from webapp.certificates.rules.facts import digest_of
from webapp.core.db import db
from webapp.records.errors import CopyMissing
from webapp.records.models import RecordCopy
from webapp.records.rules.record import Record, record_from

_REVOKED = text(
    """
    SELECT c.serial FROM certificates c JOIN certificate_revocations r ON r.certificate_id = c.id
    WHERE c.serial = ANY(:serials)
    """
)


def copy_by_serial(serial: str) -> RecordCopy | None:
    """The copy with this number."""
    return db.session.scalars(select(RecordCopy).where(RecordCopy.serial == serial)).one_or_none()


def copies_of(person_id: int) -> Sequence[RecordCopy]:
    """The copies that a person took, the newest first."""
    return db.session.scalars(
        select(RecordCopy).where(RecordCopy.person_id == person_id).order_by(RecordCopy.id.desc())
    ).all()


def own_copy(person_id: int, copy_id: int) -> RecordCopy:
    """A person's own copy, locked. raise (CopyMissing)."""
    found = db.session.scalars(
        select(RecordCopy)
        .where(RecordCopy.id == copy_id, RecordCopy.person_id == person_id)
        .with_for_update()
    ).one_or_none()
    if found is None:
        raise CopyMissing
    return found


def said_by(copy: RecordCopy, code: str) -> Record | None:
    """What a copy says, for whoever has its check code; None: the code does not fit, or the content is closed or not
    the one that the digest was taken of. Certificates that were revoked since are marked."""
    typed = "".join(sign for sign in code.upper() if sign.isalnum())
    if copy.content is None or copy.code_hash is None or digest_of(copy.content) != copy.digest:
        return None
    if not hmac.compare_digest(copy.code_hash, code_hash(copy.serial, typed)):
        return None
    said = record_from(copy.content)
    serials = [one.serial for one in said.certificates]
    revoked = set(db.session.scalars(_REVOKED, {"serials": serials})) if serials else set()
    return replace(
        said,
        certificates=tuple(
            replace(one, is_valid=one.is_valid and one.serial not in revoked) for one in said.certificates
        ),
    )


def code_hash(serial: str, code: str) -> bytes:
    """What is kept of a check code."""
    return hashlib.sha256(f"{serial}:{code}".encode()).digest()
