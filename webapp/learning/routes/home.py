"""My learning, the courses of one event, and the panel of points."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.contests.queries import event_by_id
from webapp.contests.rules.schema import ActivityKind
from webapp.core import clock
from webapp.core.render import render
from webapp.learning.queries.lessons import LessonLine, course_lines, next_line
from webapp.learning.queries.points import Summary, summary
from webapp.learning.routes.blueprint import ACTIVITY_WORDS, LESSON_WORDS, UNIT_WORDS, bp
from webapp.learning.service.learners import Learner, learner, learners

ENDPOINTS = {
    ActivityKind.VIDEO: "learning.watch",
    ActivityKind.TEXT: "learning.read",
    ActivityKind.QUIZ: "learning.quiz",
    ActivityKind.DRILL: "learning.drill",
}


@dataclass(frozen=True)
class EventCard:
    """One event of "my learning". opens_at, closes_at: None while undecided."""

    learner: Learner
    points: Summary
    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None


@dataclass(frozen=True)
class NextStep:
    """What comes after learning. exam_is_open: the theory exam can be sat now."""

    exam_is_open: bool
    exam_opens_at: datetime | None
    board: str


@bp.get("/learning")
@signed_in
def mine() -> ResponseReturnValue:
    now = clock.now()
    cards = [_card(found, now) for found in learners(principal(), now)]
    if len(cards) == 1:
        one = cards[0].learner
        return redirect(url_for("learning.event", contest=one.contest_code, event=one.event_code), code=303)
    return render("learning/mine.html", cards=cards, plain=plain)


@bp.get("/learning/<contest>/<event>")
@signed_in
def event(contest: str, event: str) -> ResponseReturnValue:
    now = clock.now()
    found = learner(principal(), contest, event, now)
    courses = course_lines(found.event_id, found.participation_id)
    return render(
        "learning/event.html",
        card=_card(found, now),
        courses=courses,
        following=next_line(courses),
        step=_next_step(found, now),
        address=lesson_address,
        kind_words=LESSON_WORDS,
        **_panel(found, now),
    )


@bp.get("/learning/<contest>/<event>/points-panel")
@signed_in
def points(contest: str, event: str) -> ResponseReturnValue:
    """The panel alone: it asks for itself when points have changed, and twice a minute."""
    now = clock.now()
    return render("learning/_points.html", **_panel(learner(principal(), contest, event, now), now))


def lesson_address(found: Learner, line: LessonLine) -> str:
    """The page of a lesson."""
    endpoint = ENDPOINTS[line.kind]
    return url_for(
        endpoint if endpoint in current_app.view_functions else "learning.event",
        contest=found.contest_code,
        event=found.event_code,
        lesson_id=line.lesson.lesson_id,
    )


def _panel(found: Learner, now: datetime) -> dict[str, Any]:
    """What learning/_points.html needs."""
    return {
        "panel": summary(found.contest_id, found.participation_id, found.learning, now),
        "panel_learner": found,
        "panel_is_open": found.is_open(now),
        "activity_words": ACTIVITY_WORDS,
        "unit_words": UNIT_WORDS,
        "plain": plain,
    }


def plain(number: Decimal) -> str:
    """A number of points without noughts that say nothing: 12.50 -> 12.5, 10.00 -> 10."""
    return f"{number.normalize():f}"


def _card(found: Learner, now: datetime) -> EventCard:
    return EventCard(
        found,
        summary(found.contest_id, found.participation_id, found.learning, now),
        found.is_open(now),
        found.window.opens_at if found.window else None,
        found.window.closes_at if found.window else None,
    )


def _next_step(found: Learner, now: datetime) -> NextStep:
    view = event_by_id(found.event_id, now)
    exam, stage = view.windows.exam, view.online_stage
    return NextStep(
        exam_is_open=exam is not None and exam.contains(now),
        exam_opens_at=exam.opens_at if exam and now < exam.opens_at else None,
        board=stage.code if stage else "",
    )
