"""Queues that are handed on for a time: who may receive one, and what is handed on now."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from webapp.access.permissions import Permission, Role, ScopeKind
from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.contests.models import Event
from webapp.core.clock import SHANGHAI, datetime
from webapp.core.db import db
from webapp.core.i18n import pick
from webapp.organisations import queries as organisations
from webapp.organisations.models import Organisation, RoleGrant
from webapp.registration.models import ReviewDelegation
from webapp.registration.queries.scope import nodes_of

RECEIVERS_MOST = 200
PAST_SHOWN = 20


@dataclass(frozen=True)
class Receiver:
    """Somebody who can take a node's queue: a reviewer near it, or all reviewers of an organisation near it.

    key: 'node-p-person' or 'node-o-organisation', 'e' and an event in place of the node, as the form sends it."""

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
    """Who can take a queue of this person's nodes or events."""
    return (*_of_nodes(who), *_of_events(who))


def events_of(who: Principal) -> dict[int, str]:
    """The events whose organiser this person is, or is of, with their titles. Who organises a whole contest stands in
    everywhere anyway."""
    grants = who.scopes(Permission.CONFIRM_FOR_EVENT)
    ids = {grant.scope_id for grant in grants if grant.scope_kind is ScopeKind.EVENT}
    nodes = nodes_of(grants)
    if not ids and not nodes:
        return {}
    rows = db.session.execute(
        select(Event.id, Event.title)
        .where(
            Event.is_withdrawn.is_(False),
            or_(Event.id.in_(ids), Event.organiser_id.in_(organisations.below(nodes))),
        )
        .order_by(Event.contest_id, Event.position)
        .limit(RECEIVERS_MOST)
    )
    return {row.id: pick(row.title) for row in rows}


def _of_events(who: Principal) -> tuple[Receiver, ...]:
    """Other organisers of the same contests: they know its rules and hold the role already."""
    mine = events_of(who)
    if not mine:
        return ()
    here, there = aliased(Event), aliased(Event)
    rows = db.session.execute(
        select(here.id, RoleGrant.person_id)
        .join(there, there.contest_id == here.contest_id)
        .join(
            RoleGrant,
            or_(
                and_(RoleGrant.scope_kind == ScopeKind.EVENT.value, RoleGrant.scope_id == there.id),
                and_(RoleGrant.scope_kind == ScopeKind.CONTEST.value, RoleGrant.scope_id == there.contest_id),
                and_(
                    RoleGrant.scope_kind == ScopeKind.ORGANISATION.value,
                    RoleGrant.scope_id == there.organiser_id,
                ),
            ),
        )
        .where(
            here.id.in_(mine),
            there.is_withdrawn.is_(False),
            RoleGrant.role == Role.ORGANISER.value,
            RoleGrant.revoked_at.is_(None),
            RoleGrant.person_id != who.person_id,
        )
        .distinct()
        .order_by(here.id, RoleGrant.person_id)
        .limit(RECEIVERS_MOST)
    ).all()
    cards = people.cards(row.person_id for row in rows)
    units = organisations.names(card.unit_id for card in cards.values() if card.unit_id is not None)
    return tuple(
        Receiver(
            f"e{row.id}-p-{row.person_id}",
            mine[row.id],
            f"{cards[row.person_id].name}（{units.get(cards[row.person_id].unit_id or 0, '—')}）",
            False,
        )
        for row in rows
    )


def _of_nodes(who: Principal) -> tuple[Receiver, ...]:
    """Reviewers and organisations at the node itself, above, beside and below it; oneself never. Three statements,
    whatever the number."""
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
    """What this person's nodes and events have handed on and what they have received, the latest first."""
    nodes = nodes_of(who.scopes(Permission.REVIEW_APPLICATIONS))
    mine = events_of(who)
    rows = db.session.scalars(
        select(ReviewDelegation)
        .where(
            or_(
                ReviewDelegation.organisation_id.in_(nodes),
                ReviewDelegation.event_id.in_(mine),
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
    titles = {
        row.id: pick(row.title)
        for row in db.session.execute(
            select(Event.id, Event.title).where(Event.id.in_([row.event_id for row in rows if row.event_id]))
        )
    }
    cards = people.cards(row.to_person_id for row in rows if row.to_person_id is not None)
    givers = people.names_of_accounts(row.given_by_account_id for row in rows if row.given_by_account_id)
    return tuple(
        DelegationRow(
            row.id,
            titles[row.event_id] if row.event_id else names.get(row.organisation_id or 0, ""),
            cards[row.to_person_id].name
            if row.to_person_id is not None
            else names.get(row.to_organisation_id or 0, ""),
            (row.until_at - timedelta(seconds=1)).astimezone(SHANGHAI).date(),
            row.why,
            givers.get(row.given_by_account_id or 0, ""),
            row.organisation_id in nodes or row.event_id in mine,
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
