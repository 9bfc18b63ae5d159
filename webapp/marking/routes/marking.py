"""A marker at work: the next answer, its page, the mark."""

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.render import render
from webapp.core.transaction import in_transaction, transaction
from webapp.exam.queries.essays import EssayPlace
from webapp.exam.routes.scope import head_in_scope
from webapp.marking.errors import AnswerGone, MarkRefused
from webapp.marking.forms import MarkForm
from webapp.marking.queries.answers import to_mark
from webapp.marking.routes.blueprint import MARK, bp, place_in_scope
from webapp.marking.rules.scale import said
from webapp.marking.service.claiming import held_until, take_next
from webapp.marking.service.marking import GivenMark, give_mark, require_marker, scale_at


@bp.post("/staff/marking/<int:exam_id>/next")
@requires(MARK)
def take(exam_id: int) -> ResponseReturnValue:
    head_in_scope(exam_id, MARK)
    return _next(exam_id)


@bp.get("/staff/marking/answers/<int:answer_id>")
@requires(MARK)
def answer(answer_id: int) -> Response:
    place = place_in_scope(answer_id, MARK)
    _require_held(place, is_read=True)
    return _page(place, MarkForm(formdata=None))


@bp.post("/staff/marking/answers/<int:answer_id>")
@requires(MARK)
def mark(answer_id: int) -> ResponseReturnValue:
    place, form = place_in_scope(answer_id, MARK), MarkForm()
    if not form.validate_on_submit():
        _require_held(place)
        return _page(place, form, 422)
    given = GivenMark(answer_id, principal().account_id, form.mark.data or "", form.comment.data or "")
    try:
        with transaction():
            give_mark(given, clock.now())
    except MarkRefused as error:
        _require_held(place)
        form.mark.errors = [say(error.message)]
        return _page(place, form, 422)
    except DomainError as error:
        if error.status not in {403, 409}:
            raise
        flash(say(error.message), "warning")
        return redirect(url_for(".index"), code=303)
    return _next(place.exam_id)


def _next(exam_id: int) -> ResponseReturnValue:
    """On to the next answer, or to the list when nothing is left."""
    me, at = principal(), clock.now()
    found = in_transaction(lambda: take_next(exam_id, me.account_id, at))
    if found is None:
        flash(_("There is nothing left for you to mark here."), "success")
        return redirect(url_for(".index"), code=303)
    return redirect(url_for(".answer", answer_id=found), code=303)


def _require_held(place: EssayPlace, *, is_read: bool = False) -> None:
    """Only who took an answer sees it; what was typed is shown again even when its time is over. raise (AnswerGone, ConflictOfInterest, OwnQuestion)."""
    me = principal().account_id
    until = held_until(place.answer_id, me)
    if place.mark is not None or until is None or (is_read and until <= clock.now()):
        raise AnswerGone
    require_marker(place, me)


def _page(place: EssayPlace, form: MarkForm, status: int = 200) -> Response:
    scale = scale_at(place)
    head = head_in_scope(place.exam_id, MARK)
    return render(
        "marking/answer.html",
        status=status,
        one=to_mark(place),
        form=form,
        out_of=said(scale.out_of),
        step=said(scale.step),
        title=pick(head.title),
        event=pick(head.event_title),
    )
