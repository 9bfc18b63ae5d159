"""Whom to tell: the liaisons of units, and who acts for a leader."""

from collections.abc import Collection

from sqlalchemy import text

from webapp.core.db import db

_LIAISONS = text(
    """
    SELECT u.id AS enrolment_id, g.person_id
    FROM campaign_units u
    JOIN role_grants g ON g.role = 'unit-liaison' AND g.scope_kind = 'organisation' AND g.scope_id = u.unit_id
      AND g.revoked_at IS NULL
    WHERE u.id = ANY(:ids) ORDER BY u.id, g.person_id
    """
)
_LEADERS = text(
    """
    SELECT DISTINCT g.person_id FROM role_grants g
    WHERE g.role IN ('union-reviewer', 'organiser') AND g.scope_kind = 'organisation' AND g.scope_id = :id
      AND g.revoked_at IS NULL ORDER BY g.person_id
    """
)


def liaisons(enrolment_ids: Collection[int]) -> list[tuple[int, int]]:
    """(enrolment, person) of the liaisons that these units have themselves."""
    rows = db.session.execute(_LIAISONS, {"ids": list(enrolment_ids)})
    return [(row.enrolment_id, row.person_id) for row in rows]


def leaders(organisation_id: int) -> list[int]:
    """The people who act for an organisation."""
    return list(db.session.scalars(_LEADERS, {"id": organisation_id}))
