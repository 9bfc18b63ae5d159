"""Row A10: a wrong clock in a node decides nothing, because arrival is stamped in database time."""

import inspect
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.integration.exam.exams import make_exam, sit
from webapp.core import clock
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.exam.errors import TooLate
from webapp.exam.rules.saving import Item
from webapp.exam.service import hot
from webapp.exam.service.sweeping import close_expired


@pytest.fixture(params=[-3600, 3600], ids=["an hour behind", "an hour ahead"])
def wrong_node(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, session: Session
) -> Iterator[int]:
    """This process's clock is off by an hour, and has measured its offset to the database."""
    off = timedelta(seconds=request.param)

    class WrongClock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "datetime":  # type: ignore[override]
            return datetime.now(tz) + off

    monkeypatch.setattr(clock, "datetime", WrongClock)
    clock.measure_offset(db.engine)
    yield request.param
    monkeypatch.undo()
    clock.measure_offset(db.engine)


def test_a10_a_node_off_by_an_hour_decides_rightly(app: Flask, session: Session, wrong_node: int) -> None:
    exam_id = make_exam()
    sat = sit(exam_id)
    assert 3598 <= sat.running.remaining_s <= 3600
    assert hot.save(sat.attempt_id, sat.person_id, sat.lease, [Item(0, 1, "A")], clock.now()).acks
    with transaction():
        assert close_expired(clock.now()) == 0, "the sweeper of a fast node closes nobody early"
    gone = sit(exam_id, at=clock.now() - timedelta(seconds=3611))
    with pytest.raises(TooLate):
        hot.save(gone.attempt_id, gone.person_id, gone.lease, [Item(0, 1, "A")], clock.now())
    with transaction():
        assert close_expired(clock.now()) == 1, "nor does that of a slow node forget anybody"


@pytest.fixture
def measuring(session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Semaphore]:
    """Measures all the time, and counts; afterwards the clock is right again."""
    counted = threading.Semaphore(0)
    end = clock.keep_measuring(db.engine, every_s=0.05, then=counted.release)
    yield counted
    end()
    monkeypatch.undo()
    clock.measure_offset(db.engine)


def test_a10_a_clock_that_slips_in_a_running_node_is_noticed_within_thirty_seconds(
    app: Flask, session: Session, measuring: threading.Semaphore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A10: each web process measures again by itself, three times in thirty seconds unless told otherwise."""
    pause = inspect.signature(clock.keep_measuring).parameters["every_s"].default
    assert pause * 3 <= 30
    assert measuring.acquire(timeout=30)
    assert abs(clock.offset()) < clock.MAX_OFFSET

    class Slipped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "datetime":  # type: ignore[override]
            return datetime.now(tz) + timedelta(hours=1)

    monkeypatch.setattr(clock, "datetime", Slipped)
    for _ in range(2):  # one measuring may have been under way
        assert measuring.acquire(timeout=30)
        assert measuring.acquire(timeout=30)
    assert abs(clock.offset()) > clock.MAX_OFFSET
    assert app.test_client().get("/readyz").status_code == 503
    sat = sit(make_exam())
    assert 3598 <= sat.running.remaining_s <= 3600, "what is decided is right again"


def test_a10_a_bad_node_says_so(app: Flask, session: Session, wrong_node: int) -> None:
    assert abs(clock.offset()) > clock.MAX_OFFSET
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503, "the proxy takes it out of the pool"
