"""The waiting room: rules, device check, countdown; what the exam needs is fetched before the clock runs."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, current_app, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.assets import asset
from webapp.core.i18n import gettext as _
from webapp.core.render import render
from webapp.core.transaction import in_transaction
from webapp.exam.errors import ExamNotFound
from webapp.exam.queries.pictures import paper_pictures
from webapp.exam.queries.plans import plan
from webapp.exam.queries.sheets import MyExam, my_exams
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.views import exam_row, rules_view
from webapp.exam.rules import waiting as rules
from webapp.exam.rules.states import AttemptState
from webapp.exam.rules.timing import minutes_if_started, remaining_s
from webapp.exam.service.papers import paper_for

ASSETS = ("app.css", "exam.js")
"""What the exam page loads besides the pictures of its questions."""

CONFIRMED = "late_confirmed"
"""The form field with which a late-comer says: I know how much time is left, start my clock."""


@dataclass(frozen=True)
class LateView:
    """What a late-comer is told: whole minutes left of whole minutes."""

    minutes: int
    full_minutes: int


@bp.get("/exams/<int:exam_id>/start")
@signed_in
def waiting(exam_id: int) -> ResponseReturnValue:
    found = my_exam(exam_id)
    if found.attempt_state is AttemptState.OPEN and found.attempt_id is not None:
        return redirect(url_for("exam.attempt", attempt_id=found.attempt_id), code=303)
    return waiting_page(found, clock.now())


@bp.post("/exams/<int:exam_id>/prepare")
@signed_in
def prepare(exam_id: int) -> ResponseReturnValue:
    """What the waiting page's script asks now and then: how long still, and what to fetch meanwhile.

    Shortly before the opening it draws the paper where the job has not, so that the start itself only
    opens it."""
    found, at = my_exam(exam_id), clock.now()
    if _is_first_paper_due(found, at):
        in_transaction(lambda: paper_for(exam_id, found.participation_id))
        found = my_exam(exam_id)
    return jsonify(page_state(found, at))


def must_ask(found: MyExam, at: datetime) -> bool:
    """Whether this start has to wait for the late-comer's own word."""
    if found.attempt_state is AttemptState.OPEN or request.form.get(CONFIRMED) == "yes":
        return False
    return rules.is_late(at, found.closes_at, found.duration_s, found.time_factor)


def waiting_page(found: MyExam, at: datetime, status: int = 200) -> Response:
    """The waiting room. status 422: a late start came without its confirmation."""
    frozen = plan(found.exam_id)
    return render(
        "exam/waiting.html",
        fragment="exam/_waiting_state.html",
        status=status,
        exam=exam_row(found, at),
        rules=rules_view(frozen.blueprint),
        grace_s=frozen.grace_s,
        late=late_view(found, at),
        state=json.dumps(page_state(found, at) | {"words": _words()}, ensure_ascii=False),
        opens_in_s=remaining_s(at, found.opens_at),
        confirmed=CONFIRMED,
        was_refused=status == 422,
    )


def late_view(found: MyExam, at: datetime) -> LateView | None:
    """What a late-comer is told, or None while the whole writing time is left at the next possible start.

    A window shorter than somebody's extra time asks before it opens, not in the minute of the start."""
    at = max(at, found.opens_at)
    if not rules.is_late(at, found.closes_at, found.duration_s, found.time_factor):
        return None
    full = rules.full_time_s(found.duration_s, found.time_factor)
    minutes = minutes_if_started(at, found.duration_s, found.time_factor, found.closes_at)
    return LateView(minutes, full // 60)


def page_state(found: MyExam, at: datetime) -> dict[str, Any]:
    """What the waiting page's script goes by, in milliseconds from now."""
    full = rules.full_time_s(found.duration_s, found.time_factor)
    spread = rules.spread_s(current_app.config["START_SPREAD_S"], found.opens_at, found.closes_at, full)
    step = rules.pace(at, found.opens_at, rules.offset_ms(found.attempt_id or found.participation_id, spread))
    has_paper = found.attempt_state is AttemptState.CREATED and found.attempt_id is not None
    pictures = paper_pictures(found.attempt_id or 0) if step.is_released and has_paper else []
    return {
        "phase": exam_row(found, at).phase,
        "opens_in_ms": step.opens_in_ms,
        "ask_in_ms": step.ask_in_ms,
        "wants_paper": _is_first_paper_due(found, at),
        "late": late_view(found, at) is not None,
        "attempt_url": url_for("exam.attempt", attempt_id=found.attempt_id) if has_paper else "",
        "prepare_url": url_for("exam.prepare", exam_id=found.exam_id),
        "assets": [asset(name) for name in ASSETS],
        "pictures": [url_for("media.show", public_name=name) for name in pictures],
    }


def my_exam(exam_id: int) -> MyExam:
    """An exam of the signed-in person. raise (ExamNotFound): missing, or not theirs."""
    found = my_exams(principal().person_id, exam_id)
    if not found:
        raise ExamNotFound
    return found[0]


def _is_first_paper_due(found: MyExam, at: datetime) -> bool:
    """A repeat is drawn when it is started: until then the last attempt is the one that lists show."""
    is_due = rules.pace(at, found.opens_at, 0).is_released and at < found.starts_until
    return found.attempt_id is None and found.state == "ready" and is_due and not found.needs_session


def _words() -> dict[str, str]:
    return {
        "fetching": _("Getting the exam ready: {n} of {all}"),
        "fetched": _("Everything the exam needs is on this device."),
        "notFetched": _("Some pictures are not here yet. They will load while you write."),
        "busy": _("Many people are starting right now. Your place is kept; we try again in {n} seconds."),
        "offline": _("No connection. Your time has not started; we keep trying."),
        "starting": _("Starting…"),
    }
