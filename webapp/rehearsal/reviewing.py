"""Reviewing: some applications are looked at singly, returned or refused; the rest goes up link by link."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count

from sqlalchemy import func, select

from webapp.access.principal import Principal
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.organisations.queries import path
from webapp.registration.models import Application
from webapp.registration.queries.reviewing import Filter
from webapp.registration.rules.review import Decision, State
from webapp.registration.service import applying, bulk, reviewing
from webapp.rehearsal.people import Contestant, Trait, contestants
from webapp.rehearsal.play import EventPlay, Play, StepReport

SINGLY = 40
"""Every fortieth is looked at alone at the first link."""
MOST_ROUNDS = 12


def play(play: Play, events: Sequence[EventPlay], stage: int) -> StepReport:
    """The whole contest, reviewer by reviewer, in one process: with the last confirmation a contestant gets the
    number, and numbers come out alike only in the same order."""
    opened = [window.closes_at for event in events if (window := play.contest.registration(event.rules))]
    opens = [window.opens_at for event in events if (window := play.contest.registration(event.rules))]
    at = play.travel(max(o + (c - o) * 0.4 for o, c in zip(opens, opened, strict=True)))
    report = StepReport("reviewing", "", "", people_in=_waiting())
    singly = 0
    for number, event in enumerate(events):
        play.progress("reviewing singly", number, len(events))
        singly += _singly(play, event, at)
    confirmed = _together(play, events, at)
    active = db.session.scalar(
        select(func.count()).where(
            Application.state == State.CONFIRMED, Application.contest_id == play.contest_id
        )
    )
    left = _waiting()
    if left:
        report.problems.append(f"{left} applications still wait after the last link")
    report.people_out = active or 0
    report.facts = {"decided singly": singly, "confirmed in bulk": confirmed}
    db.session.rollback()
    return report


def _waiting() -> int:
    return db.session.scalar(select(func.count()).where(Application.state == State.IN_REVIEW)) or 0


def _singly(play: Play, event: EventPlay, at: datetime) -> int:
    """Those who are returned (and send in again), refused, or looked at by chance."""
    chosen = {
        one.person_id: one
        for one in contestants(play, event)
        if one.invented.trait in {Trait.RETURNED, Trait.REFUSED} or one.invented.position % SINGLY == 0
    }
    rows = db.session.execute(
        select(Application.id, Application.person_id)
        .where(
            Application.event_id == event.event_id,
            Application.person_id.in_(list(chosen)),
            Application.state == State.IN_REVIEW,
        )
        .order_by(Application.id)
    ).all()
    for row in rows:
        _one(play, row.id, chosen[row.person_id], at)
    return len(rows)


def _one(play: Play, application_id: int, one: Contestant, at: datetime) -> None:
    trait = one.invented.trait
    decision = {Trait.RETURNED: Decision.RETURN, Trait.REFUSED: Decision.REFUSE}.get(trait, Decision.CONFIRM)
    reason = "" if decision is Decision.CONFIRM else "演练：资料需要更正"
    with transaction():
        application = db.session.get_one(Application, application_id)
        item = reviewing.Item(application.id, application.revision, application.step)
        who = _reviewer(play, application.awaiting_organisation_id)
        reviewing.decide(item, who, decision, reason, at, key=f"rehearsal-{application_id}")
    if trait is Trait.RETURNED:
        me = Principal(one.account_id, one.person_id, one.invented.name, "rehearsal")
        with transaction():
            applying.resubmit(application_id, me, answers=None, now=at + timedelta(minutes=30))


def _reviewer(play: Play, organisation_id: int | None) -> Principal:
    """Who decides at a node: its own reviewer, else that of the nearest node above."""
    assert organisation_id is not None, "every event of a rehearsal has an organiser"
    for node in reversed(path(organisation_id)):
        if node in play.reviewers:
            return play.reviewers[node]
    raise KeyError(organisation_id)


def _together(play: Play, events: Sequence[EventPlay], at: datetime) -> int:
    """Everything else, in bulk: each reviewer confirms all that waits at or below the own node."""
    done, seconds = 0, count(3600)
    people = list(play.reviewers.items())
    for number, (node, who) in enumerate(people):
        play.progress("reviewing in bulk", number, len(people))
        for turn in range(MOST_ROUNDS):
            seen = play.travel(at + timedelta(seconds=next(seconds)))
            with transaction():
                batch = bulk.confirm_all(who, Filter("below"), "", seen, seen, f"rehearsal-{node}-{turn}")
            done += batch.confirmed
            if not batch.confirmed:
                break
    play.work()
    return done
