"""Reviewing: some applications are looked at singly, returned or refused; the rest goes up link by link."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import count

from sqlalchemy import func, select

from webapp.access.principal import Principal
from webapp.contests.queries import StageView
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


def look(play: Play, event: EventPlay, stage: StageView | None) -> StepReport:
    """At the first link some are returned (and send in again), refused, or looked at by chance, one by one."""
    at = play.travel(_begins(play, event))
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
    done = Counter(_one(play, row.id, chosen[row.person_id], at) for row in rows)
    play.work()
    return StepReport(
        "looking", "", event.code, people_in=len(rows), people_out=len(rows) - done[Decision.REFUSE],
        facts={word.value: done[word] for word in (Decision.CONFIRM, Decision.RETURN, Decision.REFUSE)},
    )  # fmt: skip


def play(play: Play, events: Sequence[EventPlay], stage: int) -> StepReport:
    """The rest of the whole contest, reviewer by reviewer, in one process: with the last confirmation a contestant
    gets the number, and numbers come out alike only in the same order."""
    at = max(_begins(play, event) for event in events)
    report = StepReport("reviewing", "", "", people_in=_waiting())
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
    report.facts = {"confirmed in bulk": confirmed}
    db.session.rollback()
    return report


def _begins(play: Play, event: EventPlay) -> datetime:
    """When reviewers begin: after the last has applied (see registering.SHARE)."""
    window = play.contest.registration(event.rules)
    assert window is not None, "events without a window are not played"
    return window.opens_at + (window.closes_at - window.opens_at) * 0.4


def _waiting() -> int:
    return db.session.scalar(select(func.count()).where(Application.state == State.IN_REVIEW)) or 0


def _one(play: Play, application_id: int, one: Contestant, at: datetime) -> Decision | None:
    """Decide on one; None: nothing, where a confirmation would be the last and give a number out of order."""
    trait = one.invented.trait
    decision = {Trait.RETURNED: Decision.RETURN, Trait.REFUSED: Decision.REFUSE}.get(trait, Decision.CONFIRM)
    reason = "" if decision is Decision.CONFIRM else "演练：资料需要更正"
    with transaction():
        application = db.session.get_one(Application, application_id)
        if decision is Decision.CONFIRM and len(application.chain) == 1:
            return None
        item = reviewing.Item(application.id, application.revision, application.step)
        who = _reviewer(play, application.awaiting_organisation_id)
        reviewing.decide(item, who, decision, reason, at, key=f"rehearsal-{application_id}")
    if trait is Trait.RETURNED:
        me = Principal(one.account_id, one.person_id, one.invented.name, "rehearsal")
        with transaction():
            applying.resubmit(application_id, me, answers=None, now=at + timedelta(minutes=30))
    return decision


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
        for chosen in _filters(play, events):
            confirmed = True
            while confirmed:
                second = next(seconds)
                seen = play.travel(at + timedelta(seconds=second))
                with transaction():
                    batch = bulk.confirm_all(who, chosen, "", seen, seen, f"rehearsal-{node}-{second}")
                done += batch.confirmed
                confirmed = batch.confirmed > 0
    play.work()
    return done


def _filters(play: Play, events: Sequence[EventPlay]) -> list[Filter]:
    """What a reviewer goes through. Where a union's confirmation is the last, event by event: applications of
    several events came in an order that nobody decides, and numbers follow it. Each organiser has one event."""
    if all(event.profile.organiser_confirms or not event.profile.review_levels for event in events):
        return [Filter("below")]
    return [Filter("below", event_id=event.event_id) for event in events]
