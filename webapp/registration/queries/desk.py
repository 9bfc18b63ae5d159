"""What the help desk asks about taking part."""

from collections.abc import Sequence

from sqlalchemy import CompoundSelect, or_, select, union

from webapp.access.permissions import Grant, ScopeKind
from webapp.core.db import db
from webapp.registration.models import Application, Participation


def ids_of_number(number: str) -> list[int]:
    """The persons who carry this contestant number, one in each contest at most."""
    return list(
        db.session.scalars(
            select(Participation.person_id).where(Participation.number == number).distinct().limit(50)
        )
    )


def ids_within(grants: Sequence[Grant]) -> CompoundSelect[int]:
    """People who have applied for, or are in, an event that lies in a contest or event scope."""
    contests = [grant.scope_id for grant in grants if grant.scope_kind is ScopeKind.CONTEST]
    events = [grant.scope_id for grant in grants if grant.scope_kind is ScopeKind.EVENT]
    return union(
        *(
            select(table.person_id).where(or_(table.contest_id.in_(contests), table.event_id.in_(events)))
            for table in (Application, Participation)
        )
    )


def takes_part_within(person_id: int, grants: Sequence[Grant]) -> bool:
    """Whether the person is among these."""
    inside = ids_within(grants).subquery()
    return db.session.scalar(select(inside.c.person_id).where(inside.c.person_id == person_id)) is not None
