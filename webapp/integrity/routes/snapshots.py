"""Camera pictures: the question before the start, the exam page's uploads, the hosts' look."""

from dataclasses import dataclass

from flask import Response, after_this_request, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires, signed_in
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests.rules.blueprint import Snapshots
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.limits import limiter
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.routes.scope import head_in_scope
from webapp.integrity.errors import SnapshotAnswerNeeded, SnapshotRefused
from webapp.integrity.formats.camera import MAX_BYTES
from webapp.integrity.forms import SnapshotForm
from webapp.integrity.queries.snapshots import answer_of
from webapp.integrity.routes.blueprint import bp
from webapp.integrity.rules.snapshots import Next
from webapp.integrity.service import snapshots
from webapp.integrity.service.checks import checks_of

CAMERA = "camera=(self), microphone=(), geolocation=(), payment=()"
FORM_BYTES = 4_000
"""What a form with a picture weighs beside the picture."""


@dataclass(frozen=True)
class CameraView:
    """What the exam page's script goes by. number: -1 when no picture is to come."""

    number: int
    in_s: int


@bp.app_template_global("snapshots_of")
def snapshots_of(exam_id: int) -> Snapshots | None:
    """What the waiting room says about pictures; None where the exam takes none."""
    return checks_of(exam_id).snapshots


@bp.app_template_global("camera_of")
def camera_of(attempt_id: int) -> CameraView | None:
    """The next picture of an attempt whose person agreed: only that page may use the camera."""
    found = snapshots.running(attempt_id, principal().person_id, clock.now())
    if found is None:
        return None

    @after_this_request
    def allow(response: Response) -> Response:
        response.headers["Permissions-Policy"] = CAMERA
        return response

    return _view(snapshots.next_moment(found))


@bp.get("/exams/<int:exam_id>/snapshots")
@signed_in
def snapshot_question(exam_id: int) -> Response:
    settings = snapshots.settings_for(exam_id, principal().person_id)
    return _question(exam_id, settings, SnapshotForm.of(settings.required, formdata=None))


@bp.post("/exams/<int:exam_id>/snapshots")
@signed_in
def answer_snapshots(exam_id: int) -> ResponseReturnValue:
    me = principal()
    settings = snapshots.settings_for(exam_id, me.person_id)
    form = SnapshotForm.of(settings.required)
    if not form.validate_on_submit():
        return _question(exam_id, settings, form, 422)
    with transaction():
        snapshots.answer(exam_id, me.person_id, form.answer.data == "yes", clock.now())
    flash(_("Your answer is kept. You can change it until you start."), "success")
    return redirect(url_for("exam.waiting", exam_id=exam_id), code=303)


@bp.app_errorhandler(SnapshotAnswerNeeded)
def snapshot_answer_needed(error: SnapshotAnswerNeeded) -> Response:
    """Nothing has begun: the question comes first."""
    settings = snapshots.settings_for(error.exam_id, principal().person_id)
    form = SnapshotForm.of(settings.required, formdata=None)
    return _question(error.exam_id, settings, form, 422)


@bp.post("/attempts/<int:attempt_id>/snapshots")
@signed_in
@limiter.limit("20 per minute")
def snapshot(attempt_id: int) -> Response:
    """A picture, or word that the camera failed. The answer names the next moment."""
    at = clock.arrival()
    found = snapshots.running(attempt_id, principal().person_id, at)
    if found is None:
        raise SnapshotRefused
    if (request.content_length or 0) > MAX_BYTES + FORM_BYTES:
        raise SnapshotRefused
    picture = request.files.get("picture")
    content = picture.read(MAX_BYTES + 1) if picture else None
    with transaction():
        snapshots.take(found, request.form.get("number", -1, type=int), content, at)
    view = _view(snapshots.next_moment(found))
    return jsonify({"number": view.number, "in_s": view.in_s})


@bp.get("/staff/exams/<int:exam_id>/evidence/<int:attempt_id>/snapshots/<int:snapshot_id>")
@requires(Permission.RUN_EXAMS)
def look_at_snapshot(exam_id: int, attempt_id: int, snapshot_id: int) -> Response:
    """One picture, for hosts of the exam only; every look is noted."""
    head_in_scope(exam_id)
    with transaction():
        content = snapshots.look(exam_id, attempt_id, snapshot_id)
    response = Response(content, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    return response


def _view(found: Next | None) -> CameraView:
    return CameraView(-1, 0) if found is None else CameraView(found.number, found.in_s)


def _question(exam_id: int, settings: Snapshots, form: SnapshotForm, status: int = 200) -> Response:
    answered = answer_of(exam_id, principal().person_id)
    return render(
        "integrity/snapshots.html",
        status=status,
        exam_id=exam_id,
        settings=settings,
        form=form,
        answered=answered,
    )
