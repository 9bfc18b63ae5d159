"""What a person sees of the own record: sessions, consents, changes, claims."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ARRAY, BigInteger, ColumnElement, any_, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on

from webapp.accounts.models import Account, AuthSession, Consent, IdentityClaim, Person, PersonChange
from webapp.accounts.queries.principals import token_hash
from webapp.accounts.rules import documents
from webapp.core import clock
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.organisations import queries as organisations


@dataclass(frozen=True)
class SessionView:
    """One signed-in browser of an account. `key` names it in a form without telling its token."""

    key: str
    device: str
    address: str
    created_at: datetime
    seen_at: datetime
    is_present: bool


def session_key() -> ColumnElement[str]:
    """A short name of a session row: the first half of its digest in hexadecimal."""
    return func.left(func.encode(AuthSession.token_hash, "hex"), 32)


def sessions_of(account_id: int, present_token: str) -> list[SessionView]:
    """Sessions that are open now, the one that asks first."""
    rows = db.session.execute(
        select(AuthSession, session_key().label("key"))
        .join(Account, Account.id == AuthSession.account_id)
        .where(
            AuthSession.account_id == account_id,
            AuthSession.revoked_at.is_(None),
            AuthSession.expires_at > clock.now(),
            AuthSession.auth_version == Account.auth_version,
        )
        .order_by(AuthSession.seen_at.desc())
    ).all()
    present = token_hash(present_token)
    views = [
        SessionView(key, row.device, row.address, row.created_at, row.seen_at, row.token_hash == present)
        for row, key in rows
    ]
    return sorted(views, key=lambda view: not view.is_present)


@dataclass(frozen=True)
class ClaimState:
    """What a claimant sees: nothing about the record itself."""

    reference: str
    state: str
    created_at: datetime
    decided_at: datetime | None
    decision_reason: str


def claim_state(reference: str) -> ClaimState | None:
    """The state of a claim by its reference, or None."""
    row = db.session.scalars(select(IdentityClaim).where(IdentityClaim.reference == reference)).one_or_none()
    if row is None:
        return None
    return ClaimState(row.reference, row.state, row.created_at, row.decided_at, row.decision_reason)


@dataclass(frozen=True)
class OwnRecord:
    """What a person sees of the own record: numbers masked."""

    person_id: int
    name: str
    document_kind: str
    document_mask: str
    phone_mask: str
    unit: str
    second_factor: bool
    privacy_at: datetime | None
    publication: "ConsentView | None"


@dataclass(frozen=True)
class ConsentView:
    """A dated yes or no."""

    purpose: str
    is_given: bool
    at: datetime
    notice_version: str


def own_record(person_id: int) -> OwnRecord:
    """The own record for the account page."""
    row, account = db.session.execute(
        select(Person, Account).join(Account, Account.person_id == Person.id).where(Person.id == person_id)
    ).one()
    given = consents_of(person_id)
    privacy = [consent for consent in given if consent.purpose == "privacy"]
    publication = [consent for consent in given if consent.purpose == "publication"]
    return OwnRecord(
        person_id,
        row.name,
        documents.KIND_TEXTS[documents.DocumentKind(row.document_kind)],
        row.document_mask,
        account.phone_mask,
        organisations.names([row.unit_id or 0]).get(row.unit_id or 0, ""),
        account.totp_confirmed_at is not None,
        privacy[0].at if privacy else None,
        publication[0] if publication else None,
    )


def consents_of(person_id: int) -> list[ConsentView]:
    """Every choice a person has made, newest first."""
    rows = db.session.scalars(
        select(Consent).where(Consent.person_id == person_id).order_by(Consent.at.desc(), Consent.id.desc())
    )
    return [ConsentView(row.purpose, row.is_given, row.at, row.notice_version) for row in rows]


def may_publish(person_ids: Iterable[int]) -> set[int]:
    """Of these people, those whose newest word on publication is a yes."""
    wanted = literal(list(person_ids), ARRAY(BigInteger))
    newest = (
        select(Consent.person_id, Consent.is_given)
        .where(Consent.person_id == any_(wanted), Consent.purpose == "publication")
        .ext(distinct_on(Consent.person_id))
        .order_by(Consent.person_id, Consent.at.desc(), Consent.id.desc())
        .subquery()
    )
    return set(db.session.scalars(select(newest.c.person_id).where(newest.c.is_given)))


@dataclass(frozen=True)
class ChangeView:
    """A wish to change one's data, as its owner sees it."""

    change_id: int
    kind: str
    words: str
    state: str
    created_at: datetime
    decision_reason: str

    @property
    def is_open(self) -> bool:
        return self.state == "open"


def own_changes(person_id: int, limit: int = 10) -> list[ChangeView]:
    """The newest wishes of a person, newest first."""
    rows = db.session.scalars(
        select(PersonChange)
        .where(PersonChange.person_id == person_id)
        .order_by(PersonChange.id.desc())
        .limit(limit)
    ).all()
    units = organisations.names([int(row.proposed.get("unit_id") or 0) for row in rows])
    return [
        ChangeView(
            row.id, row.kind, proposal_words(row, units), row.state, row.created_at, row.decision_reason
        )
        for row in rows
    ]


def proposal_words(change: PersonChange, units: Mapping[int, str]) -> str:
    """What is proposed, in a few words: a name, a masked number, a unit."""
    proposed = change.proposed
    if "unit_id" in proposed:
        return units.get(int(proposed["unit_id"] or 0), "—")
    return str(proposed.get("words") or proposed.get("name") or proposed.get("mask") or "")
