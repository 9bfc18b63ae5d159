"""Many at once: one application a rule, one decision a link, one number a contestant (A15)."""

import contextvars
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import make_account
from tests.integration.registration.stand import Stand, make_stand, principal_of
from webapp.access.principal import Principal
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.transaction import in_transaction
from webapp.registration.errors import AlreadyDecided
from webapp.registration.models import Application, Entry, Participation, ReviewDecision
from webapp.registration.queries.applications import Answers
from webapp.registration.queries.reviewing import Filter
from webapp.registration.rules.eligibility import Occupation
from webapp.registration.rules.review import Decision, State
from webapp.registration.service import applying
from webapp.registration.service import reviewing as review

PARALLEL = 60
WORKER = Answers(Occupation.WORKER)


def at_once(app: Flask, calls: Sequence[Callable[[], object]]) -> list[object]:
    """Run all calls in threads that start together; what each returned, or the refusal it met."""
    barrier = Barrier(len(calls))

    def one(call: Callable[[], object]) -> object:
        def inside() -> object:
            with app.app_context():
                barrier.wait(timeout=60)
                try:
                    return in_transaction(call)
                except DomainError as refusal:
                    return refusal

        return contextvars.Context().run(inside)

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def applying_for(event_id: int, who: Principal, key: str = "") -> Callable[[], object]:
    return lambda: applying.apply(event_id, who, answers=WORKER, has_consented=True, now=clock.now(), key=key)


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def ready(session: Session, **registration: object) -> Stand:
    stand = make_stand(**registration)
    session.commit()
    return stand


def test_sixty_parallel_registrations_make_one(app: Flask, committed_db: Session) -> None:
    stand = ready(committed_db)
    alice = principal_of(stand.worker())
    committed_db.commit()
    answers = at_once(app, [applying_for(stand.event.id, alice)] * PARALLEL)
    assert sum(isinstance(answer, applying.Applied) for answer in answers) == 1
    assert count(committed_db, Application) == 1
    made = committed_db.scalars(select(Application)).one()
    assert (made.state, len(made.chain), made.awaiting_organisation_id) == (
        State.IN_REVIEW,
        4,
        stand.county.id,
    )


def test_a_double_click_gets_one_answer(app: Flask, committed_db: Session) -> None:
    stand = ready(committed_db)
    alice = principal_of(stand.worker())
    committed_db.commit()
    answers = at_once(app, [applying_for(stand.event.id, alice, key="click")] * 10)
    assert len(set(map(repr, answers))) == 1
    assert isinstance(answers[0], applying.Applied)
    assert count(committed_db, Application) == 1


def test_parallel_second_events_keep_to_the_limit(app: Flask, committed_db: Session) -> None:
    stand = ready(committed_db, events_per_person=1)
    alice = principal_of(stand.worker())
    committed_db.commit()
    events = [stand.event.id, stand.second_event.id] * (PARALLEL // 2)
    answers = at_once(app, [applying_for(event_id, alice) for event_id in events])
    assert sum(isinstance(answer, applying.Applied) for answer in answers) == 1
    assert count(committed_db, Application) == 1


def test_joining_the_open_track_in_parallel_leaves_nothing_half_built(
    app: Flask, committed_db: Session
) -> None:
    stand = ready(committed_db)
    people = [principal_of(make_account()) for _ in range(PARALLEL // 3)]
    committed_db.commit()
    at_once(app, [applying_for(stand.open_event.id, who) for who in people * 3])
    assert count(committed_db, Application) == len(people)
    numbers = committed_db.scalars(select(Participation.number)).all()
    assert len(numbers) == len(set(numbers)) == len(people)
    assert count(committed_db, Entry) == len(people)
    states = set(committed_db.scalars(select(Application.state)))
    assert states == {State.CONFIRMED}


def test_of_two_reviewers_at_one_link_one_decides(app: Flask, committed_db: Session) -> None:
    stand = ready(committed_db)
    reviewers = [principal_of(stand.reviewer(stand.county)) for _ in range(2)]
    committed_db.commit()
    for _ in range(8):
        alice = principal_of(stand.worker())
        committed_db.commit()
        made = in_transaction(applying_for(stand.event.id, alice))
        assert isinstance(made, applying.Applied)
        item = review.Item(made.application_id, 1, 0)
        decisions = zip(reviewers, (Decision.CONFIRM, Decision.REFUSE), strict=True)
        answers = at_once(
            app,
            [partial(review.decide, item, who, decision, "理由", clock.now()) for who, decision in decisions],
        )
        assert [type(answer) for answer in answers].count(AlreadyDecided) == 1
    assert count(committed_db, ReviewDecision) == 8


def test_parallel_claims_take_different_applications(app: Flask, committed_db: Session) -> None:
    stand = ready(committed_db)
    for _ in range(12):
        applying_for(stand.event.id, principal_of(stand.worker()))()
    reviewers = [principal_of(stand.reviewer(stand.county)) for _ in range(6)]
    committed_db.commit()
    claims = [partial(review.claim, who, Filter(), 3, clock.now()) for who in reviewers]
    ids = [one for batch in at_once(app, claims) if isinstance(batch, list) for one in batch]
    assert len(ids) == len(set(ids))
    assert ids
