"""The first administrator, made from the command line."""

from contextlib import suppress

from webapp.access.permissions import Role, ScopeKind
from webapp.accounts.rules.documents import Document
from webapp.accounts.service import people
from webapp.accounts.service.passwords import hash_password
from webapp.core.clock import datetime
from webapp.organisations.errors import RoleHeld
from webapp.organisations.service import grant_role


def make_administrator(name: str, document: Document, phone: str, password: str, *, now: datetime) -> bool:
    """Give the person with this document the administrator's role over everything.

    Without a record one is made; data and consent are confirmed at the first sign-in. Return whether
    it was made. Checks of name and password are the caller's."""
    person = people.find(document)
    is_new = person is None
    if person is None:
        account = people.make_record(
            people.NewPerson(name, document, phone, None),
            now,
            password_hash=hash_password(password),
            state="active",
            must_confirm=True,
        )
        person_id = account.person_id
    else:
        person_id = person.id
    with suppress(RoleHeld):
        grant_role(
            person_id, Role.ADMINISTRATOR, ScopeKind.EVERYTHING, why="command line", actor="jiangsai admin"
        )
    return is_new
