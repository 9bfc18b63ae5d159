"""Quizzes: what a lesson asks, and a round question by question. Plain forms; htmx swaps the step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.banks.errors import AnswerTooLong
from webapp.banks.queries.practice import stems
from webapp.contests.rules.schema import ActivityKind
from webapp.core import clock
from webapp.core.i18n import say
from webapp.core.render import render, wants_fragment
from webapp.core.transaction import in_transaction
from webapp.courses import queries as courses
from webapp.learning.errors import AnswerMissing, QuizEmpty, QuizNotAvailable, TakeYourTime
from webapp.learning.queries import quizzes as queries
from webapp.learning.queries.lessons import PROGRESS
from webapp.learning.queries.points import Line, summary
from webapp.learning.queries.quizzes import BOOK, AnswerView, RoundView
from webapp.learning.routes.blueprint import bp
from webapp.learning.routes.quiz_views import question_view, verdict_view
from webapp.learning.service import quizzes
from webapp.learning.service.places import Place, enter
from webapp.learning.service.quizzes import Quiz

PROGRESS[ActivityKind.QUIZ] = queries.progress


@dataclass(frozen=True)
class WrongLine:
    """A wrong answer in the summary of a round."""

    number: int
    slot: int
    stem: str


@bp.get("/learning/<contest>/<event>/quiz/<int:lesson_id>")
@signed_in
def quiz(contest: str, event: str, lesson_id: int) -> ResponseReturnValue:
    place, wanted = _place(contest, event, lesson_id)
    lines = queries.round_lines(place.participation_id, lesson_id)
    return render(
        "learning/quiz.html",
        place=place,
        quiz=wanted,
        why_not=_why_not(wanted),
        open_round=next((line for line in lines if line.finished_at is None), None),
        rounds=[line for line in lines if line.finished_at is not None],
        earns=_earns(place),
        is_open=place.learner.is_open(clock.now()),
    )


@bp.post("/learning/<contest>/<event>/quiz/<int:lesson_id>")
@signed_in
def quiz_start(contest: str, event: str, lesson_id: int) -> ResponseReturnValue:
    place, wanted = _place(contest, event, lesson_id)
    round_id = in_transaction(lambda: quizzes.start(place.learner, wanted, clock.arrival()))
    return _to_round(round_id)


@bp.get("/learning/rounds/<int:round_id>")
@signed_in
def quiz_round(round_id: int) -> ResponseReturnValue:
    found = queries.own_round(round_id, principal().person_id)
    slot = request.args.get("slot", -1, type=int)
    if slot in found.answers:
        return _step(found, slot)
    if found.finished_at is not None:
        return _summary(found)
    return _step(found, found.slot)


@bp.post("/learning/rounds/<int:round_id>/answers/<int:slot>")
@signed_in
def quiz_answer(round_id: int, slot: int) -> ResponseReturnValue:
    me = principal()
    posted = request.form.to_dict(flat=False)
    try:
        made = in_transaction(lambda: quizzes.answer(round_id, me.person_id, slot, posted, clock.arrival()))
    except (AnswerMissing, AnswerTooLong) as refused:
        return _asked_again(queries.own_round(round_id, me.person_id), slot, posted, say(refused.message))
    if not wants_fragment():
        return redirect(url_for(".quiz_round", round_id=round_id, slot=slot), code=303)
    return _told(_step(queries.own_round(round_id, me.person_id), slot), made)


@bp.post("/learning/rounds/<int:round_id>/answers/<int:slot>/next")
@signed_in
def quiz_next(round_id: int, slot: int) -> ResponseReturnValue:
    me = principal()
    try:
        in_transaction(lambda: quizzes.go_on(round_id, me.person_id, slot, clock.arrival()))
    except TakeYourTime:
        return redirect(url_for(".quiz_wait", round_id=round_id), code=303)
    return _to_round(round_id)


@bp.get("/learning/rounds/<int:round_id>/wait")
@signed_in
def quiz_wait(round_id: int) -> Response:
    """A short pause for somebody who answered faster than one can read; the server counts it."""
    found = queries.own_round(round_id, principal().person_id)
    return render(
        "learning/quiz_wait.html",
        fragment="learning/_quiz_wait.html",
        r=found,
        seconds=quizzes.wait_s(found.participation_id, clock.arrival()),
    )


def _place(contest: str, event: str, lesson_id: int) -> tuple[Place, Quiz]:
    place = enter(principal(), contest, event, lesson_id, (ActivityKind.QUIZ,), clock.now())
    part = courses.quiz_of(lesson_id)
    title = {"zh": place.lesson.title.zh, "en": place.lesson.title.en}
    return place, Quiz(lesson_id, title, part.bank, tuple(part.topics), part.count)


def _why_not(wanted: Quiz) -> str:
    """Why a quiz cannot be practised now, '' when it can."""
    try:
        return "" if quizzes.pool_of(wanted) else say(QuizEmpty().message)
    except (QuizEmpty, QuizNotAvailable) as refused:
        return say(refused.message)


def _earns(place: Place) -> Line | None:
    """What quizzes earn here and what caps leave today; None when they earn nothing."""
    learner = place.learner
    found = summary(learner.contest_id, learner.participation_id, learner.learning, clock.now())
    return next((line for line in found.lines if line.activity.kind is ActivityKind.QUIZ), None)


def _step(found: RoundView, slot: int) -> Response:
    """One question, or the verdict on it once it is answered."""
    is_answered = slot in found.answers
    return render(
        "learning/quiz_round.html",
        fragment="learning/_quiz_step.html",
        r=found,
        slot=slot,
        verdict=verdict_view(found, slot) if is_answered else None,
        question=None if is_answered else question_view(found),
        problem="",
        BOOK=BOOK,
    )


def _asked_again(found: RoundView, slot: int, posted: Mapping[str, Sequence[str]], problem: str) -> Response:
    """The question with what was wrong, and with as much of the answer as can be kept."""
    return render(
        "learning/quiz_round.html",
        fragment="learning/_quiz_step.html",
        status=422,
        r=found,
        slot=slot,
        verdict=None,
        question=question_view(found, posted),
        problem=problem,
        BOOK=BOOK,
    )


def _summary(found: RoundView) -> Response:
    wrong = {slot: one for slot, one in found.answers.items() if not one.is_right}
    texts = stems([one.version_id for one in wrong.values()])
    return render(
        "learning/quiz_summary.html",
        r=found,
        wrong=[WrongLine(slot + 1, slot, texts[one.version_id]) for slot, one in wrong.items()],
        points=f"{found.points.normalize():f}",
        BOOK=BOOK,
    )


def _told(response: Response, made: AnswerView) -> Response:
    """Let the panel of points know that they changed."""
    if made.points:
        response.headers["HX-Trigger"] = "points-changed"
    return response


def _to_round(round_id: int) -> ResponseReturnValue:
    return redirect(url_for(".quiz_round", round_id=round_id), code=303)
