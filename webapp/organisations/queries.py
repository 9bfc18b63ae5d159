"""Reading the tree and the roles in it."""

from collections.abc import Sequence

from sqlalchemy import Row, select

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


def ancestors(organisation_id: int) -> Sequence[Organisation]:
    """The organisation and all above it as rows, nearest first."""
    return db.session.scalars(
        select(Organisation)
        .join(OrganisationClosure, OrganisationClosure.ancestor_id == Organisation.id)
        .where(OrganisationClosure.descendant_id == organisation_id)
        .order_by(OrganisationClosure.depth)
    ).all()
