"""Who may decide on the rules of a contest, and the names behind accounts."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text

from webapp.access.permissions import ROLE_PERMISSIONS, Permission
from webapp.core.db import db
from webapp.core.errors import NotFound

_DECIDERS = text(
    """
    SELECT DISTINCT g.person_id FROM role_grants g
    JOIN accounts a ON a.person_id = g.person_id AND a.state = 'active'
    WHERE g.revoked_at IS NULL AND g.role = ANY(:roles)
      AND (g.scope_kind = 'everything' OR g.scope_kind = 'contest' AND g.scope_id = :contest_id)
    """
)
_NAMES = text(
    "SELECT a.id, a.person_id, p.name FROM accounts a JOIN persons p ON p.id = a.person_id WHERE a.id = ANY(:ids)"
)
ROLES = [role.value for role, held in ROLE_PERMISSIONS.items() if Permission.MANAGE_CONTESTS in held]


@dataclass(frozen=True)
class Named:
    """The person behind an account."""

    person_id: int
    name: str


def persons_deciding(contest_id: int) -> set[int]:
    """Ids of the people who may change the rules of this contest."""
    return set(db.session.scalars(_DECIDERS, {"roles": ROLES, "contest_id": contest_id}))


def named_accounts(account_ids: Iterable[int | None]) -> dict[int, Named]:
    """The people behind accounts, by account id. One statement, none without accounts."""
    ids = sorted({one for one in account_ids if one is not None})
    rows = db.session.execute(_NAMES, {"ids": ids}) if ids else ()
    return {row.id: Named(row.person_id, row.name) for row in rows}


def person_of_account(account_id: int) -> Named:
    """The person behind one account. Raise NotFound."""
    found = named_accounts([account_id]).get(account_id)
    if found is None:
        raise NotFound
    return found
