"""What other packages may ask of accounts."""

from webapp.accounts.rules.codes import CodePurpose
from webapp.accounts.service.codes import issue_code
from webapp.accounts.service.passwords import hash_password
from webapp.accounts.service.people import (
    Invitation,
    NewPerson,
    find,
    give_consent,
    invite_person,
    sign_up,
)
from webapp.accounts.service.secrets import document_number, phone_number
from webapp.accounts.service.sessions import end_sessions_of_person
from webapp.accounts.service.sign_in import closed_for

__all__ = [
    "CodePurpose",
    "Invitation",
    "NewPerson",
    "closed_for",
    "document_number",
    "end_sessions_of_person",
    "find",
    "give_consent",
    "hash_password",
    "invite_person",
    "issue_code",
    "phone_number",
    "sign_up",
]
