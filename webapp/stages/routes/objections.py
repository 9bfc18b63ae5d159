"""Objections: anybody may send one, the host answers."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import public, requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal, principal_or_none
from webapp.contests.queries import StageView, stage_by_codes, stage_by_id
from webapp.core import clock
from webapp.core.errors import DomainError, NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.limits import limiter
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.stages.errors import ListMissing
from webapp.stages.forms import AnswerForm, ObjectionForm, StaffObjectionForm, VisitorObjectionForm
from webapp.stages.queries import notices, objections
from webapp.stages.routes.blueprint import bp
from webapp.stages.routes.staff import in_scope
from webapp.stages.service import objecting
from webapp.stages.service.objecting import Sender


@bp.route("/notices/<contest>/<event>/<stage>/object", methods=["GET", "POST"])
@public("everybody may object to a public notice")
@limiter.limit("10 per hour", methods=["POST"])
def object_to(contest: str, event: str, stage: str) -> ResponseReturnValue:
    view = stage_by_codes(contest, event, stage)
    who = principal_or_none()
    visitor = VisitorObjectionForm()
    form = ObjectionForm() if who else visitor
    if request.method == "GET":
        form.number.data = request.args.get("number", "")[:40]
    if not form.validate_on_submit():
        return _form_page(view, form, 422 if request.method == "POST" else 200)
    sender = Sender(who.person_id) if who else _visitor(visitor)
    try:
        with transaction():
            row = objecting.receive(view, sender, form.number.data or "", form.words.data, clock.now())
            reference = row.reference
    except DomainError as error:
        if error.status != 422:  # what a field can mend is shown beside it
            raise
        field = visitor.phone if error.code.startswith("phone") else form.number
        field.errors = [say(error.message)]
        return _form_page(view, form, 422)
    flash(_("Your objection has been received."), "success")
    return redirect(url_for("stages.objection", reference=reference), code=303)


def _visitor(form: VisitorObjectionForm) -> Sender:
    channel = "enterprise" if form.enterprise.data else "page"
    return Sender(None, form.sender, form.phone.data, channel)


@bp.get("/notices/objections/<reference>")
@public("only whoever sent an objection has its random reference")
def objection(reference: str) -> Response:
    found = objections.by_reference(reference)
    if found is None:
        raise NotFound
    return render("stages/objection.html", one=found, place=objections.place(found.stage_id))


@bp.route("/staff/stages/<int:stage_id>/objections/new", methods=["GET", "POST"])
@requires(Permission.PUBLISH_RESULTS)
def enter_objection(stage_id: int) -> ResponseReturnValue:
    """Write down what came by telephone, letter, in person or from an enterprise."""
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    form = StaffObjectionForm()
    if not form.validate_on_submit():
        status = 422 if request.method == "POST" else 200
        return render("stages/enter_objection.html", status=status, head=found, form=form)
    sender = Sender(None, form.name.data, form.phone.data or "", form.channel.data, principal().account_id)
    try:
        with transaction():
            objecting.receive(
                stage_by_id(stage_id), sender, form.number.data or "", form.words.data, clock.now()
            )
    except DomainError as error:
        if error.status != 422:
            raise
        field = form.phone if error.code.startswith("phone") else form.number
        field.errors = [say(error.message)]
        return render("stages/enter_objection.html", status=422, head=found, form=form)
    flash(_("The objection is recorded. Somebody else than the one who decided has to answer it."), "success")
    return redirect(url_for("stages.stage", stage_id=stage_id, _anchor="objections"), code=303)


@bp.route("/staff/stages/<int:stage_id>/objections/<int:objection_id>", methods=["GET", "POST"])
@requires(Permission.PUBLISH_RESULTS)
def answer(stage_id: int, objection_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    if objections.stage_of(objection_id) != stage_id:
        raise ListMissing
    form = AnswerForm()
    is_valid = form.validate_on_submit()
    if is_valid and form.changes_list.data and not form.published_answer.data:
        form.published_answer.errors = [_("The public has to read why the list changes.")]
        is_valid = False
    if not is_valid:
        every = objections.inbox(stage_id, with_senders=True)
        one = next(one for one in every if one.objection_id == objection_id)
        status = 422 if request.method == "POST" else 200
        runs = found.allows(principal(), Permission.RUN_EXAMS)
        exam_id = objections.exam_of(stage_id) if runs else None
        return render("stages/answer.html", status=status, head=found, one=one, form=form, exam_id=exam_id)
    with transaction():
        objecting.answer(
            objection_id,
            form.answer.data,
            form.published_answer.data or "",
            bool(form.changes_list.data),
            principal().account_id,
            clock.now(),
        )
    flash(_("The answer is recorded."), "success")
    return redirect(url_for("stages.stage", stage_id=stage_id, _anchor="objections"), code=303)


def _form_page(view: StageView, form: ObjectionForm, status: int) -> Response:
    notice = notices.current(view.stage_id)
    if notice is None:
        raise NotFound
    return render(
        "stages/object.html",
        status=status,
        stage=view,
        notice=notice,
        form=form,
        is_running=clock.now() < notice.ends_at,
    )
