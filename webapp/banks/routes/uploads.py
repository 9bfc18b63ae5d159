"""Uploading a file, looking at what it would bring, accepting or putting it aside."""

import io
from collections import Counter
from pathlib import PurePath

from flask import Response, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.banks import queries, service
from webapp.banks.errors import HasErrors
from webapp.banks.formats.annotated import annotate
from webapp.banks.formats.writers import XLSX_TYPE
from webapp.banks.forms import AcceptForm, UploadForm
from webapp.banks.routes.asked import Tried, asked_of
from webapp.banks.routes.blueprint import Page, bp, open_bank_or_404
from webapp.core.db import keys_scope
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.problems import Problem
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.media import service as media

PROBLEMS_A_PAGE = 50
QUESTIONS_A_PAGE = 10
OPEN = frozenset({"parsed", "failed"})


@bp.route("/<code>/upload", methods=["GET", "POST"])
@requires(Permission.EDIT_BANKS)
def upload(code: str) -> ResponseReturnValue:
    bank = open_bank_or_404(code)
    form = UploadForm()
    if not form.validate_on_submit():
        status = 422 if request.method == "POST" else 200
        return render("banks/upload.html", form=form, bank=bank, status=status)
    options = {
        "between_blanks": form.between_blanks.data or "|",
        "alternatives": form.alternatives.data or ";",
    }
    content, name = _sent(form)
    with keys_scope(), transaction():
        upload_id = service.receive(bank.bank_id, content, name, principal().account_id, options)
    return redirect(url_for(".preview", upload_id=upload_id), code=303)


def _sent(form: UploadForm) -> tuple[bytes, str]:
    """(content, file name) of the file, or of the pasted text as a text file."""
    if not form.file.data:
        return str(form.pasted.data).encode(), _("pasted text") + ".txt"
    name = PurePath((form.file.data.filename or "").replace("\\", "/")).name or "upload"
    return form.file.data.read(), name


@bp.get("/uploads/<int:upload_id>")
@requires(Permission.EDIT_BANKS)
def preview(upload_id: int) -> Response:
    return show_preview(upload_id)


def show_preview(
    upload_id: int, refusal: str = "", status: int = 200, tried: Tried | None = None
) -> Response:
    """What an upload would bring, with the step that asks about it; of a trial only that for htmx."""
    view = upload_or_404(upload_id)
    if view.is_being_read:
        return render("banks/preview.html", fragment="banks/_progress.html", upload=view)
    with keys_scope():
        problems, skipped = queries.upload_problems(upload_id)
        page = max(request.args.get("page", 1, int), 1)
        questions, total = queries.upload_questions(upload_id, page, QUESTIONS_A_PAGE)
        shape = queries.upload_shape(upload_id)
    kind, code = request.args.get("severity", ""), request.args.get("code", "")
    shown = [item for item in problems if kind in {"", item.severity} and code in {"", item.code}]
    is_trial = request.endpoint == "banks.try_mapping"
    fields = request.form.to_dict() if request.endpoint in {"banks.try_mapping", "banks.again"} else {}
    before = queries.mapped_before(view, principal().account_id) if view.state in OPEN else None
    response = render(
        "banks/preview.html",
        fragment="banks/_tried.html" if is_trial else None,
        upload=view,
        topics={topic["key"]: pick(topic) or topic["key"] for topic in view.counts.get("topics", [])},
        problems=shown[:PROBLEMS_A_PAGE],
        shown_count=len(shown),
        codes=_codes(problems),
        severity=kind,
        code=code,
        skipped=skipped,
        questions=questions,
        pages=Page.of(page, total, QUESTIONS_A_PAGE),
        form=AcceptForm(),
        asked=asked_of(view, shape, fields, "map" in request.values, before),
        tried=tried,
        refusal=refusal,
        status=status,
    )
    if request.headers.get("HX-Trigger") == "reading":
        # The page that waited for the reading is another page now.
        response.headers["HX-Refresh"] = "true"
    return response


def _codes(problems: list[Problem]) -> list[tuple[str, str, int]]:
    """(code, words, how many) of the kinds of problems, most frequent first."""
    counts = Counter(problem.code for problem in problems)
    words = {problem.code: problem.reason for problem in reversed(problems)}
    return [(code, say(words[code]), count) for code, count in counts.most_common()]


@bp.get("/uploads/<int:upload_id>/annotated.xlsx")
@requires(Permission.EDIT_BANKS)
def annotated(upload_id: int) -> Response:
    view = upload_or_404(upload_id)
    with keys_scope():
        problems, _skipped = queries.upload_problems(upload_id)
    content = annotate(media.read(view.file_id), view.file_name, problems, say)
    name = f"{PurePath(view.file_name).stem}-{_('import result')}.xlsx"
    return send_file(io.BytesIO(content), mimetype=XLSX_TYPE, as_attachment=True, download_name=name)


@bp.post("/uploads/<int:upload_id>/accept")
@requires(Permission.EDIT_BANKS)
def accept(upload_id: int) -> ResponseReturnValue:
    view = upload_or_404(upload_id)
    form = AcceptForm()
    if not form.validate_on_submit():
        return show_preview(upload_id, status=422)
    valid_part = request.form.get("part") == "valid"
    try:
        with keys_scope(), transaction():
            stored = service.accept(
                upload_id, principal().account_id, valid_part, keep_rest=form.rest.data == "keep"
            )
    except HasErrors as error:
        return show_preview(upload_id, refusal=say(error.message), status=409)
    if stored.is_new:
        flash(_("Version %(number)d was made as a draft.", number=stored.number), "success")
    else:
        flash(_("Nothing new: version %(number)d holds these questions.", number=stored.number), "info")
    return redirect(url_for(".version", code=view.bank_code, number=stored.number), code=303)


@bp.post("/uploads/<int:upload_id>/discard")
@requires(Permission.EDIT_BANKS)
def discard(upload_id: int) -> ResponseReturnValue:
    view = upload_or_404(upload_id)
    with transaction():
        service.discard(upload_id, principal().account_id)
    flash(_("The file was put aside. The bank is as it was."), "info")
    return redirect(url_for(".show", code=view.bank_code), code=303)


def upload_or_404(upload_id: int) -> queries.UploadView:
    view = queries.upload(upload_id)
    open_bank_or_404(view.bank_code)
    return view
