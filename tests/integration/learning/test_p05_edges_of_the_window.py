"""Row P05: the learning window is half-open for watching and reading; a session across its close."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.integration.learning.stand import make_learner
from tests.integration.learning.watch import Viewer, counted_spans, points
from webapp.contests.rules.schema import ActivityKind
from webapp.core.clock import datetime
from webapp.core.transaction import transaction
from webapp.learning.errors import LearningClosed, LearningNotOpen, ReadTooSoon
from webapp.learning.service.learners import Learner
from webapp.learning.service.watching import earning, readings, sessions

SECOND = timedelta(seconds=1)


@pytest.fixture
def learner(session: Session) -> Learner:
    learner = make_learner()
    session.commit()
    return learner


def opens(learner: Learner) -> datetime:
    assert learner.window is not None
    return learner.window.opens_at


def closes(learner: Learner) -> datetime:
    assert learner.window is not None
    return learner.window.closes_at


def test_p05_no_session_starts_a_second_before_the_opening(learner: Learner) -> None:
    with pytest.raises(LearningNotOpen):
        Viewer(learner, at=opens(learner) - SECOND).start()
    Viewer(learner, at=opens(learner)).start()


def test_p05_no_session_starts_at_the_close(learner: Learner) -> None:
    Viewer(learner, at=closes(learner) - SECOND).start()
    with pytest.raises(LearningClosed):
        Viewer(learner, at=closes(learner)).start()


def test_p05_a_session_across_the_close_keeps_what_came_before_it(learner: Learner) -> None:
    viewer = Viewer(learner, at=closes(learner) - 31 * SECOND)
    viewer.start()
    viewer.beat(15, (0, 15))
    viewer.beat(15, (15, 30))
    with pytest.raises(LearningClosed):
        viewer.beat(1, (30, 31))
    with pytest.raises(LearningClosed), transaction():
        sessions.answer(viewer.session, learner.person_id, 0, viewer.at)
    assert counted_spans(learner) == ((0, 30),)


def test_p05_enough_a_second_before_the_close_counts_even_when_credited_after_it(learner: Learner) -> None:
    viewer = Viewer(learner, length_s=40, at=closes(learner) - 37 * SECOND)
    viewer.start()
    assert viewer.beat(36, (0, 36)).enough_at == closes(learner) - SECOND
    with transaction():
        made = earning.settle(learner.participation_id, 7, closes(learner) + timedelta(hours=1))
    assert made is not None
    assert made.points == 10
    assert points(learner) == [10]


def test_p05_reading_counts_in_the_half_open_window_only(learner: Learner) -> None:
    at = closes(learner) - timedelta(seconds=41)
    with transaction():
        readings.open_text(learner, ActivityKind.TEXT, 9, 0, at)
    with pytest.raises(LearningClosed), transaction():
        readings.finish(learner, ActivityKind.TEXT, 9, 0, closes(learner))
    with transaction():
        made = readings.finish(learner, ActivityKind.TEXT, 9, 0, closes(learner) - SECOND)
    assert made.points == 5


def test_p05_time_before_the_opening_is_no_reading_time(learner: Learner) -> None:
    with transaction():
        readings.open_text(learner, ActivityKind.TEXT, 9, 0, opens(learner) - timedelta(hours=1))
    with pytest.raises(ReadTooSoon), transaction():
        readings.finish(learner, ActivityKind.TEXT, 9, 0, opens(learner))
