"""Who sees which application, and who may decide on it, as conditions of a statement.

A union reviewer sees the applications of the scope's units and those that wait at its nodes; an organiser sees those
of the event; either also what was handed to them, or has gone to them because it is overdue."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    SQLColumnExpression,
    and_,
    cast,
    false,
    or_,
    select,
    true,
    union,
)

from webapp.access.permissions import Grant, Permission, ScopeKind
from webapp.access.principal import Principal
from webapp.core import clock
from webapp.organisations import queries as organisations
from webapp.organisations.models import Organisation
from webapp.registration.models import Application, ReviewDecision, ReviewDelegation, ReviewEscalation
from webapp.registration.queries import overdue
from webapp.registration.rules.review import ORGANISER, State

AWAITED_LEVEL = Application.chain.op("->")(Application.step).op("->>")("level")
IS_AT_ORGANISER = AWAITED_LEVEL == ORGANISER
LAST_ORGANISATION = cast(Application.chain.op("->")(-1).op("->>")("organisation_id"), BigInteger)


def visible(who: Principal) -> ColumnElement[bool]:
    """The applications this person may look at."""
    reviewing = who.scopes(Permission.REVIEW_APPLICATIONS)
    parts: list[ColumnElement[bool]] = [
        _within(reviewing, Application.unit_id),
        _within(reviewing, Application.awaiting_organisation_id),
        _of_event(who.scopes(Permission.CONFIRM_FOR_EVENT), LAST_ORGANISATION),
    ]
    if reviewing:
        parts += [and_(Application.state == State.IN_REVIEW, delegated(who)), _decided_for_others(who)]
    if who.scopes(Permission.CONFIRM_FOR_EVENT):
        parts += [
            and_(Application.state == State.IN_REVIEW, IS_AT_ORGANISER, _of_delegated_event(who)),
            _decided_for_others(who),
        ]
    return or_(*parts)


def decidable(who: Principal) -> ColumnElement[bool]:
    """The applications that wait for a decision this person may make.

    Who has no event to confirm for is asked nothing about events: the index of the queue serves no OR."""
    part = and_(~IS_AT_ORGANISER, _awaits_reviewer(who))
    confirming = who.scopes(Permission.CONFIRM_FOR_EVENT)
    if confirming:
        part = or_(
            part,
            and_(
                IS_AT_ORGANISER,
                or_(_of_event(confirming, Application.awaiting_organisation_id), _of_delegated_event(who)),
            ),
            and_(~IS_AT_ORGANISER, _gone_to_organiser(who)),
        )
    return and_(Application.state == State.IN_REVIEW, Application.person_id != who.person_id, part)


def awaiting_me(who: Principal) -> ColumnElement[bool]:
    """Of what this person may decide, what waits at exactly the nodes of their scopes."""
    return and_(decidable(who), at_me(who))


def at_me(who: Principal) -> ColumnElement[bool]:
    """Of what is `decidable`, what stands in the person's own list."""
    grants = who.scopes(Permission.REVIEW_APPLICATIONS)
    if any(grant.scope_kind is ScopeKind.EVERYTHING for grant in grants):
        return true()
    return or_(
        IS_AT_ORGANISER,
        Application.awaiting_organisation_id.in_(nodes_of(grants)),
        delegated(who),
        _gone_to_me(who),
    )


def _gone_to_me(who: Principal) -> ColumnElement[bool]:
    """Overdue for so long that it stands in the list of this person's nodes, or of their events."""
    nodes: CompoundSelect[Any] = union(
        select(Organisation.id).where(
            Organisation.id.in_(nodes_of(who.scopes(Permission.REVIEW_APPLICATIONS)))
        ),
        _delegated_nodes(who),
    )
    listed = overdue.is_escalated(
        ReviewEscalation.listed_at <= clock.now(), ReviewEscalation.to_organisation_id.in_(nodes)
    )
    return or_(listed, _gone_to_organiser(who, ReviewEscalation.listed_at <= clock.now()))


def _gone_to_organiser(who: Principal, *further: ColumnElement[bool]) -> ColumnElement[bool]:
    """Overdue at a union, and the organiser whom this person confirms for was told."""
    confirming = who.scopes(Permission.CONFIRM_FOR_EVENT)
    if not confirming:
        return false()
    return and_(
        _of_event(confirming, LAST_ORGANISATION),
        overdue.is_escalated(ReviewEscalation.to_level == ORGANISER, *further),
    )


