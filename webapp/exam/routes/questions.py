"""Hosts and the questions of an exam: stop one at once; after the close rule about it, with the effect first."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.banks.queries.contents import contents
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.forms import RulingForm, StopForm
from webapp.exam.queries.control import ExamHead
from webapp.exam.queries.keys import marked_questions
from webapp.exam.queries.people import attempt_of_number
from webapp.exam.queries.questions import (
    Search,
    bank_code_of,
    find_questions,
    question_of,
    ruling_of,
    rulings_of,
    stage_with_list,
    stopped_questions,
)
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.deciding import asked, requests_of, say_asked
from webapp.exam.routes.scope import LOOKING, head_in_scope, head_to_watch, may_run
from webapp.exam.rules.new_key import read_key
from webapp.exam.rules.rulings import RulingKind
from webapp.exam.service import ruling, stopping

KINDS = {
    "drop": lazy_gettext("Leave the question out; the full mark is computed anew"),
    "everybody": lazy_gettext("Everybody gets the mark, answered or not"),
    "answered": lazy_gettext("Every answer given counts as right"),
    "key": lazy_gettext("Correct the key"),
}


NOBODY = -1
"""An attempt that nobody has: the search was made and finds nothing."""


@bp.get("/staff/exams/<int:exam_id>/questions")
@requires(*LOOKING)
def questions(exam_id: int) -> Response:
    head = head_to_watch(exam_id)
    contestant = request.args.get("contestant", "").strip()[:20]
    search = Search(
        request.args.get("words", "").strip()[:100],
        (attempt_of_number(exam_id, contestant) or NOBODY) if contestant else 0,
        request.args.get("number", 0, type=int),
    )
    return render(
        "exam/questions.html",
        head=head,
        search=search,
        contestant=contestant,
        is_open=_has_begun(head),
        found=find_questions(exam_id, search, _has_begun(head)),
        stopped=stopped_questions(exam_id),
        rulings=rulings_of(exam_id),
        requests=requests_of(head, ("ruling",)),
        kinds=KINDS,
        may_run=may_run(head),
        bank_code=bank_code_of(exam_id),
    )


@bp.get("/staff/exams/<int:exam_id>/questions/<int:version_id>")
@requires(*LOOKING)
def question(exam_id: int, version_id: int) -> Response:
    return _question(head_to_watch(exam_id), version_id, StopForm(formdata=None), RulingForm(formdata=None))


@bp.post("/staff/exams/<int:exam_id>/questions/<int:version_id>/stop")
@requires(Permission.RUN_EXAMS)
def stop_question(exam_id: int, version_id: int) -> ResponseReturnValue:
    head = head_in_scope(exam_id)
    form = StopForm()
    if not form.validate_on_submit():
        return _question(head, version_id, form, RulingForm(formdata=None), 422)
    try:
        with transaction():
            stopping.stop_question(exam_id, version_id, form.why.data, principal().account_id)
    except DomainError as error:
        form.form_errors.append(say(error.message))
        return _question(head, version_id, form, RulingForm(formdata=None), 422)
    flash(_("The question is drawn no more. Papers that nobody has started are being drawn anew."), "success")
    return redirect(url_for("exam.question", exam_id=exam_id, version_id=version_id), code=303)


@bp.post("/staff/exams/<int:exam_id>/questions/<int:version_id>/rulings")
@requires(Permission.RUN_EXAMS)
def draft_ruling(exam_id: int, version_id: int) -> ResponseReturnValue:
    head = head_in_scope(exam_id)
    form = _with_kinds(RulingForm())
    if not form.validate_on_submit():
        return _question(head, version_id, StopForm(formdata=None), form, 422)
    try:
        kind = RulingKind(form.kind.data)
        key = None
        if kind is RulingKind.KEY:
            question_of(exam_id, version_id)
            old = marked_questions([version_id], exam_id)[version_id]
            key = read_key(form.key.data or "", old.public, old.key)
        with transaction():
            order = ruling.RulingOrder(exam_id, version_id, kind, form.reason.data, key)
            ruling_id = ruling.draft_ruling(order, principal().account_id)
    except DomainError as error:
        form.form_errors.append(say(error.message))
        return _question(head, version_id, StopForm(formdata=None), form, 422)
    return redirect(url_for("exam.ruling_page", exam_id=exam_id, ruling_id=ruling_id), code=303)


@bp.get("/staff/exams/<int:exam_id>/rulings/<int:ruling_id>")
@requires(*LOOKING)
def ruling_page(exam_id: int, ruling_id: int) -> Response:
    head = head_to_watch(exam_id)
    return render(
        "exam/ruling.html",
        fragment="exam/_ruling_state.html",
        head=head,
        r=ruling_of(exam_id, ruling_id),
        kinds=KINDS,
        may_run=may_run(head),
        posted_stage=stage_with_list(exam_id),
    )


@bp.post("/staff/exams/<int:exam_id>/rulings/<int:ruling_id>/ask")
@requires(Permission.RUN_EXAMS)
def ask_ruling(exam_id: int, ruling_id: int) -> ResponseReturnValue:
    head_in_scope(exam_id)
    found = ruling_of(exam_id, ruling_id)
    with transaction():
        action = ruling.ask_ruling(ruling_id, exam_id, asked(found.reason))
        say_asked(action, _("The decision takes effect."))
    return redirect(url_for("exam.questions", exam_id=exam_id), code=303)


@bp.post("/staff/exams/<int:exam_id>/rulings/<int:ruling_id>/cancel")
@requires(Permission.RUN_EXAMS)
def cancel_ruling(exam_id: int, ruling_id: int) -> ResponseReturnValue:
    head_in_scope(exam_id)
    with transaction():
        ruling.cancel_ruling(ruling_id, exam_id)
    flash(_("Given up. Every grade and every standing is as it was."), "success")
    return redirect(url_for("exam.questions", exam_id=exam_id), code=303)


def _question(
    head: ExamHead, version_id: int, stop_form: StopForm, ruling_form: RulingForm, status: int = 200
) -> Response:
    found = question_of(head.exam_id, version_id)
    return render(
        "exam/question.html",
        status=status,
        head=head,
        q=found,
        is_open=_has_begun(head),
        # The names of its pictures and sounds open them: they are read only when its words may be shown.
        content=contents([version_id])[version_id] if _has_begun(head) else None,
        is_closed=head.closes_at <= clock.now(),
        may_run=may_run(head),
        stop_form=stop_form,
        ruling_form=_with_kinds(ruling_form),
        announcement=_(
            "One question of this exam is being checked. Please answer it as well as you can; no disadvantage will arise from it."
        ),
    )


def _has_begun(head: ExamHead) -> bool:
    """Stems of a bank are shown to hosts only once the exam has begun."""
    return head.opens_at <= clock.now()


def _with_kinds(form: RulingForm) -> RulingForm:
    form.kind.choices = list(KINDS.items())
    return form
