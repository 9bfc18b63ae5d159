"""A simulated drill: begin, one step after the other, the debrief. Every form works without a script."""

from dataclasses import dataclass, field
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.contests.rules.schema import ActivityKind
from webapp.core import clock
from webapp.core.render import render, wants_fragment
from webapp.core.transaction import in_transaction
from webapp.core.words import N_
from webapp.courses import queries as courses
from webapp.learning.errors import StepUnknown
from webapp.learning.queries import drills as queries
from webapp.learning.queries.drills import RunView
from webapp.learning.queries.lessons import course_lines, next_line
from webapp.learning.routes.blueprint import CUT_WORDS, bp
from webapp.learning.routes.home import lesson_address, plain
from webapp.learning.rules.drills import Action, Outcome, Told, Verdict, shuffled
from webapp.learning.service import drills as service
from webapp.learning.service.places import Place, enter

RUN_WORDS = CUT_WORDS | {
    service.FAST: N_("This was faster than anybody can read it, so no points are counted. Take your time."),
    service.BELOW: N_("The score is not high enough for points yet. Begin again whenever you like."),
}
OUTCOME_WORDS = {
    Outcome.RIGHT: N_("Right."),
    Outcome.EARLY: N_("Not yet: something else comes first."),
    Outcome.NEVER: N_("This must not be done."),
    Outcome.HAZARD: N_("A hazard."),
    Outcome.SAFE: N_("No hazard."),
    Outcome.LOW: N_("Too low."),
    Outcome.HIGH: N_("Too high."),
    Outcome.FINISHED: N_("Finished."),
}
MOST_DIGITS = 12


MISSED = "missed"


@dataclass(frozen=True)
class Line:
    """One judged step as it reads: name of what was done, the verdict, and what was told.

    settled: key of the step or value that it closed; shown: it was closed by showing what is right."""

    key: str
    name: dict[str, str]
    outcome: Outcome
    value: str
    settled: str
    shown: bool
    told: tuple[Told, ...]


@dataclass
class Board:
    """What the page offers now. offered: choices, areas or settings not settled yet, as the public part.

    marked: verdicts on areas, hazards that were missed too; numbers: of the areas, as in the picture."""

    kind: str
    offered: list[dict[str, Any]] = field(default_factory=list)
    marked: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    done: list[dict[str, str]] = field(default_factory=list)
    settled: int = 0
    total: int | None = None


@bp.get("/learning/<contest>/<event>/drill/<int:lesson_id>")
@signed_in
def drill(contest: str, event: str, lesson_id: int) -> ResponseReturnValue:
    return _page(_enter(contest, event, lesson_id))


@bp.post("/learning/<contest>/<event>/drill/<int:lesson_id>/begin")
@signed_in
def drill_begin(contest: str, event: str, lesson_id: int) -> ResponseReturnValue:
    place = _enter(contest, event, lesson_id)
    instead_of = _number("instead_of") if request.form.get("instead_of") else 0
    in_transaction(lambda: service.begin(place, clock.arrival(), instead_of))
    if wants_fragment():
        return _page(place)
    return redirect(_address(place), code=303)


@bp.post("/learning/<contest>/<event>/drill/<int:lesson_id>/step")
@signed_in
def drill_step(contest: str, event: str, lesson_id: int) -> ResponseReturnValue:
    place = _enter(contest, event, lesson_id)
    run_id, number = _number("run"), _number("number")
    action = Action(
        key=request.form.get("key", "")[:60],
        value=request.form.get("value", "")[:MOST_DIGITS],
        finish="finish" in request.form,
    )
    seen = in_transaction(lambda: service.act(place, run_id, number, action, clock.arrival()))
    if wants_fragment():
        response = _page(place, seen)
        if seen.points:
            response.headers["HX-Trigger"] = "points-changed"
        return response
    return redirect(_address(place), code=303)


def _enter(contest: str, event: str, lesson_id: int) -> Place:
    return enter(principal(), contest, event, lesson_id, (ActivityKind.DRILL,), clock.now())


def _number(name: str) -> int:
    text = request.form.get(name, "")
    if not text.isdecimal() or len(text) > MOST_DIGITS:
        raise StepUnknown
    return int(text)


def _address(place: Place) -> str:
    return url_for(
        "learning.drill",
        contest=place.learner.contest_code,
        event=place.learner.event_code,
        lesson_id=place.lesson.lesson_id,
        _anchor="drill",
    )


def _page(place: Place, judged: RunView | None = None) -> Response:
    """The page with the run that was just judged, or with the one that stands open or was finished last."""
    now = clock.now()
    lesson_id, found = place.lesson.lesson_id, place.learner
    public = courses.drill_public(lesson_id)
    run = judged or queries.latest_run(place.participation_id, lesson_id, courses.drill_version(lesson_id))
    is_over = run is not None and run.is_over
    return render(
        "learning/drill.html",
        fragment="learning/_drill_run.html",
        place=place,
        public=public,
        run=run,
        board=board_of(public, run) if run else None,
        lines=[line_of(public, verdict) for verdict in run.verdicts] if run else [],
        ending=service.ending(run) if run and is_over else None,
        history=queries.history(place.participation_id, lesson_id),
        outcome_words=OUTCOME_WORDS,
        run_words=RUN_WORDS,
        following=next_line(course_lines(found.event_id, found.participation_id), lesson_id)
        if is_over
        else None,
        address=lesson_address,
        plain=plain,
        is_open=found.is_open(now),
        is_swapped=wants_fragment(),
    )


def board_of(public: dict[str, Any], run: RunView) -> Board:
    """What is offered after the verdicts of a run."""
    settled = [verdict.settled for verdict in run.verdicts if verdict.settled]
    board = Board(public["kind"], settled=len(settled))
    match public["kind"]:
        case "order":
            by_key = {choice["key"]: choice for choice in public["choices"]}
            gone = {*settled, *(one.key for one in run.verdicts if one.outcome is Outcome.NEVER)}
            board.offered = [by_key[key] for key in shuffled(list(by_key), run.seed) if key not in gone]
            board.done = [by_key[key]["text"] for key in settled if key in by_key]
        case "hazards":
            board.offered = public["areas"]
            board.numbers = {area["key"]: number for number, area in enumerate(public["areas"], 1)}
            for verdict in run.verdicts:
                board.marked |= {told.key: MISSED for told in verdict.told if told.missed}
                if verdict.key:
                    board.marked[verdict.key] = verdict.outcome.value
        case _:
            tried = {verdict.key: verdict for verdict in run.verdicts}
            board.total = len(public["settings"])
            board.offered = [
                {**one, "tried": tried.get(one["key"])}
                for one in public["settings"]
                if one["key"] not in settled
            ]
    return board


def line_of(public: dict[str, Any], verdict: Verdict) -> Line:
    """A judged step in words."""
    things = public.get("choices") or public.get("areas") or public.get("settings") or []
    names = {one["key"]: one.get("text") or one.get("label") for one in things}
    return Line(
        verdict.key,
        names.get(verdict.key, {"zh": "", "en": ""}),
        verdict.outcome,
        verdict.value,
        verdict.settled,
        verdict.shown,
        verdict.told,
    )
