"""Document numbers and phones on their way into and out of the database.

Owners (the associated data that ties a ciphertext to its row): 'person:<document hash>' for the
document number, 'phone:<document hash>' for the phone of that person's account, 'change:<person id>'
for a proposed value, 'claim:<reference>' for a claimant's phone, 'totp:<account id>' for a second factor."""

from webapp.accounts.models import Account, Person
from webapp.accounts.rules import phones
from webapp.accounts.rules.documents import Document
from webapp.core.crypto import keyring
from webapp.core.pinyin import pinyin_key


def document_hash(number: str) -> bytes:
    """The keyed hash a normalised document number is found by."""
    return keyring().lookup_hash(number, "document")


def last4_hash(last4: str) -> bytes:
    """The keyed hash of the last four characters, for staff who search with a name beside it."""
    return keyring().lookup_hash(last4.upper(), "document-last4")


def phone_hash(phone: str) -> bytes:
    """The keyed hash a normalised phone is found by."""
    return keyring().lookup_hash(phone, "phone")


def set_name(person: Person, name: str) -> None:
    """Give a person a cleaned name and the key that sorts it."""
    person.name = name
    person.pinyin = pinyin_key(name)


def set_document(person: Person, document: Document) -> None:
    """Give a person a checked document. What else is sealed under the old one is the caller's to reseal."""
    hashed = document_hash(document.number)
    person.document_kind = document.kind.value
    person.document_hash = hashed
    person.document_cipher = keyring().encrypt(document.number, f"person:{hashed.hex()}")
    person.document_last4_hash = last4_hash(document.last4)
    person.document_mask = document.mask
    person.sex = document.sex
    person.born_on = document.born_on


def document_number(person: Person) -> str:
    """The plain number. For the person itself and for checks, never for a list or a log."""
    return keyring().decrypt(person.document_cipher, f"person:{person.document_hash.hex()}")


def set_phone(account: Account, person: Person, phone: str) -> None:
    """Give an account a cleaned phone; '' takes it away."""
    account.phone_cipher = keyring().encrypt(phone, f"phone:{person.document_hash.hex()}") if phone else None
    account.phone_hash = phone_hash(phone) if phone else None
    account.phone_mask = phones.mask(phone) if phone else ""


def phone_number(account: Account, person: Person) -> str:
    """The plain phone of an account, or ''."""
    if account.phone_cipher is None:
        return ""
    return keyring().decrypt(account.phone_cipher, f"phone:{person.document_hash.hex()}")
