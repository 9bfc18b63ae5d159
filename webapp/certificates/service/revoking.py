"""Taking a certificate back: with a reason, by two people where set; it stays visible as revoked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from webapp.audit.service import record
from webapp.certificates.errors import NotDue, OwnRequest, ReasonMissing, RevocationAsked
from webapp.certificates.models import Certificate, CertificateRevocation, RevocationRequest
from webapp.certificates.queries.reached import held
from webapp.certificates.service.issuing import MINE
from webapp.certificates.service.renewing import renew
from webapp.core.db import db
from webapp.core.errors import Conflict, NotFound
from webapp.core.words import N_
from webapp.notifications.service import notify_many

MOST_CHARACTERS = 500
_REVOKED = N_("Your certificate %(serial)s (%(award)s) was revoked: %(reason)s")
_REPLACED = N_(
    "Your certificate %(serial)s (%(award)s) counts no more, a new one takes its place: %(reason)s"
)


def ask_revoke(
    serial: str, reason: str, account_id: int, two_person: bool, now: datetime, *, replace: bool = False
) -> RevocationRequest:
    """Ask that a certificate be revoked; done at once where no second person is needed. replace: a new one with what
    is true then is issued in the same step.

    raise (NotFound), (ReasonMissing), (RevocationAsked): asked for or done already."""
    certificate = _certificate(serial)
    if not reason.strip():
        raise ReasonMissing
    made = db.session.scalar(
        insert(RevocationRequest)
        .values(
            certificate_id=certificate.id,
            reason=reason.strip()[:MOST_CHARACTERS],
            asked_by_account_id=account_id,
            is_replaced=replace,
        )
        .on_conflict_do_nothing()
        .returning(RevocationRequest.id)
    )
    if made is None:
        raise RevocationAsked
    request = db.session.get_one(RevocationRequest, made)
    record("certificate.revoke.ask", "certificate", certificate.id, why=request.reason, is_replaced=replace)
    if not two_person:
        _revoke(certificate, request, now)
    return request


def decide_revoke(request_id: int, account_id: int, agree: bool, now: datetime) -> RevocationRequest:
    """The second person's word. raise (NotFound), (Conflict): decided already, (OwnRequest)."""
    request = db.session.scalars(
        select(RevocationRequest).where(RevocationRequest.id == request_id).with_for_update()
    ).one_or_none()
    if request is None:
        raise NotFound
    if request.state != "waiting":
        raise Conflict
    if request.asked_by_account_id == account_id:
        raise OwnRequest
    request.decided_by_account_id, request.decided_at = account_id, now
    word = "approve" if agree else "refuse"
    record(f"certificate.revoke.{word}", "certificate", request.certificate_id, why=request.reason)
    if agree:
        _revoke(db.session.get_one(Certificate, request.certificate_id), request, now)
    else:
        request.state = "refused"
    return request


def ask_revoke_all(
    serials: Sequence[str],
    reason: str,
    account_id: int,
    two_person: bool,
    now: datetime,
    *,
    replace: bool = False,
) -> int:
    """Ask that all these certificates be revoked for one reason, and replaced by new ones where `replace` is set;
    return for how many it is new.

    Those that are revoked, or asked for already, are passed over. raise (ReasonMissing)."""
    if not reason.strip():
        raise ReasonMissing
    found = db.session.scalars(select(Certificate).where(Certificate.serial.in_(serials))).all()
    by_id = {one.id: one for one in found}
    rows = [
        {
            "certificate_id": one,
            "reason": reason.strip()[:MOST_CHARACTERS],
            "asked_by_account_id": account_id,
            "is_replaced": replace,
        }
        for one in by_id
    ]
    if not rows:
        return 0
    made = db.session.scalars(
        insert(RevocationRequest).on_conflict_do_nothing().returning(RevocationRequest), rows
    ).all()
    for request in made:
        record(
            "certificate.revoke.ask",
            "certificate",
            request.certificate_id,
            why=request.reason,
            is_replaced=replace,
        )
    if not two_person:
        _revoke_all([(by_id[request.certificate_id], request) for request in made], now)
    return len(made)


def decide_revoke_all(stage_id: int, account_id: int, agree: bool, now: datetime) -> int:
    """The second person's word on everything that waits in a stage and that somebody else asked for; return how many.

    raise (OwnRequest): all that waits was asked for by this person. raise (Conflict): nothing waits."""
    found = db.session.execute(
        select(RevocationRequest, Certificate)
        .join(Certificate, Certificate.id == RevocationRequest.certificate_id)
        .where(Certificate.stage_id == stage_id, RevocationRequest.state == "waiting")
        .order_by(RevocationRequest.id)
        .with_for_update(of=RevocationRequest)
    ).all()
    others = [row for row in found if row.RevocationRequest.asked_by_account_id != account_id]
    if not others:
        raise OwnRequest if found else Conflict
    word = "approve" if agree else "refuse"
    for request, certificate in others:
        request.decided_by_account_id, request.decided_at = account_id, now
        request.state = "done" if agree else "refused"
        record(f"certificate.revoke.{word}", "certificate", certificate.id, why=request.reason)
    if agree:
        _revoke_all([(certificate, request) for request, certificate in others], now)
    return len(others)


def issue_again(serial: str, account_id: int, now: datetime) -> list[int]:
    """Issue a revoked certificate anew under another number, with what is true now (a corrected name, a rank).

    raise (NotFound); (Conflict): it is valid, or was issued anew already; (NotDue): it is not due any more."""
    old = _certificate(serial)
    if held(old.stage_id, old.award_code, [old.entry_id])[old.entry_id].is_valid:
        raise Conflict
    made = renew([old], account_id, now)
    if not made:
        raise NotDue
    return made


def _certificate(serial: str) -> Certificate:
    found = db.session.scalars(select(Certificate).where(Certificate.serial == serial)).one_or_none()
    if found is None:
        raise NotFound
    return found


def _revoke(certificate: Certificate, request: RevocationRequest, now: datetime) -> None:
    _revoke_all([(certificate, request)], now)


def _revoke_all(pairs: Sequence[tuple[Certificate, RevocationRequest]], now: datetime) -> None:
    """Revoke each by its request, and issue anew what is to be replaced; as many statements whatever their number."""
    for certificate, request in pairs:
        request.state = "done"
        db.session.add(
            CertificateRevocation(
                certificate_id=certificate.id,
                reason=request.reason,
                revoked_by_account_id=request.asked_by_account_id,
                approved_by_account_id=request.decided_by_account_id,
                revoked_at=now,
            )
        )
    db.session.flush()
    told: dict[bool, list[tuple[int, dict[str, Any]]]] = {False: [], True: []}
    for certificate, request in pairs:
        record("certificate.revoke", "certificate", certificate.id, why=request.reason, request=request.id)
        said = {
            "serial": certificate.serial,
            "award": certificate.facts["award"],
            "reason": request.reason,
        }
        told[request.is_replaced].append((certificate.person_id, said))
    notify_many(told[False], _REVOKED, link=MINE)
    notify_many(told[True], _REPLACED, link=MINE)
    by_whom: dict[int, list[Certificate]] = {}
    for certificate, request in pairs:
        if request.is_replaced:
            by_whom.setdefault(request.asked_by_account_id, []).append(certificate)
    for account_id, olds in by_whom.items():
        renew(olds, account_id, now)
