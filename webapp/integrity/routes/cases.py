"""A case for the hosts, and for the contestant to whom it was shown."""

from typing import Any

from flask import Response, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires, signed_in
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.forms import BaseForm
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.routes.scope import LOOKING, head_in_scope, head_to_watch, may_run
from webapp.integrity.forms import DecideForm, NoteForm, StatementForm, TellForm
from webapp.integrity.queries import cases as queries
from webapp.integrity.routes.blueprint import bp
from webapp.integrity.rules.decisions import Decision
from webapp.integrity.service import cases


@bp.get("/staff/exams/<int:exam_id>/cases/<int:case_id>")
@requires(*LOOKING)
def case(exam_id: int, case_id: int) -> Response:
    return _page(exam_id, case_id)


@bp.post("/staff/exams/<int:exam_id>/cases/<int:case_id>/note")
@requires(Permission.RUN_EXAMS)
def note_case(exam_id: int, case_id: int) -> ResponseReturnValue:
    form = NoteForm()
    _found(exam_id, case_id)
    if not form.validate_on_submit():
        return _page(exam_id, case_id, note=form, status=422)
    with transaction():
        cases.add_note(case_id, form.words.data or "", principal().account_id, clock.now())
    flash(_("The note is kept."), "success")
    return _back(exam_id, case_id)


@bp.post("/staff/exams/<int:exam_id>/cases/<int:case_id>/tell")
@requires(Permission.RUN_EXAMS)
def tell_case(exam_id: int, case_id: int) -> ResponseReturnValue:
    form = TellForm()
    _found(exam_id, case_id)
    if not form.validate_on_submit():
        return _page(exam_id, case_id, tell=form, status=422)
    with transaction():
        cases.tell(case_id, form.words.data or "", principal().account_id, clock.now())
    flash(_("The contestant sees the case now and can answer."), "success")
    return _back(exam_id, case_id)


@bp.post("/staff/exams/<int:exam_id>/cases/<int:case_id>/decide")
@requires(Permission.RUN_EXAMS)
def decide_case(exam_id: int, case_id: int) -> ResponseReturnValue:
    form = DecideForm()
    _found(exam_id, case_id)
    if not form.validate_on_submit():
        return _page(exam_id, case_id, decide=form, status=422)
    try:
        with transaction():
            cases.decide(
                case_id,
                Decision(form.decision.data),
                form.words.data or "",
                principal().account_id,
                clock.now(),
                two_person=current_app.config["TWO_PERSON"],
            )
    except DomainError as error:
        form.decision.errors = [say(error.message)]
        return _page(exam_id, case_id, decide=form, status=422)
    flash(_("Your decision is recorded."), "success")
    return _back(exam_id, case_id)


@bp.get("/my/cases")
@signed_in
def my_cases() -> Response:
    return render("integrity/my_cases.html", rows=queries.cases_of_person(principal().person_id))


@bp.get("/my/cases/<int:case_id>")
@signed_in
def my_case(case_id: int) -> Response:
    return _own_page(case_id, StatementForm(formdata=None))


@bp.post("/my/cases/<int:case_id>")
@signed_in
def state_case(case_id: int) -> ResponseReturnValue:
    me = principal()
    form = StatementForm()
    queries.own_case(case_id, me.person_id)
    if not form.validate_on_submit():
        return _own_page(case_id, form, 422)
    with transaction():
        cases.state_own(case_id, me.person_id, form.words.data or "", me.account_id, clock.now())
    flash(_("Your statement is kept; the people who decide read it first."), "success")
    return redirect(url_for(".my_case", case_id=case_id), code=303)


def _own_page(case_id: int, form: StatementForm, status: int = 200) -> Response:
    found = queries.own_case(case_id, principal().person_id)
    entries = queries.entries(case_id, for_staff=False)
    return render("integrity/my_case.html", case=found, entries=entries, form=form, status=status)


def _found(exam_id: int, case_id: int) -> queries.CaseView:
    head_in_scope(exam_id)
    return queries.case_of_exam(exam_id, case_id)


def _page(exam_id: int, case_id: int, status: int = 200, **forms: BaseForm) -> Response:
    head = head_to_watch(exam_id)
    found = queries.case_of_exam(exam_id, case_id)
    shown: dict[str, Any] = {
        "note": NoteForm(formdata=None, prefix=""),
        "tell": TellForm(formdata=None),
        "decide": DecideForm(formdata=None),
        **forms,
    }
    return render(
        "integrity/case.html",
        head=head,
        case=found,
        may_run=may_run(head),
        entries=queries.entries(case_id, for_staff=True),
        forms=shown,
        status=status,
    )


def _back(exam_id: int, case_id: int) -> ResponseReturnValue:
    return redirect(url_for(".case", exam_id=exam_id, case_id=case_id), code=303)
