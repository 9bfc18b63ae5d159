"""The hosts' control room of an exam."""

from typing import TypeVar

from flask import Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.errors import ActionNotFound, ExamNotFound
from webapp.exam.forms import AnnounceForm, ExtendForm, VoidForm
from webapp.exam.queries import control as queries
from webapp.exam.queries.control import ExamHead
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.pages import Page
from webapp.exam.service import control

F = TypeVar("F", ExtendForm, AnnounceForm)

STATES = ("", "waiting", "writing", "silent", "submitted", "graded", "void")


@bp.get("/staff/exams")
@requires(Permission.RUN_EXAMS)
def control_list() -> Response:
    rows = [head for head in queries.heads() if _may(head, Permission.RUN_EXAMS)]
    return render("exam/control_list.html", rows=rows)


@bp.get("/staff/exams/<int:exam_id>/control")
@requires(Permission.RUN_EXAMS)
def control_room(exam_id: int) -> Response:
    return _room(_head(exam_id), ExtendForm(), AnnounceForm())


@bp.post("/staff/exams/<int:exam_id>/extend")
@requires(Permission.RUN_EXAMS)
def extend(exam_id: int) -> ResponseReturnValue:
    head = _head(exam_id)
    form = _with_halls(ExtendForm(), exam_id)
    if not form.validate_on_submit():
        return _room(head, form, AnnounceForm(formdata=None), 422)
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


@bp.post("/staff/exams/<int:exam_id>/announce")
@requires(Permission.RUN_EXAMS)
def announce(exam_id: int) -> ResponseReturnValue:
    head = _head(exam_id)
    form = _with_halls(AnnounceForm(), exam_id)
    if not form.validate_on_submit():
        return _room(head, ExtendForm(formdata=None), form, 422)
    with transaction():
        control.announce(exam_id, form.hall.data, form.words.data, principal().account_id)
    return _done(exam_id, True, _("Everybody reads it within half a minute."))


@bp.route("/staff/exams/<int:exam_id>/void/<int:attempt_id>", methods=["GET", "POST"])
@requires(Permission.RUN_EXAMS)
def void(exam_id: int, attempt_id: int) -> ResponseReturnValue:
    head = _head(exam_id)
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


@bp.post("/staff/exams/<int:exam_id>/actions/<int:action_id>")
@requires(Permission.APPROVE_EXAM_ACTIONS)
def decide(exam_id: int, action_id: int) -> ResponseReturnValue:
    _head(exam_id, Permission.APPROVE_EXAM_ACTIONS)
    if action_id not in {action.action_id for action in queries.actions(exam_id)}:
        raise ActionNotFound
    with transaction():
        control.decide(action_id, principal().account_id, request.form.get("agree") == "yes", clock.now())
    return _done(exam_id, True, _("Your decision is recorded."))


def _room(
    head: ExamHead, extend_form: ExtendForm, announce_form: AnnounceForm, status: int = 200
) -> Response:
    at = clock.now()
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    page = request.args.get("page", 1, type=int)
    rows, total = queries.lines(
        head.exam_id, at, state, request.args.get("hall", ""), request.args.get("words", ""), page
    )
    return render(
        "exam/control.html",
        fragment="exam/_control_live.html",
        status=status,
        head=head,
        counts=queries.counts(head.exam_id, at),
        rows=rows,
        page=Page.of(page, total, queries.PAGE),
        states=STATES,
        state=state,
        words=request.args.get("words", ""),
        actions=queries.actions(head.exam_id),
        my_account_id=principal().account_id,
        extend_form=_with_halls(extend_form, head.exam_id),
        announce_form=_with_halls(announce_form, head.exam_id),
        person=request.args.get("attempt", "", type=str),
        two_person=current_app.config["TWO_PERSON"],
    )


def _with_halls(form: F, exam_id: int) -> F:
    form.hall.choices = [("", _("Everybody"))] + [(hall, hall) for hall in queries.halls(exam_id)]
    return form


def _head(exam_id: int, permission: Permission = Permission.RUN_EXAMS) -> ExamHead:
    """The exam, if it lies in this host's scope; a foreign one answers like a missing one."""
    found = queries.head(exam_id)
    if not _may(found, permission):
        raise ExamNotFound
    return found


def _may(head: ExamHead, permission: Permission) -> bool:
    return principal().allows(permission, contest_id=head.contest_id, event_id=head.event_id)


def _done(exam_id: int, done: bool, words: str) -> ResponseReturnValue:
    flash(words if done else _("A second person has to agree first; it stands on this page."), "success")
    return redirect(url_for("exam.control_room", exam_id=exam_id), code=303)


def _id_of(text: str) -> int | None:
    """An id that was typed or sent along, or None when it cannot be one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else None
