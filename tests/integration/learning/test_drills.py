"""Runs of drills on a real database: one open run, each step judged once, points once."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from tests.integration.exam.races import together
from tests.integration.learning.drilling import make_drills, open_learner
from tests.unit.learning.drill_runs import SHIPPED_DRILLS, perfect, shipped
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.transaction import transaction
from webapp.courses import queries as courses
from webapp.learning.errors import NotThisStep
from webapp.learning.models import DrillRun, DrillStep, PointEntry
from webapp.learning.queries import drills as queries
from webapp.learning.queries.drills import RunView
from webapp.learning.rules.drills import Action
from webapp.learning.service import drills
from webapp.learning.service.learners import Learner
from webapp.learning.service.places import Place


@pytest.fixture
def lessons(session: Session, tmp_path: Path) -> dict[str, int]:
    open_learner()
    return make_drills(tmp_path)


@pytest.fixture
def place(session: Session, lessons: dict[str, int]) -> Callable[..., Place]:
    """Somebody at one of the drills; the same person each time unless another learner is given."""
    alice = open_learner()

    def at(key: str = "lockout", who: Learner = alice) -> Place:
        return Place(who, courses.lesson_of_event(who.event_id, lessons[key]))

    return at


def begin(at: Place, minutes_ago: int = 2, **options: Any) -> int:
    with transaction():
        return drills.begin(at, clock.now() - timedelta(minutes=minutes_ago), **options)


def act(at: Place, run_id: int, number: int, action: Action) -> RunView:
    with transaction():
        return drills.act(at, run_id, number, action, clock.now())


def whole(at: Place, key: str) -> RunView:
    """A perfect run."""
    drill = next(shipped(path) for path in SHIPPED_DRILLS if path.stem == key)
    run_id = begin(at)
    for number, action in enumerate(perfect(drill), 1):
        seen = act(at, run_id, number, action)
    return seen


def test_twenty_posts_of_one_step_are_one_step(
    app: Flask, session: Session, place: Callable[..., Place]
) -> None:
    at = place()
    run_id = begin(at)
    session.rollback()
    calls = [partial(act, at, run_id, 1, Action("prepare")) for _ in range(20)]
    seen = together(app, calls)
    assert {(one.run_id, len(one.verdicts), one.next_number) for one in seen} == {(run_id, 1, 2)}
    assert session.scalar(select(func.count()).select_from(DrillStep)) == 1


def test_two_different_steps_under_one_number_are_never_both_judged(
    app: Flask, session: Session, place: Callable[..., Place]
) -> None:
    at = place()
    run_id = begin(at)
    session.rollback()
    calls = [partial(act, at, run_id, 1, Action(key)) for key in ("prepare", "repair") * 8]
    seen = together(app, calls)
    assert sum(isinstance(one, NotThisStep) for one in seen) == 8
    assert session.scalar(select(func.count()).select_from(DrillStep)) == 1


def test_clicks_at_once_begin_one_run_and_leave_one(
    app: Flask, session: Session, place: Callable[..., Place]
) -> None:
    at = place()
    session.rollback()
    assert len(set(together(app, [partial(begin, at)] * 10))) == 1
    first = session.scalars(select(DrillRun.id)).one()
    session.rollback()
    again = set(together(app, [partial(begin, at, instead_of=first)] * 10))
    assert len(again) == 1
    assert again != {first}
    assert session.scalar(select(func.count()).select_from(DrillRun)) == 2


def test_the_last_step_sent_at_once_credits_once(
    app: Flask, session: Session, place: Callable[..., Place]
) -> None:
    at = place("warehouse")
    run_id = begin(at)
    drill = next(shipped(path) for path in SHIPPED_DRILLS if path.stem == "warehouse")
    *marks, last = perfect(drill)
    for number, action in enumerate(marks, 1):
        act(at, run_id, number, action)
    session.rollback()
    seen = together(app, [partial(act, at, run_id, len(marks) + 1, last)] * 10)
    assert {one.points for one in seen} == {20}
    assert session.scalar(select(func.count()).select_from(PointEntry)) == 1


def test_a_run_that_was_left_takes_no_step_and_counts_nowhere(place: Callable[..., Place]) -> None:
    at = place()
    run_id = begin(at)
    act(at, run_id, 1, Action("shared-key"))
    fresh = begin(at, instead_of=run_id)
    with pytest.raises(NotThisStep):
        act(at, run_id, 2, Action("stop"))
    version = courses.drill_version(at.lesson.lesson_id)
    found = queries.latest_run(at.participation_id, at.lesson.lesson_id, version)
    assert found is not None
    assert (found.run_id, found.verdicts) == (fresh, ())
    assert queries.history(at.participation_id, at.lesson.lesson_id).finished == 0


def test_a_foreign_run_and_a_run_of_another_drill_are_not_there(place: Callable[..., Place]) -> None:
    run_id = begin(place())
    for at in (place(who=open_learner()), place("extinguisher")):
        with pytest.raises(NotFound):
            act(at, run_id, 1, Action("prepare"))


def test_nobody_leaves_the_run_of_somebody_else(session: Session, place: Callable[..., Place]) -> None:
    run_id = begin(place())
    begin(place(who=open_learner()), instead_of=run_id)
    assert session.get_one(DrillRun, run_id).finished_at is None


def test_a_new_version_of_the_course_begins_anew(
    session: Session, place: Callable[..., Place], tmp_path: Path
) -> None:
    at = place()
    run_id = begin(at)
    make_drills(tmp_path, note="：第二版")
    version = courses.drill_version(at.lesson.lesson_id)
    assert queries.latest_run(at.participation_id, at.lesson.lesson_id, version) is None
    fresh = begin(at)
    assert fresh != run_id
    assert session.get_one(DrillRun, run_id).score is None


def test_a_score_below_the_pass_mark_earns_nothing_and_the_next_run_does(
    place: Callable[..., Place],
) -> None:
    at = place("workshop")
    run_id = begin(at)
    seen = act(at, run_id, 1, Action(finish=True))
    assert [seen.score, seen.points, seen.cut_by] == [0, 0, drills.BELOW]
    assert [told.missed for told in seen.verdicts[-1].told] == [True] * 6
    seen = whole(at, "workshop")
    assert [seen.score, seen.points] == [100, 20]
    again = whole(at, "workshop")
    assert [again.points, again.cut_by] == [0, "already"]
    history = queries.history(at.participation_id, at.lesson.lesson_id)
    assert [history.finished, history.best] == [3, 100]
    assert [line.score for line in history.latest] == [100, 100, 0]


def test_the_daily_cap_leaves_the_third_drill_for_another_day(place: Callable[..., Place]) -> None:
    points = [whole(place(key), key).points for key in ("lockout", "cpr")]
    third = whole(place("extinguisher"), "extinguisher")
    assert points == [20, 20]
    assert [third.points, third.cut_by] == [0, "activity-daily-cap"]


def test_a_fast_run_is_marked_and_earns_nothing(session: Session, place: Callable[..., Place]) -> None:
    at = place("cpr")
    run_id = begin(at)
    session.execute(update(DrillRun).values(started_at=clock.now()))
    session.commit()
    drill = next(shipped(path) for path in SHIPPED_DRILLS if path.stem == "cpr")
    for number, action in enumerate(perfect(drill), 1):
        seen = act(at, run_id, number, action)
    assert [seen.score, seen.points, seen.is_fast, seen.cut_by] == [100, 0, True, drills.FAST]


def test_the_debrief_waits_for_the_end(place: Callable[..., Place]) -> None:
    at = place()
    seen = act(at, begin(at), 1, Action("prepare"))
    with pytest.raises(NotFound):
        drills.ending(seen)
    at = place("power-off")
    ending = drills.ending(whole(at, "power-off"))
    assert "GB 26860" in ending.sources[0]
    assert ending.debrief.zh


def test_judged_steps_cannot_be_changed(session: Session, place: Callable[..., Place]) -> None:
    at = place()
    act(at, begin(at), 1, Action("prepare"))
    with pytest.raises(ProgrammingError):
        session.execute(update(DrillStep).values(number=7))
