"""Sessions (场次): contestants choose one; hosts see the fill, move people, close a session."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires, signed_in
from webapp.access.permissions import Permission
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.errors import ExamNotFound
from webapp.exam.forms import CloseSessionForm, MoveForm
from webapp.exam.queries import sessions as queries
from webapp.exam.queries.control import ExamHead
from webapp.exam.queries.sheets import MyExam
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.pages import Page
from webapp.exam.routes.scope import LOOKING, head_in_scope, head_to_watch, may_run
from webapp.exam.routes.views import exam_row
from webapp.exam.routes.waiting import my_exam
from webapp.exam.rules.sessions import booking_is_open
from webapp.exam.service import sessions as service

NOBODY = -1
"""The filter for people without a seat."""


@bp.get("/exams/<int:exam_id>/sessions")
@signed_in
def sessions(exam_id: int) -> Response:
    return _choice(_with_sessions(exam_id))


@bp.post("/exams/<int:exam_id>/sessions")
@signed_in
def choose_session(exam_id: int) -> ResponseReturnValue:
    found, at = _with_sessions(exam_id), clock.now()
    asked = request.form.get("session", "")
    try:
        with transaction():
            if asked == "none":
                service.cancel(exam_id, found.participation_id, at)
            else:
                service.book(exam_id, found.participation_id, _id_of(asked), at)
    except DomainError as refusal:
        return _choice(my_exam(exam_id), say(refusal.message), 422)
    flash(_("Your seat is given back.") if asked == "none" else _("Your session is booked."), "success")
    return redirect(url_for("exam.sessions", exam_id=exam_id), code=303)


@bp.get("/staff/exams/<int:exam_id>/sessions")
@requires(*LOOKING)
def fill(exam_id: int) -> Response:
    return _fill(head_to_watch(exam_id), MoveForm(), CloseSessionForm())


@bp.post("/staff/exams/<int:exam_id>/sessions/move")
@requires(Permission.RUN_EXAMS)
def move_person(exam_id: int) -> ResponseReturnValue:
    head = head_in_scope(exam_id)
    form = _move_form(MoveForm(), exam_id)
    other = CloseSessionForm(formdata=None)
    if not form.validate_on_submit():
        return _fill(head, form, other, 422)
    try:
        with transaction():
            service.move(
                exam_id, _id_of(form.participation_id.data), form.session.data, form.reason.data, clock.now()
            )
    except DomainError as refusal:
        form.session.errors = [say(refusal.message)]
        return _fill(head, form, other, 422)
    flash(_("The person sits in this session now and has a notice."), "success")
    return redirect(url_for("exam.fill", exam_id=exam_id, shown=form.session.data), code=303)


@bp.post("/staff/exams/<int:exam_id>/sessions/<int:session_id>")
@requires(Permission.RUN_EXAMS)
def close_session(exam_id: int, session_id: int) -> ResponseReturnValue:
    """Close a session for further people (and put its people elsewhere), or let it take people again."""
    head = head_in_scope(exam_id)
    form = CloseSessionForm()
    if form.action.data == "reopen":
        with transaction():
            service.reopen_session(exam_id, session_id)
        flash(_("This session takes people again."), "success")
    elif not form.validate_on_submit():
        return _fill(head, _move_form(MoveForm(formdata=None), exam_id), form, 422, closing=session_id)
    else:
        with transaction():
            moved = service.close_session(
                exam_id, session_id, form.move_people.data, form.reason.data, clock.now()
            )
        flash(_("The session is closed; %(count)s people were put elsewhere.", count=moved), "success")
    return redirect(url_for("exam.fill", exam_id=exam_id), code=303)


def _choice(found: MyExam, error: str = "", status: int = 200) -> Response:
    at = clock.now()
    window = queries.frame(found.exam_id)
    return render(
        "exam/sessions.html",
        status=status,
        exam=exam_row(found, at),
        rows=queries.sessions(found.exam_id),
        held=queries.held_session(found.exam_id, found.participation_id),
        window=window,
        is_open=booking_is_open(window.opens_at, window.closes_at, at),
        is_early=window.opens_at is not None and at < window.opens_at,
        at=at,
        error=error,
    )


def _fill(
    head: ExamHead, move: MoveForm, closing_form: CloseSessionForm, status: int = 200, closing: int = 0
) -> Response:
    shown = request.args.get("shown", "")
    shown_id = NOBODY if shown == "none" else _id_of(shown)
    words, page = request.args.get("words", "")[:50], request.args.get("page", 1, type=int)
    rows, total = queries.sitters(head.exam_id, shown_id, words, page)
    person = request.args.get("person", "")
    return render(
        "exam/session_fill.html",
        status=status,
        head=head,
        sessions=queries.sessions(head.exam_id),
        window=queries.frame(head.exam_id),
        without=queries.count_without(head.exam_id),
        rows=rows,
        page=Page.of(page, total, queries.PAGE),
        shown=shown,
        words=words,
        person=next((row for row in rows if str(row.participation_id) == person), None),
        move_form=_move_form(move, head.exam_id),
        close_form=closing_form,
        closing=closing,
        may_run=may_run(head),
        at=clock.now(),
    )


def _move_form(form: MoveForm, exam_id: int) -> MoveForm:
    form.session.choices = [
        (
            one.session_id,
            _("%(title)s (%(free)s free)", title=pick(one.title), free=max(0, one.seats - one.taken)),
        )
        for one in queries.sessions(exam_id)
        if not one.is_closed
    ]
    return form


def _with_sessions(exam_id: int) -> MyExam:
    found = my_exam(exam_id)
    if not found.has_sessions:
        raise ExamNotFound
    return found


def _id_of(text: str | None) -> int:
    """An id that was typed or sent along; 0 when it cannot be one."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 18 else 0
