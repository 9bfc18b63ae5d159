"""What a merge of two organisations would move, and which merges wait."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.organisations import queries as organisations
from webapp.registration.models import OrganisationMerge

SHOWN = 100

_EFFECT = text(
    """
    SELECT m.id,
        (SELECT count(*) FROM persons WHERE unit_id = m.id) AS people,
        (SELECT count(*) FROM organisations WHERE parent_id = m.id) AS children,
        (SELECT count(*) FROM role_grants
         WHERE scope_kind = 'organisation' AND scope_id = m.id AND revoked_at IS NULL) AS roles,
        (SELECT count(*) FROM person_changes WHERE organisation_id = m.id AND state = 'open')
            + (SELECT count(*) FROM identity_claims WHERE organisation_id = m.id AND state = 'open') AS wishes,
        (SELECT count(*) FROM applications
         WHERE state IN ('in_review', 'returned')
           AND chain @> jsonb_build_array(jsonb_build_object('organisation_id', m.id))) AS reviews,
        (SELECT count(*) FROM applications WHERE unit_id = m.id) AS applications,
        (SELECT count(*) FROM participations WHERE unit_id = m.id) AS participations
    FROM unnest(CAST(:ids AS bigint[])) AS m(id)
    """
)


@dataclass(frozen=True)
class Effect:
    """What moves: people, children, roles, wishes (open changes and claims), reviews (applications that pass
    the organisation). What keeps the unit of its time: applications, participations."""

    people: int
    children: int
    roles: int
    wishes: int
    reviews: int
    applications: int
    participations: int


@dataclass(frozen=True)
class MergeRow:
    """One merge in words."""

    merge_id: int
    name: str
    into: str
    why: str
    state: str
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    effect: Effect | None
    moved: dict[str, Any]
    may_decide: bool


def effect(organisation_id: int) -> Effect:
    """What merging this organisation into another would move. One statement."""
    return _effects([organisation_id])[organisation_id]


def _effects(organisation_ids: Iterable[int]) -> dict[int, Effect]:
    rows = db.session.execute(_EFFECT, {"ids": list(organisation_ids)}).mappings()
    return {row["id"]: Effect(**{kind: row[kind] for kind in row if kind != "id"}) for row in rows}


def merges(who: Principal) -> tuple[MergeRow, ...]:
    """The latest merges of organisations that this person manages, those that wait first; a fixed number of
    statements."""
    grants = who.scopes(Permission.MANAGE_ORGANISATIONS)
    rows = list(
        db.session.scalars(
            select(OrganisationMerge)
            .where(
                organisations.within(OrganisationMerge.organisation_id, grants),
                organisations.within(OrganisationMerge.into_id, grants),
            )
            .order_by((OrganisationMerge.state == "waiting").desc(), OrganisationMerge.id.desc())
            .limit(SHOWN)
        )
    )
    effects = _effects(row.organisation_id for row in rows if row.state == "waiting")
    names = organisations.names({one for row in rows for one in (row.organisation_id, row.into_id)})
    accounts = people.names_of_accounts(
        one for row in rows for one in (row.asked_by_account_id, row.decided_by_account_id) if one
    )
    return tuple(
        MergeRow(
            row.id,
            names.get(row.organisation_id, ""),
            names.get(row.into_id, ""),
            row.why,
            row.state,
            accounts.get(row.asked_by_account_id, ""),
            row.asked_at,
            accounts.get(row.decided_by_account_id or 0, ""),
            row.decided_at,
            effects.get(row.organisation_id),
            row.moved,
            row.state == "waiting" and row.asked_by_account_id != who.account_id,
        )
        for row in rows
    )


def load(who: Principal, merge_id: int) -> OrganisationMerge:
    """A merge of organisations that this person manages. Raise NotFound for any other id."""
    found = db.session.get(OrganisationMerge, merge_id)
    if found is None or not may_manage(who, found):
        raise NotFound
    return found


def may_manage(who: Principal, merge: OrganisationMerge) -> bool:
    """Whether both organisations lie in the scope of this administrator."""
    return _covers(who, organisations.path(merge.organisation_id), organisations.path(merge.into_id))


def _covers(who: Principal, *paths: tuple[int, ...]) -> bool:
    return all(who.allows(Permission.MANAGE_ORGANISATIONS, organisation_path=path) for path in paths)
