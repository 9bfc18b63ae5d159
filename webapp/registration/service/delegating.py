"""Handing a queue of the review to somebody else for a time, and taking it back."""

from datetime import date, time, timedelta

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.audit.service import record
from webapp.core.clock import SHANGHAI, datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.words import N_
from webapp.notifications.service import notify_many
from webapp.organisations import queries as organisations
from webapp.registration.errors import (
    DelegationEnded,
    DelegationTimeWrong,
    DelegationUnfit,
    ReasonMissing,
)
from webapp.registration.models import ReviewDelegation
from webapp.registration.queries import delegations as queries
from webapp.registration.queries import events
from webapp.registration.queries.scope import nodes_of

DAYS_MOST = 60


def hand_on(who: Principal, key: str, last_day: date | None, why: str, now: datetime) -> ReviewDelegation:
    """Give a node's queue to a receiver until the end of `last_day` in Shanghai; the node keeps seeing it too.

    key: one of `queries.receivers`. Raise DelegationUnfit, DelegationTimeWrong or ReasonMissing."""
    if key not in {receiver.key for receiver in queries.receivers(who)}:
        raise DelegationUnfit
    today = now.astimezone(SHANGHAI).date()
    if last_day is None or not today <= last_day <= today + timedelta(days=DAYS_MOST):
        raise DelegationTimeWrong(most=DAYS_MOST)
    if not why.strip():
        raise ReasonMissing
    node, kind, receiver = key.split("-")
    is_event = node.startswith("e")
    made = ReviewDelegation(
        organisation_id=None if is_event else int(node),
        event_id=int(node[1:]) if is_event else None,
        to_person_id=int(receiver) if kind == "p" else None,
        to_organisation_id=int(receiver) if kind == "o" else None,
        from_at=now,
        until_at=datetime.combine(last_day + timedelta(days=1), time(), tzinfo=SHANGHAI),
        why=why.strip(),
        given_by_account_id=who.account_id,
        given_at=now,
    )
    db.session.add(made)
    db.session.flush()
    record(
        "review.delegate", *_queue(made), why, delegation_id=made.id,
        to_person_id=made.to_person_id, to_organisation_id=made.to_organisation_id,
        until=made.until_at.isoformat(),
    )  # fmt: skip
    name: object = (
        events.context(made.event_id).title
        if made.event_id
        else organisations.names([made.organisation_id or 0]).get(made.organisation_id or 0, "")
    )
    notify_many(
        [(person_id, {"node": name, "until": last_day.isoformat()}) for person_id in queries.people_of(made)],
        N_("%(node)s has handed its review queue to you until %(until)s."),
        "/staff/review",
    )
    return made


def end(who: Principal, delegation_id: int, now: datetime) -> None:
    """Take a queue back, or give it back. Raise NotFound for what is not this person's, DelegationEnded."""
    row = db.session.get(ReviewDelegation, delegation_id, with_for_update=True)
    nodes = nodes_of(who.scopes(Permission.REVIEW_APPLICATIONS))
    if row is None or not (
        row.to_person_id == who.person_id
        or {row.organisation_id, row.to_organisation_id} & nodes
        or row.event_id in queries.events_of(who)
    ):
        raise NotFound
    if row.ended_at is not None or row.until_at <= now:
        raise DelegationEnded
    row.ended_at, row.ended_by_account_id = now, who.account_id
    record("review.delegation-end", *_queue(row), delegation_id=row.id)


def _queue(row: ReviewDelegation) -> tuple[str, int]:
    """What the audit calls the queue: a node of the union tree, or an event."""
    return ("event", row.event_id) if row.event_id else ("organisation", row.organisation_id or 0)
