"""Reading the tree and the roles in it."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Row, Select, select

from webapp.core.db import db
from webapp.organisations.models import Organisation, OrganisationClosure, RoleGrant


def active_grants(person_id: int) -> Sequence[Row[str, str, int]]:
    """(role, scope_kind, scope_id) of every role a person holds now."""
    return db.session.execute(
        select(RoleGrant.role, RoleGrant.scope_kind, RoleGrant.scope_id).where(
            RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None)
        )
    ).all()


def path(organisation_id: int) -> tuple[int, ...]:
    """The organisation and all above it, nearest first."""
    return tuple(
        db.session.scalars(
            select(OrganisationClosure.ancestor_id)
            .where(OrganisationClosure.descendant_id == organisation_id)
            .order_by(OrganisationClosure.depth)
        )
    )


def below(organisation_ids: Iterable[int]) -> Select[int]:
    """Ids of these organisations and all below them, as a sub-select."""
    return select(OrganisationClosure.descendant_id).where(
        OrganisationClosure.ancestor_id.in_(set(organisation_ids))
    )


def name_paths(organisation_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The names from the top of the tree down to each organisation, in one statement."""
    wanted = set(organisation_ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(OrganisationClosure.descendant_id, Organisation.name)
        .join(Organisation, Organisation.id == OrganisationClosure.ancestor_id)
        .where(OrganisationClosure.descendant_id.in_(wanted))
        .order_by(OrganisationClosure.descendant_id, OrganisationClosure.depth.desc())
    )
    found: dict[int, tuple[str, ...]] = {}
    for row in rows:
        found[row.descendant_id] = (*found.get(row.descendant_id, ()), row.name)
    return found


def ancestors(organisation_id: int) -> Sequence[Organisation]:
    """The organisation and all above it as rows, nearest first."""
    return db.session.scalars(
        select(Organisation)
        .join(OrganisationClosure, OrganisationClosure.ancestor_id == Organisation.id)
        .where(OrganisationClosure.descendant_id == organisation_id)
        .order_by(OrganisationClosure.depth)
    ).all()
