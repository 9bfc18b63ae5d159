"""Sections with rules against the database: what is closed takes nothing, in a race neither."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.integration.exam.exams import Sat, make_exam, sit
from tests.integration.exam.races import together
from tests.unit.exam.blueprints import blueprint, cell, section
from webapp.core import clock
from webapp.core.transaction import in_transaction, transaction
from webapp.exam.errors import LeaseLost, SectionNotOpen
from webapp.exam.models import AnswerEvent, SectionVisit, Sheet, TimeGrant
from webapp.exam.queries.layouts import layout
from webapp.exam.queries.sections import course
from webapp.exam.rules.saving import Item
from webapp.exam.rules.sections import Stand
from webapp.exam.service import hot
from webapp.exam.service.sections import enter, sift


def shaped(**first: Any) -> tuple[Any, ...]:
    """Five forward-only questions, five with ten minutes, five without rules."""
    plan = blueprint(
        section("single", cell(None, None, 5), forward_only=True, **first),
        section("multiple", cell(None, None, 5), duration_s=600),
        section("true_false", cell(None, None, 5)),
    )
    return tuple(plan.sections)


@pytest.fixture
def alice(session: Session) -> Sat:
    return sit(make_exam(sections=shaped()))


def lease_of(session: Session, sat: Sat) -> str:
    session.expire_all()
    return session.get_one(Sheet, sat.attempt_id).lease


def go(session: Session, sat: Sat, number: int, at: Any = None) -> None:
    lease = lease_of(session, sat)
    session.rollback()
    with transaction():
        enter(sat.attempt_id, sat.person_id, 1, lease, number, at or clock.now())


def kinds(sat: Sat, at: Any = None) -> list[str]:
    return [one.stand.value for one in course(sat.attempt_id).at(at or clock.now())]


def test_a_left_forward_only_section_cannot_be_entered_again(session: Session, alice: Sat) -> None:
    assert kinds(alice) == ["current", "waiting", "waiting"]
    go(session, alice, 1)
    assert kinds(alice) == ["left", "current", "waiting"]
    with pytest.raises(SectionNotOpen):
        go(session, alice, 0)
    go(session, alice, 2)
    go(session, alice, 1)
    assert kinds(alice) == ["left", "current", "open"]


def test_the_time_of_a_section_runs_from_its_first_entering(session: Session, alice: Sat) -> None:
    at = clock.now()
    go(session, alice, 1, at)
    go(session, alice, 2, at + timedelta(minutes=4))
    go(session, alice, 1, at + timedelta(minutes=6))
    left = course(alice.attempt_id).at(at + timedelta(minutes=6))[1]
    assert left.closes_at == at + timedelta(minutes=10)
    assert kinds(alice, at + timedelta(minutes=10)) == ["left", "over", "open"]
    go(session, alice, 2, at + timedelta(minutes=11))
    with pytest.raises(SectionNotOpen):
        go(session, alice, 1, at + timedelta(minutes=11))


def test_extra_time_and_a_grant_lengthen_the_section_that_is_written(session: Session) -> None:
    """A16: the personal factor holds for sections as for the paper, to the second."""
    sat = sit(make_exam(sections=shaped()), time_factor="1.5")
    at = clock.now()
    go(session, sat, 1, at)
    assert course(sat.attempt_id).at(at)[1].closes_at == at + timedelta(minutes=15)
    exam_id = session.get_one(Sheet, sat.attempt_id).exam_id
    session.add(
        TimeGrant(exam_id=exam_id, extra_s=300, reason="power cut", granted_at=at + timedelta(minutes=1))
    )
    session.commit()
    assert course(sat.attempt_id).at(at)[1].closes_at == at + timedelta(minutes=20)


def test_answers_to_a_closed_section_are_refused_and_kept(session: Session, alice: Sat) -> None:
    frozen = layout(alice.attempt_id, alice.person_id)
    at = clock.now()
    hot.save(alice.attempt_id, alice.person_id, alice.lease, [Item(0, 1, "A")], at)
    go(session, alice, 1)
    lease = lease_of(session, alice)
    replay, changed, fine = Item(0, 1, "A"), Item(1, 1, "B"), Item(5, 1, "AB")
    for _repeat in range(2):
        with transaction():
            good, stored, closed = sift(
                frozen, course(alice.attempt_id), lease, [replay, changed, fine], clock.now()
            )
    assert (good, stored, closed) == ([fine], [replay], [changed])
    kept = session.scalars(select(AnswerEvent).where(AnswerEvent.outcome == "refused-section")).all()
    assert [(event.slot, event.answer) for event in kept] == [(1, "B")]
    assert session.get_one(Sheet, alice.attempt_id).answers[1] == ""


def test_a_section_takes_answers_until_its_end_and_the_public_grace(session: Session, alice: Sat) -> None:
    at = clock.now()
    go(session, alice, 1, at)
    way = course(alice.attempt_id)
    end = at + timedelta(minutes=10)
    assert way.takes(1, end + timedelta(seconds=9))
    assert not way.takes(1, end + timedelta(seconds=10))
    assert way.takes(2, end), "a section without rules takes answers at any time"
    assert not way.takes(0, end)


def test_a_section_with_rules_takes_nothing_before_it_is_entered(session: Session, alice: Sat) -> None:
    assert not course(alice.attempt_id).takes(1, clock.now())


def test_leaving_gives_a_new_lease_so_that_a_save_judged_before_finds_nothing(
    session: Session, alice: Sat
) -> None:
    """The race, step by step: judged, then left, then stored."""
    frozen = layout(alice.attempt_id, alice.person_id)
    with transaction():
        good, _stored, _closed = sift(
            frozen, course(alice.attempt_id), alice.lease, [Item(0, 1, "A")], clock.now()
        )
    assert good
    go(session, alice, 1)
    with pytest.raises(LeaseLost):
        hot.save(alice.attempt_id, alice.person_id, alice.lease, good, clock.now())
    session.expire_all()
    assert session.get_one(Sheet, alice.attempt_id).answers[0] == ""
    assert session.scalars(select(AnswerEvent.outcome)).all() == ["refused-lease"]


def test_savers_and_leavers_in_a_crowd_agree(app: Flask, session: Session, alice: Sat) -> None:
    """Nothing is stored after the section was left, everything that was stored arrived before."""
    frozen = layout(alice.attempt_id, alice.person_id)
    session.rollback()

    def save(seq: int) -> Any:
        def run() -> Any:
            at = clock.now()
            way = in_transaction(lambda: course(alice.attempt_id))
            good, _stored, _closed = in_transaction(
                lambda: sift(frozen, way, alice.lease, [Item(0, seq, "ABCD"[seq % 4])], at)
            )
            if good:
                hot.save(alice.attempt_id, alice.person_id, alice.lease, good, at)
            return bool(good)

        return run

    def leave() -> str:
        in_transaction(lambda: enter(alice.attempt_id, alice.person_id, 1, alice.lease, 1, clock.now()))
        return "left"

    results = together(
        app, [*(save(seq) for seq in range(1, 13)), leave, leave, *(save(seq) for seq in range(13, 25))]
    )
    assert "left" in results
    unexpected = [one for one in results if isinstance(one, Exception) and not isinstance(one, LeaseLost)]
    assert unexpected == []
    session.expire_all()
    visit = session.get_one(SectionVisit, (alice.attempt_id, 0))
    sheet = session.get_one(Sheet, alice.attempt_id)
    saved = session.scalars(select(AnswerEvent).where(AnswerEvent.outcome == "saved")).all()
    assert all(event.lease == alice.lease for event in saved)
    assert sheet.seqs[0] == max((event.seq for event in saved), default=0)
    assert visit.left_at is not None
    assert kinds(alice)[0] == Stand.LEFT


def test_a_paper_without_section_rules_is_not_asked_about_sections(
    session: Session, count_queries: list[str]
) -> None:
    sat = sit(make_exam())
    assert layout(sat.attempt_id, sat.person_id).sections == ()
    assert not any("section_visits" in query for query in count_queries)
