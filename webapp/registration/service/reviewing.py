"""What reviewers do: claim, confirm, return, refuse, one by one or many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from webapp.access.interests import Deed, require_no_conflict
from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.audit.service import record
from webapp.core import idempotency
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import DomainError
from webapp.core.words import N_, Message
from webapp.notifications.service import notify
from webapp.registration.errors import (
    AlreadyDecided,
    ApplicationGone,
    ClaimedByOther,
    CompetesInEvent,
    ExceptionReasonMissing,
    NotEligible,
    OfOwnUnit,
    OwnApplication,
    ReasonMissing,
    ReasonTooLong,
)
from webapp.registration.models import Application, ReviewDecision
from webapp.registration.queries import applications, events, reviewing, scope, winners
from webapp.registration.queries.events import EventContext
from webapp.registration.rules.eligibility import PersonFacts, earlier_wins, hard
from webapp.registration.rules.review import (
    Action,
    Decision,
    State,
    action_of,
    after,
    is_of_own_unit,
    read_chain,
    reason_is_needed,
)
from webapp.registration.service.admission import admit, leave

CLAIM_FOR = timedelta(minutes=15)
CLAIM_MOST = 50
REASON_MOST = 500
BULK_MOST = 200

NOTICES = {
    Action.HAND_ON: N_("One more review of your registration for “%(event)s” is done; the next one follows."),
    Action.COMPLETE: N_(
        "Your registration for “%(event)s” is confirmed. Your contestant number is on the page."
    ),
    Action.RETURN: N_("Your registration for “%(event)s” was returned for correction: %(reason)s"),
    Action.REFUSE: N_("Your registration for “%(event)s” was refused: %(reason)s"),
}


@dataclass(frozen=True)
class Item:
    """An application as the reviewer saw it: decided on only if it is still so."""

    application_id: int
    revision: int
    step: int


@dataclass(frozen=True)
class Outcome:
    """What became of one row: `refusal` is None when it was decided."""

    application_id: int
    state: State | None
    refusal: Message | None = None


def decide(
    item: Item, who: Principal, decision: Decision, reason: str, now: datetime, key: str = ""
) -> Outcome:
    """Decide at the awaited link, once.

    The row is locked and compared with what the reviewer saw; a unique row a revision and step
    stands behind it, so that of two reviewers one decides. With the last confirmation the person
    becomes a contestant in the same transaction. key: idempotency key; the same key, the same answer.
    Raise ApplicationGone for what is not in the reviewer's scope, AlreadyDecided, ClaimedByOther,
    OwnApplication, CompetesInEvent, ReasonMissing, ExceptionReasonMissing or ReasonTooLong."""
    reason = reason.strip()
    body = {
        "item": [item.application_id, item.revision, item.step],
        "decision": decision.value,
        "reason": reason,
    }
    first = idempotency.begin(who.account_id, "application.decide", key, body) if key else None
    if first is not None:
        return Outcome(item.application_id, State(first["state"]))
    application = reviewing.load(who, item.application_id, lock=True)
    _check(application, item, who, decision, reason, now)
    _decide(application, who, decision, reason, now)
    if key:
        idempotency.finish(who.account_id, "application.decide", key, {"state": application.state})
    return Outcome(application.id, State(application.state))


def decide_many(
    items: Sequence[Item], who: Principal, decision: Decision, reason: str, now: datetime, key: str = ""
) -> list[Outcome]:
    """Decide on many, each on its own: what cannot be decided is told, the rest goes on.

    Rows are taken in the order of their ids, so that two bulks never wait for each other crosswise.
    key: idempotency key; the same key, the same outcomes."""
    chosen = sorted(items[:BULK_MOST], key=lambda one: one.application_id)
    body = {
        "items": [[item.application_id, item.revision, item.step] for item in chosen],
        "decision": decision.value,
        "reason": reason,
    }
    first = idempotency.begin(who.account_id, "applications.decide", key, body) if key else None
    if first is not None:
        return [_read_outcome(stored) for stored in first["outcomes"]]
    outcomes = [_decide_alone(item, who, decision, reason, now) for item in chosen]
    done = sum(outcome.refusal is None for outcome in outcomes)
    record(
        f"applications.{decision.value}", "account", who.account_id, why=reason, asked=len(items), done=done
    )
    if key:
        stored = {"outcomes": [_stored_outcome(outcome) for outcome in outcomes]}
        idempotency.finish(who.account_id, "applications.decide", key, stored)
    return outcomes


def _decide_alone(item: Item, who: Principal, decision: Decision, reason: str, now: datetime) -> Outcome:
    """One row of a bulk, in a savepoint of its own."""
    try:
        with db.session.begin_nested():
            return decide(item, who, decision, reason, now)
    except DomainError as error:
        return Outcome(item.application_id, None, error.message)


def _stored_outcome(outcome: Outcome) -> dict[str, Any]:
    refusal = outcome.refusal
    params = {} if refusal is None else refusal.params
    return {
        "id": outcome.application_id,
        "state": outcome.state,
        "text": refusal.text if refusal else "",
        "params": {name: _plain(value) for name, value in params.items()},
    }


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.text if isinstance(value, Message) else value


def _read_outcome(stored: dict[str, Any]) -> Outcome:
    state = State(stored["state"]) if stored["state"] else None
    return Outcome(stored["id"], state, Message(stored["text"], stored["params"]) if stored["text"] else None)


def claim(who: Principal, chosen: reviewing.Filter, count: int, now: datetime) -> list[int]:
    """Take the next free applications of the filter for 15 minutes; others see who has them.

    Two reviewers who claim at the same moment get different ones. Return the ids, longest waiting first."""
    wanted = (
        select(Application.id)
        .where(
            Application.id.in_(reviewing.filtered_ids(who, chosen, now)),
            scope.decidable(who),
            reviewing.unclaimed_by_others(who, now),
        )
        .order_by(Application.step_since, Application.id)
        .limit(min(max(count, 1), CLAIM_MOST))
        .with_for_update(skip_locked=True)
    )
    ids = list(db.session.scalars(wanted))
    if ids:
        _set_claim(ids, who.account_id, now + CLAIM_FOR)
        record("applications.claim", "account", who.account_id, ids=ids)
    return ids


def claim_one(who: Principal, application: Application, now: datetime) -> bool:
    """Take an application while its page is open. False when somebody else has it."""
    taken = db.session.execute(
        update(Application)
        .where(
            Application.id == application.id,
            Application.state == State.IN_REVIEW,
            reviewing.unclaimed_by_others(who, now),
        )
        .values(claimed_by_account_id=who.account_id, claimed_until=now + CLAIM_FOR)
        .returning(Application.id)
    ).one_or_none()
    return taken is not None


def release(who: Principal) -> int:
    """Give back everything this reviewer has claimed; return how many."""
    ids = list(
        db.session.scalars(select(Application.id).where(Application.claimed_by_account_id == who.account_id))
    )
    if ids:
        _set_claim(ids, None, None)
    return len(ids)


def _set_claim(ids: list[int], account_id: int | None, until: datetime | None) -> None:
    db.session.execute(
        update(Application)
        .where(Application.id.in_(ids))
        .values(claimed_by_account_id=account_id, claimed_until=until)
        .execution_options(synchronize_session=False)
    )


def _check(
    application: Application, item: Item, who: Principal, decision: Decision, reason: str, now: datetime
) -> None:
    if application.person_id == who.person_id:
        raise OwnApplication
    seen = (item.revision, item.step)
    if application.state != State.IN_REVIEW or (application.revision, application.step) != seen:
        raise AlreadyDecided
    if not reviewing.may_decide(who, application.id):
        raise ApplicationGone
    if application.event_id in set(db.session.scalars(reviewing.competing_event_ids(who.person_id))):
        raise CompetesInEvent
    require_no_conflict(who.account_id, Deed.APPLICATION, application.id)
    event = events.context(application.event_id)
    level = read_chain(application.chain)[application.step].level
    if event.own_unit_stands_aside and is_of_own_unit(
        level, application.unit_id, applications.unit_of(who.person_id)
    ):
        raise OfOwnUnit
    if reviewing.is_claimed(application, now) and application.claimed_by_account_id != who.account_id:
        claimer = application.claimed_by_account_id or 0
        raise ClaimedByOther(
            name=people.names_of_accounts([claimer]).get(claimer, ""), until=application.claimed_until
        )
    if len(reason) > REASON_MOST:
        raise ReasonTooLong(most=REASON_MOST)
    if not reason and reason_is_needed(decision, applications.open_warnings(application)):
        raise ExceptionReasonMissing if decision is Decision.CONFIRM else ReasonMissing
    if decision is Decision.CONFIRM:
        _refuse_barred(application, event)


def _refuse_barred(application: Application, event: EventContext) -> None:
    """A record of an earlier win may have come, or been matched, after the application. Raise NotEligible."""
    if not event.rules.asks_earlier_wins:
        return
    wins = winners.wins_of(application.person_id, application.contest_id)
    reasons = hard(earlier_wins(PersonFacts(application.unit_id, wins=wins), event.rules))
    if reasons:
        raise NotEligible(reason=reasons[0].message)


def _decide(application: Application, who: Principal, decision: Decision, reason: str, now: datetime) -> None:
    chain = read_chain(application.chain)
    link = chain[application.step]
    action = action_of(decision, application.step, len(chain))
    following = after(State(application.state), action)
    db.session.add(
        ReviewDecision(
            application_id=application.id,
            revision=application.revision,
            step=application.step,
            level=link.level,
            organisation_id=link.organisation_id,
            decision=decision.value,
            reason=reason,
            reviewer_account_id=who.account_id,
            at=now,
        )
    )
    try:
        db.session.flush()
    except IntegrityError as error:
        raise AlreadyDecided from error
    if decision is Decision.CONFIRM and applications.open_warnings(application):
        _except_warnings(application, who, reason, now)
    _move(application, following, action, now)
    event = events.context(application.event_id)
    if action is Action.COMPLETE:
        admit(application, event, now)
    elif action is Action.REFUSE:
        leave(application)
    record(
        f"application.{decision.value}",
        "application",
        application.id,
        why=reason,
        level=link.level,
        step=application.step,
        revision=application.revision,
    )
    notify(application.person_id, NOTICES[action], {"event": event.title, "reason": reason}, "/my")


def _move(application: Application, following: State, action: Action, now: datetime) -> None:
    application.state = following
    application.claimed_by_account_id = application.claimed_until = None
    if action is Action.HAND_ON:
        application.step += 1
        application.awaiting_organisation_id = read_chain(application.chain)[application.step].organisation_id
        application.step_since = now
    else:
        application.awaiting_organisation_id = None
    db.session.flush()


def _except_warnings(application: Application, who: Principal, reason: str, now: datetime) -> None:
    """Keep who let a rule of normal force be, why and when: with the application and in the audit trail."""
    excepted = list(application.facts.get("excepted", []))
    known = {item["code"] for item in excepted}
    for warning in application.warnings:
        if warning["code"] not in known:
            excepted.append(
                {
                    "code": warning["code"],
                    "account_id": who.account_id,
                    "reason": reason,
                    "at": now.isoformat(),
                }
            )
            record("application.except", "application", application.id, why=reason, rule=warning["code"])
    application.facts = {**application.facts, "excepted": excepted}
