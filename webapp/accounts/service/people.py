"""Records of people: signing up, being invited by a liaison, consents."""

from dataclasses import dataclass

from sqlalchemy import select, text

from webapp.accounts.errors import ConsentMissing, DocumentTaken
from webapp.accounts.models import Account, Consent, Person, PersonChange
from webapp.accounts.rules.codes import CodePurpose
from webapp.accounts.rules.consents import NOTICE_VERSION, Purpose
from webapp.accounts.rules.documents import Document
from webapp.accounts.service import secrets
from webapp.accounts.service.codes import issue_code
from webapp.audit.service import record
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.organisations import queries as organisations


@dataclass(frozen=True)
class NewPerson:
    """Checked data of somebody who is to get a record. `phone` is cleaned, or '' when unknown."""

    name: str
    document: Document
    phone: str
    unit_id: int | None


def sign_up(
    new: NewPerson, password_hash: str, *, privacy: bool, publication: bool, now: datetime
) -> Account:
    """Make a person and an active account.

    privacy must be given; publication is free, both are dated. Raise ConsentMissing, or
    DocumentTaken when the number has a record."""
    if not privacy:
        raise ConsentMissing
    account = make_record(new, now, password_hash=password_hash, state="active")
    give_consent(account.person_id, Purpose.PRIVACY, True, now)
    give_consent(account.person_id, Purpose.PUBLICATION, publication, now)
    record("person.sign-up", "person", account.person_id)
    return account


def find(document: Document) -> Person | None:
    """The record with this document number, of whatever kind: one number is one person."""
    return find_by_number(document.number)


def find_by_number(number: str) -> Person | None:
    """The record with a normalised number, or None."""
    return db.session.scalars(
        select(Person).where(Person.document_hash == secrets.document_hash(number)).limit(1)
    ).one_or_none()


def give_consent(person_id: int, purpose: Purpose, is_given: bool, now: datetime) -> None:
    """Note a yes or no to one purpose, with its date and the version of the text; earlier ones stay."""
    db.session.add(
        Consent(
            person_id=person_id,
            purpose=purpose.value,
            notice_version=NOTICE_VERSION,
            is_given=is_given,
            at=now,
        )
    )


@dataclass(frozen=True)
class Invitation:
    """What a liaison gets for each person. `code` is told once; '' when the person has an account already."""

    person_id: int
    code: str
    is_new: bool


def invite_person(new: NewPerson, *, now: datetime) -> Invitation:
    """Make a record for somebody else, who confirms it at the first sign-in with the code returned.

    Whoever has a record keeps it as it is (unit and phone too) and gets no code; an invited person
    who has not come yet gets a new one. Raise DocumentTaken when the record has another name."""
    person = find(new.document)
    if person is not None:
        if person.name != new.name:
            raise DocumentTaken
        account = db.session.scalars(select(Account).where(Account.person_id == person.id)).one_or_none()
        if account is None or account.state != "invited":
            return Invitation(person.id, "", False)
        return Invitation(person.id, issue_code(person.id, CodePurpose.FIRST_SIGN_IN, now=now), False)
    account = make_record(new, now, password_hash="", state="invited", must_confirm=True)
    record("person.invite", "person", account.person_id)
    code = issue_code(account.person_id, CodePurpose.FIRST_SIGN_IN, now=now)
    return Invitation(account.person_id, code, True)


def confirm(person_id: int, *, phone: str, wrong: str, publication: bool, now: datetime) -> None:
    """Somebody whom a liaison registered has checked the data and agreed to the notice.

    wrong: in words, what is not right; it becomes a wish that a reviewer looks into."""
    account = db.session.scalars(
        select(Account).where(Account.person_id == person_id).with_for_update()
    ).one()
    person = db.session.get_one(Person, person_id)
    account.must_confirm = False
    if phone:
        secrets.set_phone(account, person, phone)
    give_consent(person_id, Purpose.PRIVACY, True, now)
    give_consent(person_id, Purpose.PUBLICATION, publication, now)
    if wrong:
        db.session.add(
            PersonChange(
                person_id=person_id,
                kind="name",
                proposed={"words": wrong},
                reason=wrong,
                organisation_id=reviewer_unit(person),
                created_at=now,
            )
        )
    record("person.confirm", "person", person_id)


def make_record(
    new: NewPerson, now: datetime, *, password_hash: str, state: str, must_confirm: bool = False
) -> Account:
    """A person with an account; whoever made it for somebody else lets that person confirm it.

    Raise DocumentTaken when the number has a record, also when two come at once."""
    person = _insert_person(new, now)
    account = Account(
        person_id=person.id,
        password_hash=password_hash,
        state=state,
        must_confirm=must_confirm,
        created_at=now,
        auth_version=1,
    )
    secrets.set_phone(account, person, new.phone)
    db.session.add(account)
    db.session.flush()
    return account


_MADE = text(
    """
    INSERT INTO persons (name, pinyin, document_kind, document_cipher, document_hash, document_last4_hash,
                         document_mask, sex, born_on, unit_id, created_at)
    SELECT :name, :pinyin, :document_kind, :document_cipher, :document_hash, :document_last4_hash,
           :document_mask, :sex, CAST(:born_on AS date), CAST(:unit_id AS bigint), CAST(:created_at AS timestamptz)
    WHERE NOT EXISTS (SELECT FROM persons WHERE document_hash = :document_hash)
    ON CONFLICT DO NOTHING
    RETURNING id
    """
)
"""One number is one person, of whatever kind the document is; the unique index stands behind those at once."""


def _insert_person(new: NewPerson, now: datetime) -> Person:
    """The new row, detached: what the account's row needs of it."""
    person = Person(unit_id=new.unit_id, created_at=now)
    secrets.set_name(person, new.name)
    secrets.set_document(person, new.document)
    values = {name: value for name, value in vars(person).items() if not name.startswith("_")}
    made = db.session.scalar(_MADE, values)
    if made is None:
        raise DocumentTaken
    person.id = made
    return person


def reviewer_unit(person: Person) -> int | None:
    """The organisation whose union looks after a person: the unit, else the default reviewer."""
    return person.unit_id or organisations.default_reviewer_id()
