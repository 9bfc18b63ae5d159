"""Telling the people of an organisation what happened to its application."""

from typing import Any

from sqlalchemy import text

from webapp.access.permissions import ROLE_PERMISSIONS, Permission
from webapp.core.db import db
from webapp.hosting.models import HostingApplication
from webapp.notifications.service import notify_all

_REPRESENTATIVES = text(
    """
    SELECT DISTINCT person_id FROM role_grants WHERE revoked_at IS NULL AND role = ANY(:roles)
    AND scope_kind = 'organisation' AND scope_id = :organisation_id
    """
)
_WRITERS = text("SELECT DISTINCT person_id FROM accounts WHERE id = ANY(:ids)")


def tell_organisation(
    organisation_id: int, words: str, told: dict[str, Any], link: str, also: tuple[int, ...] = ()
) -> int:
    """Leave a notice for everybody who applies for this organisation, and for these accounts; return how many."""
    people = set(
        db.session.scalars(_REPRESENTATIVES, {"roles": applying_roles(), "organisation_id": organisation_id})
    ) | set(db.session.scalars(_WRITERS, {"ids": list(also)}))
    notify_all(people, words, told, link)
    return len(people)


def tell_applicant(row: HostingApplication, words: str, told: dict[str, Any]) -> int:
    """Leave a notice for those who apply for the lead of an application, and who began or sent it."""
    also = tuple(one for one in (row.begun_by_account_id, row.sent_by_account_id) if one)
    return tell_organisation(row.organisation_id, words, told, f"/staff/hosting/own/{row.id}", also)


def applying_roles() -> list[str]:
    """Roles that apply for an organisation."""
    return [role.value for role, held in ROLE_PERMISSIONS.items() if Permission.APPLY_TO_HOST in held]
