"""Row A06: save and submit at every boundary of deadline and grace; held requests keep their arrival."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.integration.exam.exams import make_exam, sit
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.exam.errors import TooLate
from webapp.exam.models import AnswerEvent, Sheet
from webapp.exam.rules.saving import Item
from webapp.exam.service import hot
from webapp.exam.service.submitting import submit

GRACE = timedelta(seconds=10)
MOMENTS = [
    pytest.param(timedelta(seconds=-1), True, False, id="a second before"),
    pytest.param(timedelta(0), True, True, id="exactly at the deadline"),
    pytest.param(timedelta(seconds=1), True, True, id="a second after"),
    pytest.param(GRACE - timedelta(milliseconds=1), True, True, id="last millisecond of grace"),
    pytest.param(GRACE, False, True, id="exactly deadline plus grace"),
]


@pytest.mark.parametrize(("offset", "accepted", "late"), MOMENTS)
def test_a06_a_save_counts_by_its_arrival(
    committed_db: Session, offset: timedelta, accepted: bool, late: bool
) -> None:
    sat = sit(make_exam())
    arrival = sat.running.deadline_at + offset
    if not accepted:
        with pytest.raises(TooLate):
            hot.save(sat.attempt_id, sat.person_id, sat.lease, [Item(0, 1, "A")], arrival)
    else:
        assert hot.save(sat.attempt_id, sat.person_id, sat.lease, [Item(0, 1, "A")], arrival).is_late is late
    committed_db.expire_all()
    assert (committed_db.get_one(Sheet, sat.attempt_id).answers[0] == "A") is accepted
    event = committed_db.scalars(select(AnswerEvent)).one()
    assert event.is_late is late, "what came too late is kept as evidence"
    assert event.outcome == ("saved" if accepted else "refused-late")


@pytest.mark.parametrize(("offset", "accepted", "late"), MOMENTS)
def test_a06_a_submission_counts_by_its_arrival(
    committed_db: Session, offset: timedelta, accepted: bool, late: bool
) -> None:
    sat = sit(make_exam())
    arrival = sat.running.deadline_at + offset
    if not accepted:
        with pytest.raises(TooLate), transaction():
            submit(sat.attempt_id, sat.person_id, sat.lease, arrival)
        return
    with transaction():
        receipt = submit(sat.attempt_id, sat.person_id, sat.lease, arrival)
    assert receipt.submitted_at == arrival
    assert receipt.time_used_s == 3600 + (0 if late else -1), "grace is not time used"


@pytest.mark.parametrize("action", ["save", "submit"])
def test_a06_a_request_held_after_its_arrival_still_counts(
    app: Flask, committed_db: Session, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The instant is stamped at request entry: 30 s in a queue behind it cost nothing (injected clock)."""
    sat = sit(make_exam(), at=clock.now() - timedelta(seconds=3609, milliseconds=500))
    with app.test_request_context("/"):
        arrival = clock.arrival()
        monkeypatch.setattr(clock, "_offset", clock.offset() + timedelta(seconds=30))
        assert clock.arrival() == arrival
        assert clock.now() >= sat.running.deadline_at + GRACE
        if action == "save":
            assert hot.save(
                sat.attempt_id, sat.person_id, sat.lease, [Item(0, 1, "A")], clock.arrival()
            ).is_late
        else:
            with transaction():
                assert submit(sat.attempt_id, sat.person_id, sat.lease, clock.arrival()).code
