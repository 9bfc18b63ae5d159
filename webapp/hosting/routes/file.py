"""The organiser's pages after the event: the performance file, its photos and video, the scores, handing it in."""

from typing import Any

from flask import Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import ngettext, say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.hosting.errors import ApplicationMissing, UploadDiffers, UploadGone, UploadRefused
from webapp.hosting.forms import MediaForm, ScoresForm, report_form, report_of
from webapp.hosting.models import HostingApplication
from webapp.hosting.queries import loading
from webapp.hosting.queries.applications import view
from webapp.hosting.queries.loading import APPLY
from webapp.hosting.queries.performance import arrived, content_of, file_view
from webapp.hosting.routes.blueprint import bp
from webapp.hosting.service import performing, uploading
from webapp.judging.rules import pieces


@bp.get("/staff/hosting/own/<int:application_id>/file")
@requires(APPLY)
def own_file(application_id: int) -> Response:
    return file_page(loading.joined(application_id, principal()))


def file_page(row: HostingApplication, status: int = 200, refusal: str = "", **forms: Any) -> Response:
    """The performance file for its organiser; forms: those that were refused."""
    seen, who = file_view(row), principal()
    if seen is None:
        raise ApplicationMissing
    parts = {f"part_{heading}": words for heading, words in seen.report.items()}
    made: dict[str, Any] = {
        "report_form": report_form(seen.rules, formdata=None, data=parts),
        "media_form": MediaForm(formdata=None),
        "scores_form": ScoresForm(formdata=None, prefix="scores"),
    }
    return render(
        "hosting/file.html",
        status=status,
        one=view(row),
        seen=seen,
        now=clock.now(),
        may_edit=seen.is_open and loading.represents(who, row.organisation_id),
        piece_bytes=pieces.PIECE_BYTES,
        most_mb=uploading.MOST,
        refusal=refusal,
        **{**made, **forms},
    )


@bp.post("/staff/hosting/own/<int:application_id>/file/report")
@requires(APPLY)
def save_report(application_id: int) -> ResponseReturnValue:
    row = loading.own(application_id, principal())
    seen = file_view(row)
    if seen is None:
        raise ApplicationMissing
    form = report_form(seen.rules)
    if not form.validate_on_submit():
        return file_page(row, 422, report_form=form)
    with transaction():
        performing.save_report(application_id, report_of(form), principal())
    return _done(application_id, _("The report is saved."))


@bp.post("/staff/hosting/own/<int:application_id>/file/media")
@requires(APPLY)
def add_media(application_id: int) -> ResponseReturnValue:
    """Photos and a video by the plain form: the same pieces, cut here. What is right is kept."""
    row = loading.own(application_id, principal())
    who, kept, wrong = principal(), 0, []
    for file in request.files.getlist("file"):
        if not file.filename:
            continue
        parts = _cut(file)
        size = sum(len(part) for part in parts)
        digest = pieces.list_digest(pieces.digest(part) for part in parts)
        try:
            with transaction():
                upload_id = uploading.begin(application_id, file.filename, size, digest, who, clock.now())
                for number, part in enumerate(parts):
                    uploading.put_piece(upload_id, number, part, who, clock.now())
                uploading.complete(upload_id, who, clock.now())
            kept += 1
        except DomainError as refused:
            if refused.status != 422:
                raise
            wrong.append(f"{file.filename[:60]}: {say(refused.message)}")
    if wrong or not kept:
        return file_page(row, 422, refusal=" ".join(wrong) or _("Choose a file."))
    return _done(application_id, ngettext("%(num)d file was kept.", "%(num)d files were kept.", kept))


def _cut(file: FileStorage) -> list[bytes]:
    """The pieces of a file that came whole."""
    found = []
    while part := file.stream.read(pieces.PIECE_BYTES):
        found.append(part)
    return found


