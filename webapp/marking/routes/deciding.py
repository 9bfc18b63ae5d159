"""A chief judge decides between two marks."""

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.queries.essays import EssayPlace
from webapp.exam.routes.scope import head_in_scope
from webapp.marking.errors import AnswerGone, MarkRefused, ReasonNeeded
from webapp.marking.forms import DecisionForm
from webapp.marking.queries.answers import has_marked, marks_given, to_mark
from webapp.marking.routes.blueprint import DECIDE, bp, place_in_scope
from webapp.marking.rules.scale import MARKERS, said
from webapp.marking.service.marking import GivenMark, arbitrate, require_marker, scale_at


@bp.get("/staff/marking/answers/<int:answer_id>/decide")
@requires(DECIDE)
def differing(answer_id: int) -> Response:
    place = _found(answer_id)
    return _page(place, DecisionForm(formdata=None))


@bp.post("/staff/marking/answers/<int:answer_id>/decide")
@requires(DECIDE)
def decide(answer_id: int) -> ResponseReturnValue:
    place, form = _found(answer_id), DecisionForm()
    if not form.validate_on_submit():
        return _page(place, form, 422)
    given = GivenMark(answer_id, principal().account_id, form.mark.data or "", form.comment.data or "")
    try:
        with transaction():
            arbitrate(given, clock.now())
    except (MarkRefused, ReasonNeeded) as error:
        (form.mark if isinstance(error, MarkRefused) else form.comment).errors = [say(error.message)]
        return _page(place, form, 422)
    flash(_("The mark counts. Your reason is kept with it."), "success")
    return redirect(url_for(".progress", exam_id=place.exam_id), code=303)


def _found(answer_id: int) -> EssayPlace:
    """An answer with two marks too far apart, of which none is this person's. raise (AnswerGone,
    ConflictOfInterest, OwnQuestion)."""
    place, me = place_in_scope(answer_id, DECIDE), principal().account_id
    if place.mark is not None or len(marks_given(answer_id)) < MARKERS or has_marked(answer_id, me):
        raise AnswerGone
    require_marker(place, me)
    return place


def _page(place: EssayPlace, form: DecisionForm, status: int = 200) -> Response:
    scale = scale_at(place)
    head = head_in_scope(place.exam_id, DECIDE)
    return render(
        "marking/decide.html",
        status=status,
        one=to_mark(place),
        form=form,
        marks=[(said(one.mark), one.comment) for one in marks_given(place.answer_id)],
        tolerance=said(scale.tolerance),
        out_of=said(scale.out_of),
        step=said(scale.step),
        title=pick(head.title),
        event=pick(head.event_title),
    )
