"""What a person does with an application: apply, send in again, withdraw, switch."""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert

from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.accounts.queries import PersonCard
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
    card: PersonCard | None = None,
) -> tuple[Reason, ...]:
    """Why the person may not apply, or only with a warning; empty when nothing is in the way.

    leaving_event_id: an event the person switches from: its application counts no more. place: where the
    person's unit stands, card: the person, when the caller has read them already."""
    card = card or people.card(person_id)
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
    application = _enter(event, who, people.lock_card(who.person_id), answers, now)
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
    chain = _chain(event, unit_id)
    _change(application, _sent(State(application.state), chain, now, Action.RESUBMIT))
    _go_on(application, event, chain, now)
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
    card = people.lock_card(who.person_id)
    application = applications.own(who, application_id, lock=True)
    left, entered = events.context(application.event_id), events.context(to_event_id)
    if entered.event_id == left.event_id or entered.contest_id != left.contest_id:
        raise AlreadyApplied
    _withdraw(application, left, now)
    db.session.flush()
    made = _enter(entered, who, card, answers, now)
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
    event: EventContext, who: Principal, card: PersonCard, answers: Answers, now: datetime
) -> Application:
    """Insert the application whole, or take up what a liaison entered. The person is locked."""
    place = applications.place_of(card.unit_id)
    reasons = reasons_for(who.person_id, event, now, answers, place=place, card=card)
    if hard(reasons):
        raise MayNotApply(tuple(reason.message for reason in hard(reasons)))
    chain = _chain_at(event, place)
    values: dict[str, Any] = {
        "unit_id": card.unit_id,
        "facts": {**answers.as_json(), "consented_at": now.isoformat()},
        "warnings": stored_warnings(reasons),
    }
    application = _insert(event, who, values | _sent(State.INVITED, chain, now), now)
    if application is None:
        application = applications.live(who.person_id, event.event_id, lock=True)
        if application is None:
            raise AlreadyApplied
        values["facts"] = application.facts | values["facts"]
        _change(application, values | _sent(State(application.state), chain, now))
    _go_on(application, event, chain, now)
    record("application.submit", "application", application.id, event_id=event.event_id)
    return application


def _insert(event: EventContext, who: Principal, values: dict[str, Any], now: datetime) -> Application | None:
    """A new application as it stands after it was sent, detached; None when one lives already."""
    row = {
        **values,
        "person_id": who.person_id,
        "event_id": event.event_id,
        "contest_id": event.contest_id,
        "source": "self",
        "created_by_account_id": who.account_id,
        "created_at": now,
    }
    made = db.session.scalar(_NEW, row)
    return None if made is None else Application(id=made, **row)


_TABLE = cast(Table, Application.__table__)
_NEW = insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.id)


def _chain(event: EventContext, unit_id: int | None) -> tuple[Link, ...]:
    return _chain_at(event, applications.place_of(unit_id))


def _chain_at(event: EventContext, place: Place) -> tuple[Link, ...]:
    return build_chain(
        event.levels,
        place.nodes,
        event.organiser_id,
        with_organiser=event.with_organiser,
    )


def _sent(
    came: State, chain: tuple[Link, ...], now: datetime, action: Action = Action.SUBMIT
) -> dict[str, Any]:
    """What changes with sending in: the application stands before the first link, or is confirmed when there is
    none. Raise StepNotPossible."""
    return {
        "state": after(came, action if chain else Action.JOIN).value,
        "chain": [link.as_json() for link in chain],
        "step": 0,
        "awaiting_organisation_id": chain[0].organisation_id if chain else None,
        "submitted_at": now,
        "step_since": now if chain else None,
        "claimed_by_account_id": None,
        "claimed_until": None,
    }


def _change(application: Application, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(application, name, value)
    db.session.flush()


def _go_on(application: Application, event: EventContext, chain: tuple[Link, ...], now: datetime) -> None:
    """The person learns already or takes part, and is told."""
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
