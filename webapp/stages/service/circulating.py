"""The second gate: one circular for all events, issued when every body has agreed."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from webapp.audit.service import record
from webapp.contests.queries import rules_of
from webapp.core.db import db
from webapp.stages.errors import (
    BodyAgreed,
    CircularMissing,
    CircularOutdated,
    CircularSettled,
    CircularWaiting,
    EventsRunning,
    NobodyChosen,
    NoSecondGate,
    ReasonNeeded,
)
from webapp.stages.models import Circular, CircularAgreement
from webapp.stages.queries.circulars import event_ends
from webapp.stages.rules.circular import CircularState, bodies, body, missing, unfinished
from webapp.stages.rules.digest import canonical, digest


def prepare(contest_id: int, account_id: int | None, now: datetime) -> Circular:
    """Put the final lists of all events together for the bodies to agree to.

    raise (NoSecondGate): the file asks for none; (EventsRunning): an event with people has no final list;
    (CircularWaiting): one waits already; (NobodyChosen): no event has a list."""
    rules = rules_of(contest_id)
    if not bodies(rules):
        raise NoSecondGate
    ends = event_ends(contest_id)
    running = unfinished(ends)
    if running:
        raise EventsRunning(count=len(running))
    if not any(end.is_final for end in ends):
        raise NobodyChosen
    last = db.session.scalar(select(func.max(Circular.number)).where(Circular.contest_id == contest_id)) or 0
    told = canonical(body(rules, last + 1, now, ends))
    made: Circular | None = db.session.scalar(
        insert(Circular)
        .values(
            contest_id=contest_id,
            number=last + 1,
            state=CircularState.SIGNING,
            body=told,
            digest=digest(told),
            prepared_by_account_id=account_id,
            prepared_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Circular)
    )
    if made is None:
        raise CircularWaiting
    record("circular.prepare", "contest", contest_id, number=made.number, digest=made.digest, by=account_id)
    return made


def agree(circular_id: int, name: str, account_id: int, now: datetime) -> CircularState:
    """One person agrees for one body; with the last one the circular is issued.

    raise (CircularSettled); (CircularOutdated): a list has changed since; (BodyAgreed): this body has agreed,
    or this person for another; (CircularMissing): no such body."""
    one = _locked(circular_id)
    rules = rules_of(one.contest_id)
    wanted = bodies(rules)
    if name not in wanted:
        raise CircularMissing
    if canonical(body(rules, one.number, one.prepared_at, event_ends(one.contest_id))) != one.body:
        raise CircularOutdated
    made = db.session.scalar(
        insert(CircularAgreement)
        .values(circular_id=one.id, body=name, account_id=account_id, at=now)
        .on_conflict_do_nothing()
        .returning(CircularAgreement.id)
    )
    if made is None:
        raise BodyAgreed
    record("circular.agree", "contest", one.contest_id, number=one.number, digest=one.digest, body=name)
    agreed = db.session.scalars(
        select(CircularAgreement.body).where(CircularAgreement.circular_id == one.id)
    ).all()
    if not missing(wanted, agreed):
        one.state = CircularState.ISSUED
        one.issued_at = now
        record("circular.issue", "contest", one.contest_id, number=one.number, digest=one.digest)
    db.session.flush()
    return CircularState(one.state)


def drop(circular_id: int, reason: str) -> None:
    """Give a circular up that is not issued yet, for example because a body does not agree to a list."""
    if not reason.strip():
        raise ReasonNeeded
    one = _locked(circular_id)
    one.state = CircularState.DROPPED
    one.reason = reason.strip()[:500]
    record("circular.drop", "contest", one.contest_id, why=one.reason, number=one.number)
    db.session.flush()


def _locked(circular_id: int) -> Circular:
    one = db.session.scalars(
        select(Circular).where(Circular.id == circular_id).with_for_update()
    ).one_or_none()
    if one is None:
        raise CircularMissing
    if one.state != CircularState.SIGNING:
        raise CircularSettled
    return one
