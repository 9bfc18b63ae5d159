"""What a person does with an application: apply, send in again, withdraw, switch."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.audit.service import record
from webapp.core import idempotency
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.words import N_, Message
from webapp.notifications.service import notify
from webapp.registration.errors import (
    AlreadyApplied,
    ConsentMissing,
    CorrectionOver,
    MayNotApply,
    RegistrationOver,
)
from webapp.registration.models import Application
from webapp.registration.queries import applications, events, winners
from webapp.registration.queries.applications import Answers, Place, answers_of
from webapp.registration.queries.events import EventContext
from webapp.registration.rules.eligibility import ONE_TRADE, Reason, hard, is_open, may_apply
from webapp.registration.rules.eligibility import warnings as warnings_among
from webapp.registration.rules.review import Action, Link, State, after, build_chain
from webapp.registration.service.admission import admit, leave, provide

HOME = "/my"
NOTHING_SAID = Answers()


@dataclass(frozen=True)
class Applied:
    """The answer to an application: its id and where it stands now."""

    application_id: int
    state: State


def reasons_for(
    person_id: int,
    event: EventContext,
    now: datetime,
    answers: Answers = NOTHING_SAID,
    leaving_event_id: int | None = None,
    place: Place | None = None,
) -> tuple[Reason, ...]:
    """Why the person may not apply, or only with a warning; empty when nothing is in the way.

    leaving_event_id: an event the person switches from: its application counts no more. place: where the
    person's unit stands, when the caller has read it already."""
    card = people.card(person_id)
    wins = winners.wins_of(person_id, event.contest_id) if event.rules.asks_earlier_wins else ()
    trades = events.trades_of_contest(event.contest_id) if event.rules.condition(ONE_TRADE) else None
    held = [
        holding
        for holding in applications.holdings(person_id, event.contest_id, trades)
        if holding.event_id != leaving_event_id
    ]
    facts = (place or applications.place_of(card.unit_id)).facts(answers, card, wins)
    return may_apply(facts, event.rules, now, held)


def apply(
    event_id: int,
    who: Principal,
    *,
    answers: Answers,
    has_consented: bool,
    now: datetime,
    key: str = "",
) -> Applied:
    """Register the person who asks for an event, or confirm what a liaison has entered.

    One application a person and event, however often and however parallel this is called: the
    person's row is locked first and a unique index stands behind it. With an empty chain the person
    is a contestant at once. key: idempotency key of the form; the same key gives the same answer.
    Raise ConsentMissing, NotFound, or MayNotApply with every hard reason."""
    if not has_consented:
        raise ConsentMissing
    body = {"event": event_id, **answers.as_json()}
    first = idempotency.begin(who.account_id, "application.apply", key, body) if key else None
    if first is not None:
        return Applied(int(first["application_id"]), State(first["state"]))
    event = events.context(event_id)
    unit_id = people.lock_person(who.person_id)
    application = _enter(event, who, unit_id, answers, now)
    if key:
        idempotency.finish(
            who.account_id,
            "application.apply",
            key,
            {"application_id": application.id, "state": application.state},
        )
    return Applied(application.id, State(application.state))


def resubmit(application_id: int, who: Principal, *, answers: Answers | None, now: datetime) -> Applied:
    """Send a returned application in again: a new revision, with the chain of the present unit.

    Possible after the window has closed, until the review ends. Raise ApplicationGone,
    StepNotPossible, CorrectionOver, or MayNotApply."""
    unit_id = people.lock_person(who.person_id)
    application = applications.own(who, application_id, lock=True)
    after(State(application.state), Action.RESUBMIT)
    event = events.context(application.event_id)
    if event.review_ends_at is not None and now >= event.review_ends_at:
        raise CorrectionOver
    said = answers or answers_of(application)
    reasons = _without_window(
        reasons_for(who.person_id, event, now, said, leaving_event_id=application.event_id)
    )
    if hard(reasons):
        raise MayNotApply(tuple(reason.message for reason in hard(reasons)))
    application.revision += 1
    application.unit_id = unit_id
    application.facts = {**application.facts, **said.as_json(), "excepted": []}
    application.warnings = stored_warnings(reasons)
    _send_on(application, event, _chain(event, unit_id), now, again=True)
    record("application.resubmit", "application", application.id, revision=application.revision)
    return Applied(application.id, State(application.state))


def withdraw(application_id: int, who: Principal, now: datetime) -> None:
    """Take an application back, while the registration window is open.

    Raise ApplicationGone, StepNotPossible, or RegistrationOver."""
    people.lock_person(who.person_id)
    application = applications.own(who, application_id, lock=True)
    _withdraw(application, events.context(application.event_id), now)


