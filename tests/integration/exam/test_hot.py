"""Start, save, heartbeat: each guard, one by one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.integration.exam.exams import make_exam, participant, sit
from webapp.core import clock
from webapp.exam.errors import (
    AttemptNotFound,
    ExamNotOpen,
    ExamOver,
    LeaseLost,
    NoAttemptLeft,
    NotAdmitted,
)
from webapp.exam.models import AnswerEvent, Exam, LeaseEvent, Sheet, TimeGrant
from webapp.exam.rules.saving import Item, Outcome
from webapp.exam.rules.timing import deadline
from webapp.exam.service import hot
from webapp.exam.service.papers import paper_for


def sheet(session: Session, attempt_id: int) -> Sheet:
    session.expire_all()
    return session.get_one(Sheet, attempt_id)


def test_a_saved_answer_is_stored_with_its_event(session: Session) -> None:
    sat = sit(make_exam())
    reply = hot.save(sat.attempt_id, sat.person_id, sat.lease, [Item(0, 1, "A", True)], clock.now())
    assert [(ack.outcome, ack.server_seq) for ack in reply.acks] == [(Outcome.SAVED, 1)]
    stored = sheet(session, sat.attempt_id)
    assert (stored.answers[0], stored.seqs[0], stored.flags[0]) == ("A", 1, True)
    assert stored.answers[1:] == [""] * 19
    event = session.scalars(select(AnswerEvent)).one()
    assert (event.slot, event.seq, event.answer, event.outcome, event.is_late) == (0, 1, "A", "saved", False)


def test_several_slots_are_saved_in_one_statement(session: Session, count_queries: list[str]) -> None:
    sat = sit(make_exam())
    items = [Item(slot, 1, "A") for slot in (3, 0, 19)]
    count_queries.clear()
    hot.save(sat.attempt_id, sat.person_id, sat.lease, items, clock.now())
    assert sheet(session, sat.attempt_id).answers.count("A") == 3


def test_a_lower_or_equal_sequence_changes_nothing(session: Session) -> None:
    sat = sit(make_exam())

    def save(seq: int, answer: str) -> Any:
        return hot.save(sat.attempt_id, sat.person_id, sat.lease, [Item(0, seq, answer)], clock.now()).acks[0]

    assert save(5, "A").outcome is Outcome.SAVED
    assert save(5, "A").outcome is Outcome.SAVED, "a replay is acknowledged alike"
    assert save(5, "B").outcome is Outcome.SUPERSEDED, "the same number for something else is a conflict"
    assert save(4, "C").outcome is Outcome.SUPERSEDED
    assert save(6, "D").outcome is Outcome.SAVED
    replay = save(5, "A")
    assert (replay.outcome, replay.server_seq) == (Outcome.SAVED, 6)
    assert sheet(session, sat.attempt_id).answers[0] == "D"
    assert len(session.scalars(select(AnswerEvent)).all()) == 2


def test_a_stranger_cannot_save_or_learn_that_the_attempt_exists(session: Session) -> None:
    sat = sit(make_exam())
    calls: list[Callable[[], object]] = [
        lambda: hot.save(sat.attempt_id, sat.person_id + 1, sat.lease, [Item(0, 1, "A")], clock.now()),
        lambda: hot.heartbeat(sat.attempt_id, sat.person_id + 1, sat.lease, clock.now()),
        lambda: hot.start(sat.attempt_id, sat.person_id + 1, "d", clock.now()),
        lambda: hot.save(10**9, sat.person_id, sat.lease, [Item(0, 1, "A")], clock.now()),
    ]
    for call in calls:
        with pytest.raises(AttemptNotFound):
            call()
    assert sheet(session, sat.attempt_id).answers[0] == ""
    assert session.scalars(select(AnswerEvent)).all() == []


def test_a_stale_lease_is_refused_and_kept_as_evidence(session: Session) -> None:
    sat = sit(make_exam())
    with pytest.raises(LeaseLost):
        hot.save(sat.attempt_id, sat.person_id, "old", [Item(0, 1, "A")], clock.now())
    assert sheet(session, sat.attempt_id).answers[0] == ""
    event = session.scalars(select(AnswerEvent)).one()
    assert (event.outcome, event.lease, event.answer) == ("refused-lease", "old", "A")


def test_starting_twice_on_one_device_goes_on_and_on_another_is_refused(session: Session) -> None:
    sat = sit(make_exam())
    again = hot.start(sat.attempt_id, sat.person_id, "test-device", clock.now())
    assert (again.lease, again.deadline_at) == (sat.lease, sat.running.deadline_at)
    with pytest.raises(LeaseLost):
        hot.start(sat.attempt_id, sat.person_id, "other", clock.now())


def test_the_window_is_half_open(session: Session) -> None:
    at = clock.now()
    exam_id = make_exam(opens_at=at, closes_at=at + timedelta(hours=2))
    person = participant(exam_id)
    person_id = person.person_id
    drawn = paper_for(exam_id, person.id)
    session.commit()
    with pytest.raises(ExamNotOpen):
        hot.start(drawn.attempt_id, person_id, "d", at - timedelta(microseconds=1))
    with pytest.raises(ExamOver):
        hot.start(drawn.attempt_id, person_id, "d", at + timedelta(hours=2))
    assert hot.start(drawn.attempt_id, person_id, "d", at).remaining_s == 3600


def test_a_drawn_paper_opens_by_exam_once_for_its_own_person_and_late_only_when_confirmed(
    session: Session,
) -> None:
    at = clock.now()
    exam_id = make_exam(opens_at=at, closes_at=at + timedelta(hours=2))
    person, other = participant(exam_id), participant(exam_id)
    person_id, other_id = person.person_id, other.person_id
    drawn = paper_for(exam_id, person.id)
    session.commit()
    late = at + timedelta(hours=1, seconds=1)

    def start(who: int, when: datetime, may_be_late: bool = False) -> int | None:
        return hot.start_drawn(exam_id, who, "d", when, may_be_late)

    assert start(person_id, at - timedelta(microseconds=1)) is None
    assert start(person_id, at + timedelta(hours=2), True) is None
    assert start(other_id, at) is None, "no paper was drawn for this person"
    assert start(person_id, late) is None, "a second of the whole hour is missing and nobody confirmed it"
    assert sheet(session, drawn.attempt_id).state == "created"
    assert start(person_id, late, True) == drawn.attempt_id
    assert sheet(session, drawn.attempt_id).deadline_at == at + timedelta(hours=2)
    assert start(person_id, late, True) is None, "it runs already"
    session.rollback()
    events = session.scalars(select(LeaseEvent.kind).where(LeaseEvent.attempt_id == drawn.attempt_id)).all()
    assert events == ["start"]


@pytest.mark.parametrize(
    ("factor", "late_by_s", "grants"),
    [
        ("1", 0, []),
        ("1.25", 0, []),
        ("1.5", 2000, []),
        ("1", 4000, [60]),
        ("1.33", 0, [60, 600]),
        ("1", 7199, [1]),
    ],
)
def test_the_statement_computes_the_deadline_of_the_rules(
    session: Session, factor: str, late_by_s: int, grants: list[int]
) -> None:
    at = clock.now()
    closes = at + timedelta(hours=2)
    exam_id = make_exam(opens_at=at, closes_at=closes, duration_s=3601)
    for extra in grants:
        session.add(TimeGrant(exam_id=exam_id, extra_s=extra, reason="power cut"))
    session.add(TimeGrant(exam_id=exam_id, hall="elsewhere", extra_s=999, reason="other hall"))
    session.commit()
    begun = at + timedelta(seconds=late_by_s)
    sat = sit(exam_id, at=begun, time_factor=Decimal(factor))
    assert sat.running.deadline_at == deadline(begun, 3601, Decimal(factor), closes, grants)


def test_only_admitted_people_get_a_paper_and_only_as_many_as_allowed(session: Session) -> None:
    exam_id = make_exam()
    gone = participant(exam_id, state="withdrawn")
    with pytest.raises(NotAdmitted):
        paper_for(exam_id, gone.id)
    stranger = participant(make_exam())
    with pytest.raises(NotAdmitted):
        paper_for(exam_id, stranger.id)
    sat = sit(exam_id)
    assert paper_for(exam_id, sat.participation_id).attempt_id == sat.attempt_id
    sheet(session, sat.attempt_id).state = "submitted"
    session.commit()
    with pytest.raises(NoAttemptLeft):
        paper_for(exam_id, sat.participation_id)


def test_a_second_attempt_has_another_paper_and_supersedes_the_first(session: Session) -> None:
    exam_id = make_exam(attempts_allowed=2)
    sat = sit(exam_id)
    sheet(session, sat.attempt_id).state = "submitted"
    session.commit()
    second = paper_for(exam_id, sat.participation_id)
    assert second.number == 2
    session.commit()
    assert session.get_one(Exam, exam_id).attempts_allowed == 2
    with pytest.raises(AttemptNotFound):
        hot.heartbeat(second.attempt_id, 10**9, "", clock.now())
