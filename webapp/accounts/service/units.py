"""Merging units that are one: people, roles and children follow."""

from sqlalchemy import update

from webapp.accounts.models import IdentityClaim, Person, PersonChange
from webapp.core.db import db
from webapp.organisations import service as organisation_service


def merge_units(organisation_id: int, into_id: int, *, why: str) -> int:
    """One organisation is really another: move its people, open wishes and claims; return how many people.

    Raise PlaceImpossible when one stands above the other, NotFound."""
    organisation_service.mark_merged(organisation_id, into_id, why)
    for table in (PersonChange, IdentityClaim):
        db.session.execute(
            update(table).where(table.organisation_id == organisation_id).values(organisation_id=into_id)
        )
    moved = db.session.execute(
        update(Person).where(Person.unit_id == organisation_id).values(unit_id=into_id).returning(Person.id)
    )
    return len(moved.all())
