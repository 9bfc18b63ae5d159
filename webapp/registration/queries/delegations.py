"""Queues that are handed on for a time: who may receive one, and what is handed on now."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select

from webapp.access.permissions import Permission, Role, ScopeKind
from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.core.clock import SHANGHAI, datetime
from webapp.core.db import db
from webapp.organisations import queries as organisations
from webapp.organisations.models import Organisation, RoleGrant
from webapp.registration.models import ReviewDelegation
from webapp.registration.queries.reviewing import nodes_of

RECEIVERS_MOST = 200
PAST_SHOWN = 20


@dataclass(frozen=True)
class Receiver:
    """Somebody who can take a node's queue: a reviewer near it, or all reviewers of an organisation near it.

    key: 'node-p-person' or 'node-o-organisation', as the form sends it."""

    key: str
    node_name: str
    name: str
    is_organisation: bool


@dataclass(frozen=True)
class DelegationRow:
    """One delegation in words. last_day: in Shanghai, the whole of it; is_mine: given by a node of mine, else
    received."""

    delegation_id: int
    node: str
    receiver: str
    last_day: date
    why: str
    given_by: str
    is_mine: bool
    is_active: bool


def receivers(who: Principal) -> tuple[Receiver, ...]:
    """Who can take a queue of this person's nodes: reviewers and organisations at the node itself, above, beside
    and below it; oneself never. Three statements, whatever the number."""
    nodes = sorted(nodes_of(who.scopes(Permission.REVIEW_APPLICATIONS)))
    if not nodes:
        return ()
    node = select(Organisation.id, Organisation.parent_id).where(Organisation.id.in_(nodes)).subquery()
    rows = db.session.execute(
        select(node.c.id.label("node"), Organisation.id, Organisation.name, RoleGrant.person_id)
        .join(
            Organisation,
            or_(
                Organisation.id == node.c.id,
                Organisation.id == node.c.parent_id,
                Organisation.parent_id == node.c.parent_id,
                Organisation.parent_id == node.c.id,
            ),
        )
        .join(RoleGrant, RoleGrant.scope_id == Organisation.id)
        .where(
            RoleGrant.role == Role.UNION_REVIEWER.value,
            RoleGrant.scope_kind == ScopeKind.ORGANISATION.value,
            RoleGrant.revoked_at.is_(None),
            RoleGrant.person_id != who.person_id,
        )
        .order_by(node.c.id, Organisation.id, RoleGrant.person_id)
        .limit(RECEIVERS_MOST)
    ).all()
    names = organisations.names(nodes)
    cards = people.cards(row.person_id for row in rows)
    found: dict[str, Receiver] = {}
    for row in rows:
        if row.id != row.node:
            key = f"{row.node}-o-{row.id}"
            found.setdefault(key, Receiver(key, names[row.node], row.name, True))
        key = f"{row.node}-p-{row.person_id}"
        name = f"{cards[row.person_id].name}（{row.name}）"
        found.setdefault(key, Receiver(key, names[row.node], name, False))
    return tuple(sorted(found.values(), key=lambda one: (one.node_name, not one.is_organisation)))


def delegations(who: Principal, now: datetime) -> tuple[DelegationRow, ...]:
    """What this person's nodes have handed on and what they have received, the latest first."""
    nodes = nodes_of(who.scopes(Permission.REVIEW_APPLICATIONS))
    rows = db.session.scalars(
        select(ReviewDelegation)
        .where(
            or_(
                ReviewDelegation.organisation_id.in_(nodes),
                ReviewDelegation.to_organisation_id.in_(nodes),
                ReviewDelegation.to_person_id == who.person_id,
            )
        )
        .order_by(ReviewDelegation.until_at.desc(), ReviewDelegation.id.desc())
        .limit(PAST_SHOWN)
    ).all()
    names = organisations.names(
        one for row in rows for one in (row.organisation_id, row.to_organisation_id) if one is not None
    )
    cards = people.cards(row.to_person_id for row in rows if row.to_person_id is not None)
    givers = people.names_of_accounts(row.given_by_account_id for row in rows if row.given_by_account_id)
    return tuple(
        DelegationRow(
            row.id,
            names.get(row.organisation_id, ""),
            cards[row.to_person_id].name
            if row.to_person_id is not None
            else names.get(row.to_organisation_id or 0, ""),
            (row.until_at - timedelta(seconds=1)).astimezone(SHANGHAI).date(),
            row.why,
            givers.get(row.given_by_account_id or 0, ""),
            row.organisation_id in nodes,
            row.ended_at is None and row.until_at > now,
        )
        for row in rows
    )


def people_of(delegation: ReviewDelegation) -> list[int]:
    """The people who now have the queue."""
    if delegation.to_person_id is not None:
        return [delegation.to_person_id]
    return list(
        db.session.scalars(
            select(RoleGrant.person_id)
            .where(
                RoleGrant.role == Role.UNION_REVIEWER.value,
                RoleGrant.scope_kind == ScopeKind.ORGANISATION.value,
                RoleGrant.scope_id == delegation.to_organisation_id,
                RoleGrant.revoked_at.is_(None),
            )
            .distinct()
        )
    )
