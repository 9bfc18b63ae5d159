"""Where optional checks meet requests: before the start, while somebody writes, and what a page's script shows."""

from urllib.parse import quote

from flask import Response, current_app, jsonify, request, url_for

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.contests.rules.blueprint import ExamBrowser
from webapp.core import clock
from webapp.core.limits import limiter
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.queries.layouts import layout
from webapp.exam.routes.device import device, named, new_name
from webapp.integrity.errors import ExamBrowserNeeded
from webapp.integrity.routes.blueprint import bp
from webapp.integrity.rules.exam_browser import Shown
from webapp.integrity.service import exam_browser
from webapp.integrity.service.checks import Asking, Who, active, checks_of

HASH_CHARS = 64


def may_start(exam_id: int, person_id: int) -> None:
    """The exam package asks this before a start. raise: what a check of this exam raises."""
    for check, settings in active(exam_id):
        check.before_start(settings, Who(exam_id, person_id), _asking())


def look(attempt_id: int, person_id: int) -> None:
    """The exam package shows requests of a running attempt whose file asks for checks."""
    exam_id = layout(attempt_id, person_id).exam_id
    for check, settings in active(exam_id):
        check.while_writing(settings, Who(exam_id, person_id, attempt_id), _asking())


@bp.app_template_global("exam_browser_of")
def exam_browser_of(exam_id: int) -> ExamBrowser | None:
    """What the waiting room says about the browser of an exam; None where it asks for none."""
    return checks_of(exam_id).exam_browser


@bp.post("/exams/<int:exam_id>/exam-browser")
@signed_in
@limiter.limit("20 per minute")
def exam_browser_shown(exam_id: int) -> Response:
    """The two values that Safe Exam Browser gives to the script of the waiting room."""
    name = device() or new_name()
    asking = Asking(_own_url(request.path), _header, name, clock.arrival())
    shown = Shown(
        request.form.get("config_hash", "")[: HASH_CHARS + 1],
        request.form.get("exam_hash", "")[: HASH_CHARS + 1],
    )
    page_url = _own_url(url_for("exam.waiting", exam_id=exam_id))
    with transaction():
        good = exam_browser.take_script(Who(exam_id, principal().person_id), asking, page_url, shown)
    return named(jsonify({"good": good}), name)


@bp.app_errorhandler(ExamBrowserNeeded)
def exam_browser_needed(error: ExamBrowserNeeded) -> Response:
    """Nothing has begun and nothing is lost: which browser is needed, and where its configuration is."""
    settings = checks_of(error.exam_id).exam_browser
    response = render("integrity/exam_browser.html", status=403, exam_id=error.exam_id, settings=settings)
    response.headers["Cache-Control"] = "no-store"
    return response


def _asking() -> Asking:
    query = request.query_string.decode("ascii", "replace")
    url = _own_url(quote(request.path)) + (f"?{query}" if query else "")
    return Asking(url, _header, device(), clock.arrival())


def _header(name: str) -> str:
    return str(request.headers.get(name, ""))


def _own_url(path: str) -> str:
    """The absolute address by the setting, not by headers that a proxy may have changed."""
    return f"{current_app.config['PUBLIC_URL']}{path}"
