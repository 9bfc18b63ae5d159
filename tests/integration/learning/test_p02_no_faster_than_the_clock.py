"""Row P02: sixteen times the speed, seeking to the end, wrong clocks, totals the browser claims."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.integration.learning.stand import make_learner
from tests.integration.learning.watch import LENGTH_S, Viewer, counted_spans
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.learning.errors import PlayerSilent
from webapp.learning.models import WatchSession
from webapp.learning.rules import watching
from webapp.learning.rules.watching import EXPIRES_S, SLACK_S, Watched
from webapp.learning.service.watching import sessions

SPEED = 1.5  # jilin-5


@pytest.fixture
def viewer(session: Session) -> Viewer:
    viewer = Viewer(make_learner())
    session.commit()
    viewer.start()
    ask_after(viewer, None)
    return viewer


def ask_after(viewer: Viewer, seconds: int | None) -> None:
    """Choose the next question's moment, which is secret."""
    db.session.execute(
        update(WatchSession).where(WatchSession.id == viewer.session).values(presence_left_s=seconds)
    )
    db.session.commit()


def test_p02_sixteen_times_the_speed_counts_as_the_fastest_allowed(viewer: Viewer) -> None:
    counted = viewer.beat(5, (0, 80))
    assert counted.credited_s == int(5 * SPEED) + SLACK_S
    assert viewer.beat(1, (80, 96)).credited_s <= 6 * SPEED + SLACK_S


def test_p02_seeking_to_the_end_leaves_the_middle_uncounted(viewer: Viewer) -> None:
    viewer.beat(10, (0, 10))
    counted = viewer.beat(10, (90, 100))
    assert counted.spans == ((0, 10), (90, 100))
    assert counted.enough_at is None


def test_p02_waiting_does_not_fill_the_purse(viewer: Viewer) -> None:
    """Seconds that were not played are gone with the beat that did not claim them."""
    for _ in range(10):
        viewer.beat(60)
    assert viewer.beat(2, (0, 100)).credited_s <= 2 * SPEED + SLACK_S


def test_p02_arrivals_that_run_backwards_bring_no_time(viewer: Viewer) -> None:
    viewer.beat(20, (0, 20))
    viewer.beat(-15, (20, 40))
    counted = viewer.beat(15, (40, 60))
    assert counted.credited_s <= 20 * SPEED + SLACK_S


def test_p02_the_end_of_the_video_is_the_end(viewer: Viewer) -> None:
    counted = viewer.beat(600, (0, 5000))
    assert counted.spans == ((0, LENGTH_S),)


def test_p02_a_session_that_was_silent_too_long_counts_no_more(viewer: Viewer) -> None:
    with pytest.raises(PlayerSilent):
        viewer.beat(EXPIRES_S, (0, 100))
    assert counted_spans(viewer.learner) == ()


def test_p02_spans_of_a_long_tunnel_count_when_the_network_is_back(viewer: Viewer) -> None:
    viewer.beat(15, (0, 15))
    assert viewer.beat(80, (15, 95)).credited_s == 95


def test_p02_nothing_counts_past_a_question_that_nobody_answers(viewer: Viewer) -> None:
    ask_after(viewer, 20)
    counted = viewer.beat(15, (0, 15))
    assert counted.question is None
    counted = viewer.beat(15, (15, 30))
    assert counted.question is not None
    assert counted.question.left_s == 60
    assert counted.spans == ((0, 20),)
    counted = viewer.beat(100, (30, 90))
    assert counted.credited_s == 20
    with transaction():
        assert not sessions.answer(viewer.session, viewer.learner.person_id, 0, viewer.at)
    assert viewer.beat(0).spans == ((0, 20),)
    assert viewer.beat(10, (30, 40)).spans == ((0, 20), (30, 40))


def test_p02_an_answer_in_time_counts_what_was_played_meanwhile(viewer: Viewer) -> None:
    ask_after(viewer, 20)
    viewer.beat(30, (0, 30))
    viewer.at += timedelta(seconds=30)
    for _ in range(3):
        with transaction():
            assert sessions.answer(viewer.session, viewer.learner.person_id, 0, viewer.at)
    counted = viewer.beat(0)
    assert counted.spans == ((0, 30),)
    assert counted.question is None


def test_p02_a_new_session_does_not_shake_off_the_question(viewer: Viewer) -> None:
    ask_after(viewer, 20)
    viewer.beat(30, (0, 30))
    started = viewer.start()
    assert started.question is not None
    assert viewer.beat(20, (30, 50)).credited_s == 20


def test_p02_reloading_does_not_put_the_question_off(viewer: Viewer) -> None:
    ask_after(viewer, 40)
    viewer.beat(15, (0, 15))
    viewer.start()
    assert viewer.beat(25, (15, 40)).question is not None


spans = st.lists(
    st.tuples(st.integers(0, 110), st.integers(0, 40)).map(lambda pair: (pair[0], pair[0] + pair[1])),
    max_size=4,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(spans, st.integers(0, 40)), max_size=6), st.none() | st.integers(1, 60))
def test_p02_the_statement_counts_as_the_rule_does(
    viewer: Viewer, sent: list[tuple[list[tuple[int, int]], int]], left_s: int | None
) -> None:
    viewer.lesson_id += 1
    viewer.start()
    db.session.execute(
        update(WatchSession)
        .where(WatchSession.id == viewer.session)
        .values(presence_left_s=left_s, asked_at=None, budget_s=SLACK_S)
    )
    db.session.commit()
    state = Watched(presence_left_s=left_s)
    asked_at = None
    for claimed, elapsed_s in sent:
        in_time = asked_at is None or viewer.at + timedelta(seconds=elapsed_s - 60) < asked_at
        state = watching.beat(state, claimed, Decimal(elapsed_s), LENGTH_S, Decimal("1.5"), in_time=in_time)
        counted = viewer.beat(elapsed_s, *claimed)
        asked_at = asked_at or (viewer.at if state.is_asked else None)
        assert counted.spans == state.spans
        assert (counted.question is not None) == state.is_asked
    row = db.session.get_one(WatchSession, viewer.session, populate_existing=True)
    assert row.budget_s == state.budget_s
    assert tuple((span.lower, span.upper) for span in row.held) == state.held
    assert row.presence_left_s == state.presence_left_s
    db.session.rollback()
