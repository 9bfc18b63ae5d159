"""Pages of hosts: extra time of every reach, the extra-time factor, and coming back after an attempt."""

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core.errors import DomainError, Forbidden
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.forms import FactorForm, GrantForm, ReturnForm
from webapp.exam.queries.control import ExamHead, halls
from webapp.exam.queries.outages import gaps_of, proposal_s
from webapp.exam.queries.people import attempt_of_number, people_of_attempts
from webapp.exam.queries.plans import plan
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.deciding import asked, requests_of, say_asked
from webapp.exam.routes.scope import head_in_scope
from webapp.exam.service import actions
from webapp.exam.service.factoring import Factor
from webapp.exam.service.granting import Extension
from webapp.exam.service.returning import Reopening, Resit
from webapp.exam.service.voiding import Voiding

REACHES = {
    "exam": lazy_gettext("This exam"),
    "event": lazy_gettext("All open exams of the event"),
    "contest": lazy_gettext("All open exams of the contest"),
}
WAYS = {
    "reopen": lazy_gettext("Reopen: the same paper with its answers, the time that was left"),
    "resit": lazy_gettext("A new paper; the old attempt stays and no longer counts"),
    "void": lazy_gettext("Void: the attempt does not count, no new paper"),
}


@bp.route("/staff/exams/<int:exam_id>/grants", methods=["GET", "POST"])
@requires(Permission.RUN_EXAMS)
def grants(exam_id: int) -> ResponseReturnValue:
    head = head_in_scope(exam_id)
    form = _grant_form(exam_id)
    if request.method != "POST":
        return _grants(head, form, FactorForm(formdata=None))
    if not form.validate_on_submit():
        return _grants(head, form, FactorForm(formdata=None), 422)
    if form.reach.data == "contest":
        _require_contest(head)
    number = (form.number.data or "").strip()
    attempt_id = attempt_of_number(exam_id, number) if number else None
    if number and attempt_id is None:
        form.number.errors = [_("Nobody with a paper in this exam has this number.")]
        return _grants(head, form, FactorForm(formdata=None), 422)
    hall = "" if attempt_id else form.hall.data or ""
    wanted = Extension(attempt_id, hall, form.minutes.data, 0, "exam" if attempt_id else form.reach.data)
    try:
        with transaction():
            action = actions.ask("extend", exam_id, wanted, asked(form.reason.data))
            say_asked(action, _("The extra time is given; running pages show it at once."))
    except DomainError as error:
        form.form_errors.append(say(error.message))
        return _grants(head, form, FactorForm(formdata=None), 422)
    return redirect(url_for("exam.grants", exam_id=exam_id), code=303)


@bp.post("/staff/exams/<int:exam_id>/factor")
@requires(Permission.RUN_EXAMS)
def factor(exam_id: int) -> ResponseReturnValue:
    head = head_in_scope(exam_id)
    form = FactorForm()
    if not form.validate_on_submit():
        return _grants(head, _grant_form(exam_id, is_empty=True), form, 422)
    try:
        with transaction():
            wanted = Factor(form.number.data.strip(), str(form.factor.data).strip())
            action = actions.ask("factor", exam_id, wanted, asked(form.why.data))
            say_asked(action, _("The extra-time factor is set."))
    except DomainError as error:
        form.form_errors.append(say(error.message))
        return _grants(head, _grant_form(exam_id, is_empty=True), form, 422)
    return redirect(url_for("exam.grants", exam_id=exam_id), code=303)


@bp.route("/staff/exams/<int:exam_id>/returning", methods=["GET", "POST"])
@requires(Permission.RUN_EXAMS)
def returning(exam_id: int) -> ResponseReturnValue:
    head = head_in_scope(exam_id)
    form = ReturnForm()
    form.way.choices = list(WAYS.items())
    if request.method != "POST":
        form.number.data = request.args.get("number", "").strip()[:20]
    attempt_id = attempt_of_number(exam_id, form.number.data) if form.number.data else None
    if request.method != "POST":
        if form.number.data and attempt_id is None:
            form.number.errors = [_("Nobody with a paper in this exam has this number.")]
        return _returning(head, form, attempt_id)
    is_whole = form.validate_on_submit()
    if attempt_id is None and form.number.data:
        form.number.errors = [_("Nobody with a paper in this exam has this number.")]
    if not is_whole or attempt_id is None:
        return _returning(head, form, attempt_id, 422)
    credit_s = form.credit_s.data or 0
    payloads = {
        "reopen": Reopening(attempt_id, credit_s),
        "resit": Resit(attempt_id),
        "void": Voiding(attempt_id),
    }
    try:
        with transaction():
            action = actions.ask(form.way.data, exam_id, payloads[form.way.data], asked(form.reason.data))
            say_asked(action, _("Done. The contestant has been told."))
    except DomainError as error:
        form.form_errors.append(say(error.message))
        return _returning(head, form, attempt_id, 422)
    return redirect(url_for("exam.returning", exam_id=exam_id), code=303)


def _grant_form(exam_id: int, is_empty: bool = False) -> GrantForm:
    form = GrantForm(formdata=None) if is_empty else GrantForm()
    form.reach.choices = list(REACHES.items())
    form.hall.choices = [("", _("Everybody"))] + [(hall, hall) for hall in halls(exam_id)]
    return form


def _require_contest(head: ExamHead) -> None:
    """Who runs one event gives no time in others."""
    if not principal().allows(Permission.RUN_EXAMS, contest_id=head.contest_id):
        raise Forbidden


def _grants(head: ExamHead, form: GrantForm, factor_form: FactorForm, status: int = 200) -> Response:
    return render(
        "exam/grants.html",
        status=status,
        head=head,
        form=form,
        factor_form=factor_form,
        grace_s=plan(head.exam_id).grace_s,
        requests=requests_of(head, ("extend", "factor")),
        may_run=True,
    )


def _returning(head: ExamHead, form: ReturnForm, attempt_id: int | None, status: int = 200) -> Response:
    who = people_of_attempts(head.exam_id, [attempt_id]) if attempt_id else {}
    gaps = gaps_of(head.exam_id, attempt_id) if attempt_id else []
    return render(
        "exam/returning.html",
        status=status,
        head=head,
        form=form,
        person=who.get(attempt_id or 0, ""),
        gaps=gaps,
        proposal=proposal_s(gaps),
        requests=requests_of(head, ("reopen", "resit", "void")),
        may_run=True,
    )
