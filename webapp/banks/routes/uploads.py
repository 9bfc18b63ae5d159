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
from webapp.banks.forms import AcceptForm, MappingForm, UploadForm
from webapp.banks.routes.blueprint import Page, bp, open_bank_or_404
from webapp.banks.rules.schema import QuestionType
from webapp.core.db import keys_scope
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.problems import Problem
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.media import service as media

PROBLEMS_A_PAGE = 50
UNCLEAR = frozenset({"no-table", "no-questions", "unknown-type", "column-assumed", "type-assumed"})
"""Problems that a word from the person may mend."""
QUESTIONS_A_PAGE = 10


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
    name = PurePath((form.file.data.filename or "").replace("\\", "/")).name or "upload"
    with keys_scope(), transaction():
        upload_id = service.receive(
            bank.bank_id, form.file.data.read(), name, principal().account_id, options
        )
    return redirect(url_for(".preview", upload_id=upload_id), code=303)


@bp.get("/uploads/<int:upload_id>")
@requires(Permission.EDIT_BANKS)
def preview(upload_id: int) -> Response:
    return _preview(upload_id)


def _preview(upload_id: int, refusal: str = "", status: int = 200) -> Response:
    view = _upload_or_404(upload_id)
    if view.is_being_read:
        return render("banks/preview.html", fragment="banks/_progress.html", upload=view)
    with keys_scope():
        problems, skipped = queries.upload_problems(upload_id)
        page = max(request.args.get("page", 1, int), 1)
        questions, total = queries.upload_questions(upload_id, page, QUESTIONS_A_PAGE)
    kind, code = request.args.get("severity", ""), request.args.get("code", "")
    shown = [item for item in problems if kind in {"", item.severity} and code in {"", item.code}]
    response = render(
        "banks/preview.html",
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
        mapping=MappingForm(data={**view.options, **view.options.get("columns", {})}),
        house_types=_house_types(problems, view),
        types=[*QuestionType],
        needs_mapping=any(problem.code in UNCLEAR for problem in problems),
        refusal=refusal,
        status=status,
    )
    if request.headers.get("HX-Trigger") == "reading":
        # The page that waited for the reading is another page now.
        response.headers["HX-Refresh"] = "true"
    return response


def _house_types(problems: list[Problem], view: queries.UploadView) -> dict[str, str]:
    """Names of types that the file uses and nobody knows, with what was said about them before."""
    names = {str(problem.reason.params["type"]): "" for problem in problems if problem.code == "unknown-type"}
    return names | dict(view.options.get("types", {}))


@bp.post("/uploads/<int:upload_id>/again")
@requires(Permission.EDIT_BANKS)
def again(upload_id: int) -> ResponseReturnValue:
    _upload_or_404(upload_id)
    form = MappingForm()
    if not form.validate_on_submit():
        return _preview(upload_id, status=422)
    types = {
        name.removeprefix("type:"): kind
        for name, kind in request.form.items()
        if name.startswith("type:") and kind in set(QuestionType)
    }
    with keys_scope(), transaction():
        service.read_again(upload_id, form.as_options(types))
    return redirect(url_for(".preview", upload_id=upload_id), code=303)


def _codes(problems: list[Problem]) -> list[tuple[str, str, int]]:
    """(code, words, how many) of the kinds of problems, most frequent first."""
    counts = Counter(problem.code for problem in problems)
    words = {problem.code: problem.reason for problem in reversed(problems)}
    return [(code, say(words[code]), count) for code, count in counts.most_common()]


@bp.get("/uploads/<int:upload_id>/annotated.xlsx")
@requires(Permission.EDIT_BANKS)
def annotated(upload_id: int) -> Response:
    view = _upload_or_404(upload_id)
    with keys_scope():
        problems, _skipped = queries.upload_problems(upload_id)
    content = annotate(media.read(view.file_id), view.file_name, problems, say)
    name = f"{PurePath(view.file_name).stem}-{_('import result')}.xlsx"
    return send_file(io.BytesIO(content), mimetype=XLSX_TYPE, as_attachment=True, download_name=name)


@bp.post("/uploads/<int:upload_id>/accept")
@requires(Permission.EDIT_BANKS)
def accept(upload_id: int) -> ResponseReturnValue:
    view = _upload_or_404(upload_id)
    form = AcceptForm()
    if not form.validate_on_submit():
        return _preview(upload_id, status=422)
    valid_part = request.form.get("part") == "valid"
    try:
        with keys_scope(), transaction():
            stored = service.accept(
                upload_id, principal().account_id, valid_part, keep_rest=form.rest.data == "keep"
            )
    except HasErrors as error:
        return _preview(upload_id, refusal=say(error.message), status=409)
    if stored.is_new:
        flash(_("Version %(number)d was made as a draft.", number=stored.number), "success")
    else:
        flash(_("Nothing new: version %(number)d holds these questions.", number=stored.number), "info")
    return redirect(url_for(".version", code=view.bank_code, number=stored.number), code=303)


@bp.post("/uploads/<int:upload_id>/discard")
@requires(Permission.EDIT_BANKS)
def discard(upload_id: int) -> ResponseReturnValue:
    view = _upload_or_404(upload_id)
    with transaction():
        service.discard(upload_id, principal().account_id)
    flash(_("The file was put aside. The bank is as it was."), "info")
    return redirect(url_for(".show", code=view.bank_code), code=303)


def _upload_or_404(upload_id: int) -> queries.UploadView:
    view = queries.upload(upload_id)
    open_bank_or_404(view.bank_code)
    return view
