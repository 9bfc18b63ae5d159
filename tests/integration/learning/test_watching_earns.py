"""From watched seconds and read texts to points: once, under the caps, whichever way was taken."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.integration.learning.stand import DAY, make_learner
from tests.integration.learning.watch import Viewer, points
from webapp.contests.rules.schema import ActivityKind
from webapp.core.transaction import transaction
from webapp.learning.errors import ReadTooSoon
from webapp.learning.service.learners import Learner
from webapp.learning.service.ledger import Credit
from webapp.learning.service.watching import earning, readings


@pytest.fixture
def learner(session: Session) -> Learner:
    learner = make_learner()
    session.commit()
    return learner


def settle(learner: Learner, viewer: Viewer) -> Credit | None:
    with transaction():
        return earning.settle(learner.participation_id, viewer.lesson_id, viewer.at)


def watch(learner: Learner, lesson_id: int, at_hour: int = 0) -> Viewer:
    viewer = Viewer(learner, lesson_id, at=DAY + timedelta(hours=at_hour))
    viewer.start()
    viewer.play(0, 100)
    return viewer


def test_a_video_watched_to_the_end_brings_its_points_once(learner: Learner) -> None:
    viewer = watch(learner, 7)
    first = settle(learner, viewer)
    assert first is not None
    assert first.points == 10
    assert settle(learner, viewer) is None
    assert points(learner) == [10]


def test_what_a_cap_cut_off_comes_on_another_day(learner: Learner) -> None:
    for lesson_id in (1, 2, 3):
        settle(learner, watch(learner, lesson_id, at_hour=lesson_id))
    last = watch(learner, 4, at_hour=4)
    made = settle(learner, last)
    assert made is not None
    assert made.cut_by == "activity-daily-cap"
    last.at += timedelta(days=1)
    assert settle(learner, last) is not None
    assert points(learner) == [10, 10, 10, 10]


def test_points_of_a_process_that_died_are_found(learner: Learner) -> None:
    viewer = watch(learner, 7)
    owed = (learner.participation_id, 7)
    assert earning.left_behind(viewer.at) == []
    assert earning.left_behind(viewer.at + timedelta(minutes=2)) == [owed]
    settle(learner, viewer)
    assert earning.left_behind(viewer.at + timedelta(minutes=2)) == []


def test_the_text_version_takes_its_time_and_brings_the_same_points_once(learner: Learner) -> None:
    with transaction():
        opened = readings.open_text(learner, ActivityKind.VIDEO, 7, 100, DAY)
    assert opened.left_s == 60  # ninety of a hundred seconds, at one and a half
    with pytest.raises(ReadTooSoon) as told, transaction():
        readings.finish(learner, ActivityKind.VIDEO, 7, 100, DAY + timedelta(seconds=59))
    assert told.value.params == {"seconds": 1}
    with transaction():
        made = readings.finish(learner, ActivityKind.VIDEO, 7, 100, DAY + timedelta(seconds=60))
    assert made.points == 10
    viewer = watch(learner, 7, at_hour=1)
    again = settle(learner, viewer)
    assert again is not None
    assert again.cut_by == "already"
    assert points(learner) == [10]


def test_reopening_a_text_loses_no_time(learner: Learner) -> None:
    for after_s, left_s in ((0, 40), (15, 25), (45, 0)):
        with transaction():
            opened = readings.open_text(learner, ActivityKind.TEXT, 9, 0, DAY + timedelta(seconds=after_s))
        assert opened.left_s == left_s


def test_no_second_counts_for_two_texts(learner: Learner) -> None:
    for lesson_id in (9, 10):
        with transaction():
            readings.open_text(learner, ActivityKind.TEXT, lesson_id, 0, DAY)
    at = DAY + timedelta(seconds=40)
    with transaction():
        readings.finish(learner, ActivityKind.TEXT, 9, 0, at)
    with pytest.raises(ReadTooSoon), transaction():
        readings.finish(learner, ActivityKind.TEXT, 10, 0, at + timedelta(seconds=39))
    with transaction():
        readings.finish(learner, ActivityKind.TEXT, 10, 0, at + timedelta(seconds=40))
    assert points(learner) == [5, 5]
