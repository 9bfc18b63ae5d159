"""Row A11: whoever gets time a second before the end is not closed under the old deadline."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_account, make_contest, make_event, make_stage
from tests.integration.exam.exams import DEVICE, make_exam, participant, sit
from tests.integration.exam.races import together
from webapp.audit.models import AuditRow
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.exam.errors import GrantRefused, OwnRequest, ReasonMissing
from webapp.exam.models import Sheet, TimeGrant
from webapp.exam.service import control, hot
from webapp.exam.service.actions import Asked, ask
from webapp.exam.service.control import Who
from webapp.exam.service.granting import Extension
from webapp.exam.service.papers import paper_for
from webapp.exam.service.sweeping import close_expired


@pytest.mark.parametrize("scope", ["one", "hall", "all"])
def test_a11_extra_time_reaches_exactly_those_it_is_for(
    app: Flask, committed_db: Session, scope: str
) -> None:
    exam_id = make_exam()
    begun = clock.now() - timedelta(seconds=3599)
    inside = sit(exam_id, at=begun, hall="A")
    outside = sit(exam_id, at=begun, hall="B")
    who = {"one": Who(attempt_id=inside.attempt_id), "hall": Who(hall="A"), "all": Who()}[scope]
    with transaction():
        control.ask_extend(exam_id, who, 10, "power cut", 1, two_person=False)
    with transaction():
        closed = close_expired(begun + timedelta(seconds=3611))
    committed_db.expire_all()
    extended = committed_db.get_one(Sheet, inside.attempt_id)
    assert extended.state == "open"
    assert extended.deadline_at == inside.running.deadline_at + timedelta(minutes=10)
    assert closed == (0 if scope == "all" else 1)
    other = committed_db.get_one(Sheet, outside.attempt_id)
    assert other.state == ("open" if scope == "all" else "submitted")
    audit = committed_db.scalars(select(AuditRow).where(AuditRow.action == "exam.extend")).one()
    assert audit.why == "power cut"


def test_a11_a_grant_that_a_start_missed_is_applied_before_closing(app: Flask, committed_db: Session) -> None:
    """The grant committed while the start was on its way, so neither saw the other."""
    exam_id = make_exam()
    begun = clock.now() - timedelta(seconds=3620)
    sat = sit(exam_id, at=begun)
    committed_db.add(TimeGrant(exam_id=exam_id, extra_s=600, reason="race"))
    committed_db.commit()
    with transaction():
        assert close_expired(clock.now()) == 0
    committed_db.expire_all()
    assert committed_db.get_one(Sheet, sat.attempt_id).deadline_at == begun + timedelta(seconds=4200)


def test_a11_who_starts_after_the_grant_has_it_too(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    with transaction():
        control.ask_extend(exam_id, Who(), 5, "late buses", 1, two_person=False)
    person = participant(exam_id)
    person_id = person.person_id
    drawn = paper_for(exam_id, person.id)
    committed_db.commit()
    assert hot.start(drawn.attempt_id, person_id, DEVICE, clock.now()).remaining_s == 3900


@pytest.mark.parametrize("minutes", [0, -10, 10_000])
def test_a11_time_is_never_taken_away_nor_given_by_the_week(
    app: Flask, committed_db: Session, minutes: int
) -> None:
    exam_id = make_exam()
    with pytest.raises(GrantRefused):
        control.ask_extend(exam_id, Who(), minutes, "reason", 1, two_person=False)
    with pytest.raises(ReasonMissing):
        control.ask_extend(exam_id, Who(), 5, "  ", 1, two_person=False)


def test_a11_with_two_people_nothing_moves_until_the_second_agrees(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    sat = sit(exam_id)
    asker, approver = make_account().id, make_account().id
    committed_db.commit()
    with transaction():
        action_id = control.ask_extend(exam_id, Who(), 10, "power cut", asker, two_person=True).id
    assert committed_db.scalars(select(TimeGrant)).all() == []
    with pytest.raises(OwnRequest), transaction():
        control.decide(action_id, asker, agree=True, at=clock.now())
    with transaction():
        control.decide(action_id, approver, agree=True, at=clock.now())
    committed_db.expire_all()
    grant = committed_db.scalars(select(TimeGrant)).one()
    assert (grant.granted_by_account_id, grant.approved_by_account_id) == (asker, approver)
    assert committed_db.get_one(Sheet, sat.attempt_id).deadline_at == sat.running.deadline_at + timedelta(
        minutes=10
    )


@pytest.mark.parametrize("scope", ["one", "hall", "all"])
def test_a11_a_second_before_the_end_with_sweepers_running_nobody_is_closed_under_the_old_deadline(
    app: Flask, committed_db: Session, scope: str
) -> None:
    """Row A11 in real time: two sweepers never pause, the grant commits in the last second."""
    exam_id = make_exam(grace_s=0)
    begun = clock.now() - timedelta(seconds=3598.8)
    inside = [sit(exam_id, at=begun, hall="A") for _ in range(1 if scope == "one" else 8)]
    outside = sit(exam_id, at=begun, hall="B")
    who = {"one": Who(inside[0].attempt_id), "hall": Who(hall="A"), "all": Who()}[scope]
    asker = make_account().id
    committed_db.commit()
    ends = begun + timedelta(seconds=3600)

    def sweep() -> int:
        closed = 0
        while clock.now() < ends + timedelta(seconds=1.2):
            with transaction():
                closed += close_expired(clock.now())
        return closed

    def give() -> None:
        with transaction():
            control.ask_extend(exam_id, who, 10, "停电", asker, two_person=False)

    for result in together(app, [sweep, sweep, give]):
        assert not isinstance(result, Exception), result
    committed_db.expire_all()
    for sat in inside:
        sheet = committed_db.get_one(Sheet, sat.attempt_id)
        assert (sheet.state, sheet.deadline_at) == ("open", ends + timedelta(minutes=10))
    other = committed_db.get_one(Sheet, outside.attempt_id)
    assert other.state == ("open" if scope == "all" else "submitted")
    grant = committed_db.scalars(select(TimeGrant)).one()
    assert (grant.reason, grant.granted_by_account_id, grant.extra_s) == ("停电", asker, 600)
    audit = committed_db.scalars(select(AuditRow).where(AuditRow.action == "exam.extend")).one()
    assert (audit.why, audit.facts["granted_by"]) == ("停电", asker)


@pytest.mark.parametrize(("reach", "expected"), [("exam", 1), ("event", 1), ("contest", 2)])
def test_a11_time_for_all_open_exams_reaches_each_of_them_and_no_closed_one(
    app: Flask, committed_db: Session, reach: str, expected: int
) -> None:
    contest = make_contest()
    stages = [make_stage(make_event(contest)) for _ in range(3)]
    at = clock.now()
    here, there = make_exam(stages[0]), make_exam(stages[1])
    over = make_exam(stages[2], opens_at=at - timedelta(days=2), closes_at=at - timedelta(days=1))
    foreign = make_exam()
    asked = Asked(1, "台风", two_person=False)
    with transaction():
        ask("extend", here, Extension(minutes=15, reach=reach), asked)
    reached = set(committed_db.scalars(select(TimeGrant.exam_id)))
    assert len(reached) == expected
    assert here in reached
    assert not reached & {over, foreign}
    assert (there in reached) == (reach == "contest")
