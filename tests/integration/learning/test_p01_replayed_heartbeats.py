"""Row P01: heartbeats replayed a thousand times, twenty sessions at once, somebody else's session."""

import threading
from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.integration.learning.stand import make_learner
from tests.integration.learning.watch import DIGEST, LENGTH_S, Viewer, counted_spans
from webapp.core.errors import Conflict
from webapp.core.transaction import transaction
from webapp.learning.errors import PlayedElsewhere, PlayerNotFound
from webapp.learning.models import WatchSession
from webapp.learning.rules.watching import SLACK_S, seconds_of
from webapp.learning.service.watching import beats, sessions


@pytest.fixture
def viewer(session: Session) -> Viewer:
    """A learner whose session is open."""
    viewer = Viewer(make_learner())
    session.commit()
    viewer.start()
    return viewer


def test_p01_a_beat_replayed_a_thousand_times_counts_once(viewer: Viewer) -> None:
    viewer.beat(15, (0, 15))
    first = viewer.beat(15, (15, 30))
    for _ in range(1000):
        again = viewer.beat(0, (15, 30))
    assert again.spans == first.spans == ((0, 30),)
    assert again.credited_s == 30


def test_p01_a_thousand_greedy_replays_gain_the_slack_and_no_more(viewer: Viewer) -> None:
    viewer.beat(10, (0, LENGTH_S))
    for _ in range(1000):
        again = viewer.beat(0, (0, LENGTH_S))
    assert again.credited_s <= 10 * 1.5 + SLACK_S


def test_p01_opening_sessions_one_after_the_other_brings_the_slack_once(viewer: Viewer) -> None:
    for _ in range(30):
        counted = viewer.beat(0, (0, LENGTH_S))
        viewer.start()
    assert counted.credited_s == SLACK_S
    assert viewer.beat(10, (0, LENGTH_S)).credited_s == SLACK_S + 10 * 1.5


def test_p01_twenty_sessions_at_once_leave_one_open(app: Flask, session: Session, viewer: Viewer) -> None:
    gate = threading.Barrier(20)
    outcomes: Counter[str] = Counter()
    opened: list[str] = []

    def open_and_play() -> None:
        with app.app_context():
            gate.wait()
            with transaction():
                made = sessions.start(viewer.learner, 7, DIGEST, LENGTH_S, viewer.at)
            opened.append(made.session)
            gate.wait()
            later = viewer.at.replace(second=30)
            try:
                beats.beat(made.session, viewer.learner.person_id, [(0, LENGTH_S)], 0, later)
                outcomes["counted"] += 1
            except PlayedElsewhere:
                outcomes["told"] += 1

    threads = [threading.Thread(target=open_and_play) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == {"counted": 1, "told": 19}
    assert len(set(opened)) == 20
    session.rollback()
    is_open = select(func.count()).select_from(WatchSession).where(WatchSession.ended_at.is_(None))
    assert session.scalar(is_open) == 1
    assert seconds_of(counted_spans(viewer.learner)) <= 30 * 1.5 + SLACK_S


def test_p01_parallel_beats_of_one_session_share_one_clock(app: Flask, viewer: Viewer) -> None:
    gate = threading.Barrier(20)
    later = viewer.at.replace(second=20)

    def beat() -> None:
        with app.app_context():
            gate.wait()
            beats.beat(viewer.session, viewer.learner.person_id, [(0, LENGTH_S)], 0, later)

    threads = [threading.Thread(target=beat) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seconds_of(counted_spans(viewer.learner)) == 20 * 1.5 + SLACK_S


def test_p01_somebody_elses_session_answers_like_a_missing_one(session: Session, viewer: Viewer) -> None:
    bob = make_learner()
    session.commit()
    for name in (viewer.session, "no-such-session"):
        with pytest.raises(PlayerNotFound):
            beats.beat(name, bob.person_id, [(0, 15)], 0, viewer.at)
        with pytest.raises(PlayerNotFound):
            sessions.answer(name, bob.person_id, 0, viewer.at)
        session.rollback()
    assert counted_spans(viewer.learner) == ()


def test_p01_the_page_that_lost_its_session_is_told_and_counts_no_more(viewer: Viewer) -> None:
    old = Viewer(viewer.learner, at=viewer.at, session=viewer.session)
    old.beat(15, (0, 15))
    viewer.at = old.at
    assert viewer.start().took_over
    with pytest.raises(Conflict) as told:
        old.beat(15, (15, 30))
    assert told.value.code == "played-elsewhere"
    assert counted_spans(viewer.learner) == ((0, 15),)


def test_p01_two_videos_at_once_do_not_both_count(viewer: Viewer) -> None:
    other = Viewer(viewer.learner, lesson_id=8, at=viewer.at)
    other.start()
    with pytest.raises(PlayedElsewhere):
        viewer.beat(15, (0, 15))
    assert other.beat(15, (0, 15)).credited_s == 15