def delegated(who: Principal) -> ColumnElement[bool]:
    """What waits at a node that has handed its queue to this person, or to the organisation they review for."""
    grants = who.scopes(Permission.REVIEW_APPLICATIONS)
    if not grants:
        return false()
    return Application.awaiting_organisation_id.in_(_delegated_nodes(who))


def nodes_of(grants: Iterable[Grant]) -> frozenset[int]:
    """The organisations that these grants are limited to."""
    return frozenset(grant.scope_id for grant in grants if grant.scope_kind is ScopeKind.ORGANISATION)


def _awaits_reviewer(who: Principal) -> ColumnElement[bool]:
    """Waits at or below a node of mine, or at one that was handed to me: one list of nodes, so that the index
    of the queue serves it."""
    grants = who.scopes(Permission.REVIEW_APPLICATIONS)
    if any(grant.scope_kind is ScopeKind.EVERYTHING for grant in grants):
        return true()
    if not grants:
        return false()
    return Application.awaiting_organisation_id.in_(
        union(organisations.below(nodes_of(grants)), _delegated_nodes(who))
    )


def _delegated_nodes(who: Principal) -> Select[int | None]:
    now = clock.now()
    return select(ReviewDelegation.organisation_id).where(
        _received(who),
        ReviewDelegation.ended_at.is_(None),
        ReviewDelegation.from_at <= now,
        ReviewDelegation.until_at > now,
    )


def _of_delegated_event(who: Principal) -> ColumnElement[bool]:
    """Of an event whose organiser has handed its queue to this person."""
    now = clock.now()
    return Application.event_id.in_(
        select(ReviewDelegation.event_id).where(
            ReviewDelegation.event_id.is_not(None),
            ReviewDelegation.to_person_id == who.person_id,
            ReviewDelegation.ended_at.is_(None),
            ReviewDelegation.from_at <= now,
            ReviewDelegation.until_at > now,
        )
    )


def _received(who: Principal) -> ColumnElement[bool]:
    nodes = nodes_of(who.scopes(Permission.REVIEW_APPLICATIONS))
    return or_(ReviewDelegation.to_person_id == who.person_id, ReviewDelegation.to_organisation_id.in_(nodes))


def _decided_for_others(who: Principal) -> ColumnElement[bool]:
    """What this person decided for a node that had handed over its queue stays visible to them."""
    return Application.id.in_(
        select(ReviewDecision.application_id).where(
            ReviewDecision.reviewer_account_id == who.account_id,
            or_(
                ReviewDecision.organisation_id.in_(
                    select(ReviewDelegation.organisation_id).where(_received(who))
                ),
                and_(
                    ReviewDecision.level == ORGANISER,
                    Application.event_id.in_(
                        select(ReviewDelegation.event_id).where(
                            ReviewDelegation.to_person_id == who.person_id,
                            ReviewDelegation.event_id.is_not(None),
                        )
                    ),
                ),
            ),
        )
    )


def _within(grants: Iterable[Grant], column: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """The organisation in `column` lies at or below the scope of one of the grants."""
    grants = tuple(grants)
    if any(grant.scope_kind is ScopeKind.EVERYTHING for grant in grants):
        return true()
    scopes = {grant.scope_id for grant in grants if grant.scope_kind is ScopeKind.ORGANISATION}
    return column.in_(organisations.below(scopes)) if scopes else false()


def _of_event(grants: Iterable[Grant], organiser: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """The event, its contest or its organiser lies in the scope of one of the grants."""
    grants = tuple(grants)
    by_kind = {
        kind: {grant.scope_id for grant in grants if grant.scope_kind is kind}
        for kind in (ScopeKind.EVENT, ScopeKind.CONTEST)
    }
    return or_(
        _within(grants, organiser),
        Application.event_id.in_(by_kind[ScopeKind.EVENT]) if by_kind[ScopeKind.EVENT] else false(),
        Application.contest_id.in_(by_kind[ScopeKind.CONTEST]) if by_kind[ScopeKind.CONTEST] else false(),
    )
