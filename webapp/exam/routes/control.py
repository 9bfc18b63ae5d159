"""The hosts' control room of an exam."""

from flask import Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.forms import ExtendForm, VoidForm
from webapp.exam.queries import control as queries
from webapp.exam.queries.control import ExamHead
from webapp.exam.queries.overview import overview
from webapp.exam.queries.people import people_of_attempts
from webapp.exam.queries.readiness import readiness
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.deciding import requests_of
from webapp.exam.routes.pages import Page
from webapp.exam.routes.scope import LOOKING, head_in_scope, head_to_watch, may_run, may_watch
from webapp.exam.routes.watching import chosen_people, kept_filter, live_view, number_of
from webapp.exam.service import control


@bp.get("/staff/exams")
@requires(*LOOKING)
def control_list() -> Response:
    rows = [head for head in queries.heads() if may_watch(head)]
    at = clock.now()
    figures = overview([head.exam_id for head in rows if head.opens_at <= at], at)
    return render(
        "exam/control_list.html",
        fragment="exam/_control_rows.html",
        rows=[(head, figures.get(head.exam_id)) for head in rows],
        readiness=readiness([head.exam_id for head in rows], at),
        may_run=principal().holds(Permission.RUN_EXAMS),
    )


@bp.get("/staff/exams/<int:exam_id>/control")
@requires(*LOOKING)
def control_room(exam_id: int) -> Response:
    return _room(head_to_watch(exam_id), ExtendForm(formdata=None))


@bp.post("/staff/exams/<int:exam_id>/extend")
@requires(Permission.RUN_EXAMS)
def extend(exam_id: int) -> ResponseReturnValue:
    head = head_in_scope(exam_id)
    form = _with_halls(ExtendForm(), exam_id)
    if not form.validate_on_submit():
        return _room(head, form, 422)
    attempt_id = _id_of(form.attempt_id.data or "")
    with transaction():
        action = control.ask_extend(
            exam_id,
            control.Who(attempt_id, "" if attempt_id else form.hall.data),
            form.minutes.data,
            form.reason.data,
            principal().account_id,
            current_app.config["TWO_PERSON"],
        )
        done = action.state == "done"
    return _done(exam_id, done, _("The extra time is given; running pages show it at once."))


@bp.route("/staff/exams/<int:exam_id>/void/<int:attempt_id>", methods=["GET", "POST"])
@requires(Permission.RUN_EXAMS)
def void(exam_id: int, attempt_id: int) -> ResponseReturnValue:
    head = head_in_scope(exam_id)
    form = VoidForm()
    if not form.validate_on_submit():
        status = 422 if request.method == "POST" else 200
        return render("exam/control_void.html", head=head, form=form, attempt_id=attempt_id, status=status)
    with transaction():
        action = control.ask_void(
            exam_id,
            attempt_id,
            form.again.data,
            form.reason.data,
            principal().account_id,
            current_app.config["TWO_PERSON"],
        )
        done = action.state == "done"
    return _done(exam_id, done, _("The attempt is void."))


def _room(head: ExamHead, extend_form: ExtendForm, status: int = 200) -> Response:
    at = clock.now()
    chosen = chosen_people()
    view = live_view(head, at)
    page = max(1, request.args.get("page", 1, type=int))
    rows, total = queries.lines(head, at, chosen, view.silent_after_s, page)
    person = str(extend_form.attempt_id.data or request.args.get("attempt", ""))
    names = people_of_attempts(head.exam_id, [one for one in [_id_of(person)] if one])
    if total is None:
        total = number_of(view.numbers.of(chosen.hall), chosen.state)
    return render(
        "exam/control.html",
        fragment="exam/_control_people.html",
        status=status,
        head=head,
        view=view,
        rows=rows,
        page=Page.of(page, total, queries.PAGE),
        chosen=chosen,
        kept=kept_filter(chosen),
        requests=requests_of(head),
        extend_form=_with_halls(extend_form, head.exam_id),
        person=person if names else "",
        person_name=names.get(_id_of(person) or 0, ""),
        two_person=current_app.config["TWO_PERSON"],
        may_run=may_run(head),
    )


def _with_halls(form: ExtendForm, exam_id: int) -> ExtendForm:
    form.hall.choices = [("", _("Everybody"))] + [(hall, hall) for hall in queries.halls(exam_id)]
    return form


def _done(exam_id: int, done: bool, words: str) -> ResponseReturnValue:
    flash(words if done else _("A second person has to agree first; it stands on this page."), "success")
    return redirect(url_for("exam.control_room", exam_id=exam_id), code=303)


def _id_of(text: str) -> int | None:
    """An id that was typed or sent along, or None when it cannot be one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else None
