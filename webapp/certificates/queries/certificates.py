"""Certificates as their owner, the public and the hosts see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, text
from sqlalchemy.orm import aliased

from webapp.accounts import queries as people
from webapp.certificates.models import Certificate, CertificateRevocation, RevocationRequest
from webapp.certificates.rules.facts import Facts, facts_from
from webapp.certificates.rules.serial import normalised
from webapp.core.db import db
from webapp.registration.models import Participation

PAGE_SIZE = 50


@dataclass(frozen=True)
class CertificateView:
    """One certificate with what became of it. revoked_at None: it is valid."""

    certificate_id: int
    serial: str
    stage_id: int
    award_code: str
    facts: Facts
    digest: str
    template_version: str
    issued_at: datetime
    issued_by_account_id: int | None
    revoked_at: datetime | None
    reason: str

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None


@dataclass(frozen=True)
class CertificatePage:
    """One page of a list, the newest first."""

    rows: tuple[CertificateView, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class RequestView:
    """A revocation that waits for a second person. is_replaced: a new certificate follows in the same step."""

    request_id: int
    certificate: CertificateView
    reason: str
    is_replaced: bool
    asked_by: str
    asked_by_account_id: int
    asked_at: datetime


def of_person(person_id: int) -> list[CertificateView]:
    """All certificates of a person, the newest first."""
    rows = db.session.execute(
        _select().where(Certificate.person_id == person_id).order_by(Certificate.id.desc())
    )
    return [_view(row) for row in rows]


def own(serial: str, person_id: int) -> CertificateView | None:
    """A person's own certificate by its serial number."""
    return _one(Certificate.serial == serial, Certificate.person_id == person_id)


def by_serial(serial: str) -> CertificateView | None:
    """The certificate of a normalised serial number."""
    return _one(Certificate.serial == serial)


def has_newer(certificate_id: int) -> bool:
    """Whether the same award was issued anew to the same entry, and the newer certificate is valid."""
    newer = aliased(Certificate)
    return (
        db.session.scalar(
            select(newer.id)
            .join(
                Certificate,
                (Certificate.stage_id == newer.stage_id)
                & (Certificate.entry_id == newer.entry_id)
                & (Certificate.award_code == newer.award_code)
                & (Certificate.issue_number < newer.issue_number),
            )
            .outerjoin(CertificateRevocation, CertificateRevocation.certificate_id == newer.id)
            .where(Certificate.id == certificate_id, CertificateRevocation.id.is_(None))
            .limit(1)
        )
        is not None
    )


def by_ids(certificate_ids: Sequence[int]) -> dict[int, CertificateView]:
    """These certificates, by id. One statement."""
    found = db.session.execute(_select().where(Certificate.id.in_(certificate_ids)))
    return {row.Certificate.id: _view(row) for row in found}


def search(stage_ids: Sequence[int], words: str = "", award_code: str = "", page: int = 1) -> CertificatePage:
    """Certificates of these stages. words: a serial number, a contestant number, a part of a name."""
    query = _select().where(Certificate.stage_id.in_(stage_ids))
    if award_code:
        query = query.where(Certificate.award_code == award_code)
    if words.strip():
        query = query.where(_fits(words.strip()))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    rows = db.session.execute(
        query.order_by(Certificate.id.desc()).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    )
    return CertificatePage(tuple(_view(row) for row in rows), page, pages, total)


def everything(stage_id: int) -> list[CertificateView]:
    """All certificates of a stage by award and contestant number, for an exported list."""
    found = [_view(row) for row in db.session.execute(_select().where(Certificate.stage_id == stage_id))]
    return sorted(found, key=lambda one: (one.award_code, one.facts.number, one.certificate_id))


def waiting(stage_ids: Sequence[int], certificate_id: int | None = None) -> list[RequestView]:
    """Revocations of certificates of these stages that wait for a second person, oldest first."""
    query = (
        _select(RevocationRequest)
        .join(RevocationRequest, RevocationRequest.certificate_id == Certificate.id)
        .where(RevocationRequest.state == "waiting", Certificate.stage_id.in_(stage_ids))
        .order_by(RevocationRequest.id)
    )
    if certificate_id is not None:
        query = query.where(Certificate.id == certificate_id)
    rows = db.session.execute(query).all()
    names = people.names_of_accounts(row.RevocationRequest.asked_by_account_id for row in rows)
    return [
        RequestView(
            row.RevocationRequest.id,
            _view(row),
            row.RevocationRequest.reason,
            row.RevocationRequest.is_replaced,
            names.get(row.RevocationRequest.asked_by_account_id, ""),
            row.RevocationRequest.asked_by_account_id,
            row.RevocationRequest.asked_at,
        )
        for row in rows
    ]


def stage_of_request(request_id: int) -> int | None:
    """The stage of the certificate that a revocation is asked for."""
    return db.session.scalar(
        select(Certificate.stage_id)
        .join(RevocationRequest, RevocationRequest.certificate_id == Certificate.id)
        .where(RevocationRequest.id == request_id)
    )


def _select(*more: Any) -> Select[Any]:
    return select(
        Certificate, CertificateRevocation.revoked_at, CertificateRevocation.reason, *more
    ).outerjoin(CertificateRevocation, CertificateRevocation.certificate_id == Certificate.id)


def _one(*conditions: ColumnElement[bool]) -> CertificateView | None:
    row = db.session.execute(_select().where(*conditions)).one_or_none()
    return None if row is None else _view(row)


def _view(row: Row[Any]) -> CertificateView:
    one: Certificate = row.Certificate
    return CertificateView(
        one.id,
        one.serial,
        one.stage_id,
        one.award_code,
        facts_from(one.facts),
        one.digest,
        one.template_version,
        one.issued_at,
        one.issued_by_account_id,
        row.revoked_at,
        row.reason or "",
    )


def _fits(words: str) -> ColumnElement[bool]:
    serial = normalised(words)
    if serial is not None:
        return Certificate.serial == serial
    if words.isdecimal():
        return Certificate.participation_id.in_(select(Participation.id).where(Participation.number == words))
    return or_(
        Certificate.person_id.in_(people.ids_named(words)),
        text("certificates.facts->>'name' = :name").bindparams(name=words),
    )