@bp.post("/staff/hosting/own/<int:application_id>/file/begin")
@requires(APPLY)
def begin_upload(application_id: int) -> Response:
    """Announce a file of pieces; the answer says where they go and which are there."""
    body: Any = request.get_json(silent=True)
    body = body if isinstance(body, dict) else {}
    name, size, digest = body.get("name"), body.get("size"), body.get("digest")
    loading.own(application_id, principal())
    if not isinstance(name, str) or not isinstance(size, int) or not isinstance(digest, str):
        raise UploadRefused(most=uploading.MOST)
    with transaction():
        upload_id = uploading.begin(application_id, name, size, digest, principal(), clock.now())
        there = arrived(upload_id)
    return jsonify(
        {
            "work": upload_id,
            "piece_bytes": pieces.PIECE_BYTES,
            "arrived": there,
            "pieces": url_for(".put_piece", upload_id=upload_id, number=0)[:-1],
            "complete": url_for(".complete_upload", upload_id=upload_id),
        }
    )


@bp.put("/staff/hosting/uploads/<int:upload_id>/pieces/<int:number>")
@requires(APPLY)
def put_piece(upload_id: int, number: int) -> Response:
    """One piece, as raw bytes. The same one may come again."""
    content = request.get_data(cache=False)
    with transaction():
        count = uploading.put_piece(upload_id, number, content, principal(), clock.now())
    return jsonify({"arrived": count})


@bp.post("/staff/hosting/uploads/<int:upload_id>/complete")
@requires(APPLY)
def complete_upload(upload_id: int) -> Response:
    """All pieces are there: look at the whole."""
    try:
        with transaction():
            kind = uploading.complete(upload_id, principal(), clock.now())
    except (UploadDiffers, UploadRefused):
        with transaction():
            uploading.forget(upload_id, principal())
        raise
    return jsonify({"kind": kind})


@bp.post("/staff/hosting/uploads/<int:upload_id>/remove")
@requires(APPLY)
def remove_upload(upload_id: int) -> ResponseReturnValue:
    with transaction():
        application_id = uploading.remove(upload_id, principal(), clock.now())
    return _done(application_id, _("The file was taken off."))


@bp.get("/staff/hosting/uploads/<int:upload_id>/export")
@requires(APPLY, Permission.SEE_HOSTING)
def upload_content(upload_id: int) -> Response:
    """A photo or video to download, piece after piece."""
    found = loading.upload_for(upload_id, principal())
    if found.completed_at is None:
        raise UploadGone
    tail = found.name.rsplit(".", 1)[-1].lower() if "." in found.name else ""
    ending = f".{tail}" if tail.isascii() and tail.isalnum() and len(tail) <= 8 else ""
    response = Response(content_of(upload_id), mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.kind}-{upload_id}{ending}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/staff/hosting/own/<int:application_id>/file/recordings")
@requires(APPLY)
def keep_recordings(application_id: int) -> ResponseReturnValue:
    loading.own(application_id, principal())
    with transaction():
        performing.keep_recordings(application_id, principal(), clock.now())
    return _done(application_id, _("It is noted with your name."))


@bp.post("/staff/hosting/own/<int:application_id>/file/scores")
@requires(APPLY)
def file_scores(application_id: int) -> ResponseReturnValue:
    row = loading.own(application_id, principal())
    form = ScoresForm(prefix="scores")
    if form.validate_on_submit() and form.signed_on.data is not None:
        try:
            with transaction():
                performing.file_scores(
                    application_id, form.signed_on.data, form.chief.data or "", form.scan.data.read(),
                    principal(), clock.now(),
                )  # fmt: skip
            return _done(application_id, _("The scores are filed."))
        except DomainError as refused:
            if refused.status != 422:
                raise
            form.scan.errors = [say(refused.message)]
    return file_page(row, 422, scores_form=form)


@bp.post("/staff/hosting/own/<int:application_id>/file/send")
@requires(APPLY)
def hand_in(application_id: int) -> ResponseReturnValue:
    row = loading.own(application_id, principal())
    try:
        with transaction():
            performing.hand_in(application_id, principal(), clock.now())
    except DomainError as refused:
        if refused.status != 422:
            raise
        return file_page(row, 422, refusal=say(refused.message))
    return _done(application_id, _("The performance file is handed in."))


def _done(application_id: int, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for(".own_file", application_id=application_id), code=303)
