"""Wishes to change one's phone, unit, name or number: proposed by one, decided by another.

The record stays the same row, so applications, points and results stay with the person."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from webapp.access.principal import principal_or_none
from webapp.accounts.errors import (
    AlreadyDecided,
    ChangeOpen,
    DocumentTaken,
    OwnRequest,
    ReasonMissing,
    SecondPersonNeeded,
)
from webapp.accounts.models import Account, Person, PersonChange
from webapp.accounts.rules import documents, phones
from webapp.accounts.rules.codes import CodePurpose, shown
from webapp.accounts.rules.documents import Document, DocumentKind
from webapp.accounts.service import codes, people, secrets
from webapp.audit.service import record
from webapp.core.clock import SHANGHAI, datetime
from webapp.core.crypto import keyring
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.i18n import gettext
from webapp.core.words import N_
from webapp.notifications.service import code_sender, notify
from webapp.organisations import queries as organisations


def propose_unit(person_id: int, unit_id: int | None, words: str, *, now: datetime) -> PersonChange:
    """Move to another unit: its union's reviewer decides. Without an id, `words` say which unit it is and
    the default reviewer decides; None and '' mean: no unit any more. Raise ChangeOpen, NotFound."""
    if unit_id is not None and organisations.unit_name(unit_id) is None:
        raise NotFound
    proposed: dict[str, Any] = {"words": words} if words else {"unit_id": unit_id}
    return _open(person_id, "unit", proposed, unit_id or organisations.default_reviewer_id(), now)


def propose_phone(person_id: int, phone: str, *, now: datetime) -> PersonChange:
    """Change the phone: at once with the code that goes to the new phone, else a reviewer decides."""
    person = db.session.get_one(Person, person_id)
    change = _open(
        person_id, "phone", {"mask": phones.mask(phone)}, people.reviewer_unit(person), now, secret=phone
    )
    code = codes.issue_code(person_id, CodePurpose.PHONE, now=now)
    code_sender().send(
        phone, gettext("Jiangsai: %(code)s confirms your new phone, for 10 minutes.", code=shown(code))
    )
    return change


def confirm_phone(person_id: int, code: str, *, now: datetime) -> bool:
    """Set the proposed phone with the code sent to it. False when it does not fit; commit either way."""
    change = _locked_open(person_id=person_id, kind="phone")
    if not codes.redeem(person_id, code, (CodePurpose.PHONE,), now):
        return False
    _apply(change, None)
    change.state, change.decided_at = "confirmed", now
    record("person.phone-changed", "person", person_id)
    return True


def propose_name(person_id: int, name: str, reason: str, *, now: datetime) -> PersonChange:
    """Correct a name; somebody else decides."""
    return _open(person_id, "name", {"name": name, **_by()}, _reviewer_of(person_id), now, reason=reason)


def propose_document(person_id: int, document: Document, reason: str, *, now: datetime) -> PersonChange:
    """Correct kind and number; somebody else decides. Raise DocumentTaken when it is another's."""
    _refuse_taken(document, person_id)
    proposed = {"kind": document.kind.value, "mask": document.mask, **_by()}
    return _open(
        person_id, "document", proposed, _reviewer_of(person_id), now, reason=reason, secret=document.number
    )


def withdraw(person_id: int, change_id: int, *, now: datetime) -> None:
    """Take an own open wish back. Raise NotFound, AlreadyDecided."""
    change = db.session.get(PersonChange, change_id, with_for_update=True)
    if change is None or change.person_id != person_id:
        raise NotFound
    if change.state != "open":
        raise AlreadyDecided
    change.state, change.decided_at = "withdrawn", now