def switch(
    application_id: int,
    to_event_id: int,
    who: Principal,
    *,
    answers: Answers,
    has_consented: bool,
    now: datetime,
) -> Applied:
    """Give up one event for another of the same contest, both or neither.

    Raise what `withdraw` and `apply` raise."""
    if not has_consented:
        raise ConsentMissing
    unit_id = people.lock_person(who.person_id)
    application = applications.own(who, application_id, lock=True)
    left, entered = events.context(application.event_id), events.context(to_event_id)
    if entered.event_id == left.event_id or entered.contest_id != left.contest_id:
        raise AlreadyApplied
    _withdraw(application, left, now)
    db.session.flush()
    made = _enter(entered, who, unit_id, answers, now)
    return Applied(made.id, State(made.state))


def stored_warnings(reasons: tuple[Reason, ...]) -> list[dict[str, Any]]:
    """Warnings as the application's row keeps them."""
    return [
        {
            "code": reason.code,
            "text": reason.message.text,
            "params": {name: _json(value) for name, value in reason.message.params.items()},
        }
        for reason in warnings_among(reasons)
    ]


def _json(value: object) -> object:
    if isinstance(value, Message):
        return {"msgid": value.text}
    return value.isoformat() if isinstance(value, datetime) else value


def _enter(
    event: EventContext, who: Principal, unit_id: int | None, answers: Answers, now: datetime
) -> Application:
    """Insert the application whole, or take up what a liaison entered. The person is locked."""
    place = applications.place_of(unit_id)
    reasons = reasons_for(who.person_id, event, now, answers, place=place)
    if hard(reasons):
        raise MayNotApply(tuple(reason.message for reason in hard(reasons)))
    facts = {**answers.as_json(), "consented_at": now.isoformat()}
    chain = _chain_at(event, place)
    application = _insert(event, who, unit_id, now) or applications.live(
        who.person_id, event.event_id, lock=True
    )
    if application is None:
        raise AlreadyApplied
    application.unit_id = unit_id
    application.facts = {**application.facts, **facts}
    application.warnings = stored_warnings(reasons)
    _send_on(application, event, chain, now)
    record("application.submit", "application", application.id, event_id=event.event_id)
    return application


def _insert(event: EventContext, who: Principal, unit_id: int | None, now: datetime) -> Application | None:
    """A new application; None when one lives already."""
    made: Application | None = db.session.scalars(
        insert(Application)
        .values(
            person_id=who.person_id,
            event_id=event.event_id,
            contest_id=event.contest_id,
            unit_id=unit_id,
            state=State.INVITED,
            chain=[],
            facts={},
            warnings=[],
            source="self",
            created_by_account_id=who.account_id,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Application)
    ).one_or_none()
    return made


def _chain(event: EventContext, unit_id: int | None) -> tuple[Link, ...]:
    return _chain_at(event, applications.place_of(unit_id))


def _chain_at(event: EventContext, place: Place) -> tuple[Link, ...]:
    return build_chain(
        event.levels,
        place.nodes,
        event.organiser_id,
        with_organiser=event.with_organiser,
    )


def _send_on(
    application: Application, event: EventContext, chain: tuple[Link, ...], now: datetime, again: bool = False
) -> None:
    """Put the application before the first link, or confirm it when there is none."""
    came = State(application.state)
    action = Action.JOIN if not chain else Action.RESUBMIT if again else Action.SUBMIT
    application.state = after(came, action)
    application.chain = [link.as_json() for link in chain]
    application.step = 0
    application.awaiting_organisation_id = chain[0].organisation_id if chain else None
    application.submitted_at = now
    application.step_since = now if chain else None
    application.claimed_by_account_id = application.claimed_until = None
    db.session.flush()
    if chain:
        provide(application, event, now)
        notify(
            application.person_id,
            N_("Your registration for “%(event)s” has arrived and is being reviewed."),
            {"event": event.title},
            HOME,
        )
        return
    admit(application, event, now)
    notify(
        application.person_id,
        N_("You take part in “%(event)s”. You can start at once."),
        {"event": event.title},
        HOME,
    )


def _withdraw(application: Application, event: EventContext, now: datetime) -> None:
    following = after(State(application.state), Action.WITHDRAW)
    if not is_open(event.rules, now) and application.state != State.INVITED:
        raise RegistrationOver
    application.state = following
    application.awaiting_organisation_id = None
    application.claimed_by_account_id = application.claimed_until = None
    leave(application)
    record("application.withdraw", "application", application.id)
    notify(
        application.person_id,
        N_("You have withdrawn your registration for “%(event)s”."),
        {"event": event.title},
        HOME,
    )


def _without_window(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """A correction may come after the window has closed."""
    return tuple(reason for reason in reasons if reason.code != "closed")
