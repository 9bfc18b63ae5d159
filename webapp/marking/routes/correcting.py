"""A settled mark that turns out wrong: somebody finds the answer, asks for another mark, a second person agrees."""

from decimal import Decimal

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.principal import principal
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.errors import ExamNotFound
from webapp.exam.queries.control import actions as acts
from webapp.exam.queries.essays import EssayPlace, essay_place
from webapp.exam.queries.people import attempt_of_number
from webapp.exam.routes.deciding import requests_of
from webapp.exam.routes.scope import head_in_scope, may
from webapp.exam.service import actions
from webapp.exam.service.actions import Asked
from webapp.exam.service.correcting import KIND, MarkCorrection
from webapp.marking.errors import AnswerGone, MarkRefused
from webapp.marking.forms import CorrectionForm
from webapp.marking.queries.answers import to_mark
from webapp.marking.queries.settled import MarkLine, marks_of, settled_answers
from webapp.marking.routes.blueprint import DECIDE, HOST, LOOKING, bp
from webapp.marking.rules.scale import said
from webapp.marking.service.marking import require_marker, scale_at


@bp.get("/staff/marking/<int:exam_id>/corrections")
@requires(*LOOKING)
def corrections(exam_id: int) -> Response:
    """Requests so far, and the settled answers of one contestant number."""
    head = head_in_scope(exam_id, *LOOKING)
    may_ask = may(head, DECIDE) or may(head, HOST)
    number = request.args.get("number", "").strip()[:20] if may_ask else ""
    attempt_id = attempt_of_number(exam_id, number) if number else None
    return render(
        "marking/corrections.html",
        head=head,
        title=pick(head.title),
        event=pick(head.event_title),
        may_ask=may_ask,
        number=number,
        is_unknown=bool(number) and attempt_id is None,
        answers=settled_answers(attempt_id) if attempt_id else [],
        requests=requests_of(head, (KIND,)),
        waiting=[one.payload["answer_id"] for one in acts(exam_id, (KIND,)) if one.state == "waiting"],
    )


@bp.get("/staff/marking/answers/<int:answer_id>/correct")
@requires(DECIDE, HOST)
def correction(answer_id: int) -> Response:
    return _page(_settled(answer_id), CorrectionForm(formdata=None))


@bp.post("/staff/marking/answers/<int:answer_id>/correct")
@requires(DECIDE, HOST)
def correct(answer_id: int) -> ResponseReturnValue:
    place, form = _settled(answer_id), CorrectionForm()
    if not form.validate_on_submit():
        return _page(place, form, 422)
    scale = scale_at(place)
    mark = scale.read(form.mark.data or "")
    if mark is None:
        refused = MarkRefused(out_of=said(scale.out_of), step=said(scale.step))
        form.mark.errors = [say(refused.message)]
        return _page(place, form, 422)
    wanted = MarkCorrection(answer_id, str(place.mark), str(mark))
    try:
        with transaction():
            # Two people also where other acts need one: this changes the work of two markers.
            who = Asked(principal().account_id, form.reason.data or "", two_person=True)
            actions.ask(KIND, place.exam_id, wanted, who)
    except DomainError as error:
        form.form_errors.append(say(error.message))
        return _page(place, form, 422)
    flash(_("A second person has to agree first; it stands on this page."), "success")
    return redirect(url_for(".corrections", exam_id=place.exam_id), code=303)


def _settled(answer_id: int) -> EssayPlace:
    """An answer with a mark on a graded paper. raise (AnswerGone): none, or not theirs to see. raise
    (ConflictOfInterest, OwnQuestion)."""
    place = essay_place(answer_id)
    if place is None or place.mark is None or place.sheet_state != "graded":
        raise AnswerGone
    try:
        head_in_scope(place.exam_id, DECIDE, HOST)
    except ExamNotFound as error:
        raise AnswerGone from error
    require_marker(place, principal().account_id)
    return place


def _page(place: EssayPlace, form: CorrectionForm, status: int = 200) -> Response:
    scale = scale_at(place)
    head = head_in_scope(place.exam_id, DECIDE, HOST)
    kinds = {
        "marker": _("Marker"),
        "arbiter": _("Chief judge"),
        "correction": _("Correction"),
    }
    marks = [(kinds[one.kind], _words(one), one.said) for one in marks_of(place.answer_id)]
    return render(
        "marking/correct.html",
        status=status,
        one=to_mark(place),
        form=form,
        marks=marks,
        holds=said(place.mark or Decimal(0)),
        out_of=said(scale.out_of),
        step=said(scale.step),
        title=pick(head.title),
        event=pick(head.event_title),
    )


def _words(one: MarkLine) -> str:
    if one.before is None:
        return said(one.mark)
    return f"{said(one.before)} → {said(one.mark)}"