def decide(
    change_id: int, *, confirm: bool, why: str, now: datetime, unit_id: int | None = None
) -> PersonChange:
    """Confirm a wish, which carries it out, or refuse it with a reason the person reads.

    unit_id: which unit is meant, when the wish only had words. Raise AlreadyDecided, OwnRequest,
    SecondPersonNeeded, ReasonMissing (refusals need one), DocumentTaken, NotFound."""
    change = db.session.get(PersonChange, change_id, with_for_update=True)
    if change is None:
        raise NotFound
    if change.state != "open":
        raise AlreadyDecided
    who = principal_or_none()
    if who is not None and who.person_id == change.person_id:
        raise OwnRequest
    if who is not None and change.proposed.get("by") == who.account_id:
        raise SecondPersonNeeded
    if not confirm and not why.strip():
        raise ReasonMissing
    if confirm:
        _apply(change, unit_id)
    change.state = "confirmed" if confirm else "refused"
    change.decided_by_account_id = who.account_id if who else None
    change.decided_at, change.decision_reason = now, why
    record(
        f"person-change.{'confirm' if confirm else 'refuse'}",
        "person",
        change.person_id,
        why,
        kind=change.kind,
    )
    notify(
        change.person_id,
        N_("Your change was confirmed and is in force.")
        if confirm
        else N_("Your change was not confirmed: %(reason)s"),
        {} if confirm else {"reason": why},
        link="/my/account",
    )
    return change


def _apply(change: PersonChange, unit_id: int | None) -> None:
    person = db.session.get_one(Person, change.person_id, with_for_update=True)
    account = db.session.scalars(select(Account).where(Account.person_id == person.id)).one_or_none()
    match change.kind:
        case "unit":
            chosen = unit_id if "words" in change.proposed else change.proposed.get("unit_id")
            if "words" in change.proposed and (chosen is None or organisations.unit_name(chosen) is None):
                raise NotFound
            person.unit_id = chosen
        case "phone":
            if account is not None:
                secrets.set_phone(account, person, _secret(change))
        case "name":
            if "name" in change.proposed:  # words only: the reviewer has corrected the name separately
                secrets.set_name(person, str(change.proposed["name"]))
        case "document":
            _correct_document(person, account, change)


def _correct_document(person: Person, account: Account | None, change: PersonChange) -> None:
    """The phone is sealed with the number's hash: open it before, close it again after."""
    today = change.created_at.astimezone(SHANGHAI).date()
    document = documents.parse(DocumentKind(change.proposed["kind"]), _secret(change), today)
    _refuse_taken(document, person.id)
    phone = secrets.phone_number(account, person) if account is not None else ""
    secrets.set_document(person, document)
    if account is not None:
        secrets.set_phone(account, person, phone)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise DocumentTaken from error


def _open(
    person_id: int,
    kind: str,
    proposed: dict[str, Any],
    organisation_id: int | None,
    now: datetime,
    *,
    reason: str = "",
    secret: str = "",
) -> PersonChange:
    change = PersonChange(
        person_id=person_id,
        kind=kind,
        proposed=proposed,
        secret=keyring().encrypt(secret, f"change:{person_id}") if secret else None,
        reason=reason,
        organisation_id=organisation_id,
        created_at=now,
    )
    if kind == "phone":
        # A mistyped phone must not wait for a reviewer: the newest wish replaces the one before.
        db.session.execute(
            update(PersonChange)
            .where(
                PersonChange.person_id == person_id, PersonChange.kind == kind, PersonChange.state == "open"
            )
            .values(state="withdrawn", decided_at=now)
        )
    try:
        with db.session.begin_nested():
            db.session.add(change)
    except IntegrityError as error:
        raise ChangeOpen from error
    record("person-change.propose", "person", person_id, reason, kind=kind)
    return change


def _locked_open(*, person_id: int, kind: str) -> PersonChange:
    change = db.session.scalars(
        select(PersonChange)
        .where(PersonChange.person_id == person_id, PersonChange.kind == kind, PersonChange.state == "open")
        .with_for_update()
    ).one_or_none()
    if change is None:
        raise NotFound
    return change


def _secret(change: PersonChange) -> str:
    assert change.secret is not None
    return keyring().decrypt(change.secret, f"change:{change.person_id}")


def _refuse_taken(document: Document, person_id: int) -> None:
    other = people.find(document)
    if other is not None and other.id != person_id:
        raise DocumentTaken


def _reviewer_of(person_id: int) -> int | None:
    return people.reviewer_unit(db.session.get_one(Person, person_id))


def _by() -> dict[str, int]:
    """Who proposed, so that somebody else decides."""
    who = principal_or_none()
    return {"by": who.account_id} if who else {}
