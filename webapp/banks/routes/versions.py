"""A version: its questions, what it changes, its way through review, its export."""

import io

from flask import Response, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.audit import service as audit
from webapp.banks import queries, service
from webapp.banks.errors import ReasonNeeded
from webapp.banks.formats.writers import ExportFormat, write
from webapp.banks.forms import ReturnForm
from webapp.banks.queries.comments import open_comments
from webapp.banks.routes.blueprint import Page, bp, open_bank_or_404
from webapp.core.db import keys_scope
from webapp.core.errors import NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.problems import MAX_LISTED
from webapp.core.render import render
from webapp.core.transaction import transaction

QUESTIONS_A_PAGE = 20


@bp.get("/<code>/versions/<int:number>")
@requires(Permission.EDIT_BANKS, Permission.APPROVE_BANKS)
def version(code: str, number: int) -> Response:
    return _page(code, number, ReturnForm())


def _page(code: str, number: int, form: ReturnForm, status: int = 200) -> Response:
    bank, view, before = version_or_404(code, number)
    page = max(request.args.get("page", 1, int), 1)
    kind, topic = request.args.get("type", ""), request.args.get("topic", "")
    words = request.args.get("q", "").strip()
    with keys_scope():
        questions, total = queries.questions_page(view.version_id, page, QUESTIONS_A_PAGE, kind, topic, words)
    who = principal()
    return render(
        "banks/version.html",
        fragment="banks/_questions.html",
        bank=bank,
        version=view,
        before=before,
        difference=queries.difference(view.version_id, before.version_id if before else None),
        counts=queries.counts(view.version_id),
        topics=queries.topic_paths(bank.bank_id),
        questions=questions,
        total=total,
        pages=Page.of(page, total, QUESTIONS_A_PAGE),
        chosen={"type": kind, "topic": topic, "q": words},
        may_edit=who.holds(Permission.EDIT_BANKS),
        comments=open_comments(view.version_id) if view.state in {"review", "returned", "draft"} else [],
        is_newest=view.version_id == bank.newest_version_id,
        may_decide=who.holds(Permission.APPROVE_BANKS) and not view.is_of(who.account_id),
        formats=[*ExportFormat],
        form=form,
        status=status,
    )


@bp.post("/<code>/versions/<int:number>/submit")
@requires(Permission.EDIT_BANKS)
def submit(code: str, number: int) -> ResponseReturnValue:
    _bank, view, _before = version_or_404(code, number)
    with transaction():
        service.submit(view.version_id, principal().account_id)
    flash(_("Handed in. A second person approves it now."), "success")
    return redirect(url_for(".version", code=code, number=number), code=303)


@bp.post("/<code>/versions/<int:number>/approve")
@requires(Permission.APPROVE_BANKS)
def approve(code: str, number: int) -> ResponseReturnValue:
    _bank, view, _before = version_or_404(code, number)
    with transaction():
        service.approve(view.version_id, principal().account_id)
    flash(_("Version %(number)d is in force.", number=number), "success")
    return redirect(url_for(".version", code=code, number=number), code=303)


@bp.post("/<code>/versions/<int:number>/return")
@requires(Permission.APPROVE_BANKS)
def return_(code: str, number: int) -> ResponseReturnValue:
    _bank, view, _before = version_or_404(code, number)
    form = ReturnForm()
    if not form.validate_on_submit():
        return _page(code, number, form, status=422)
    try:
        with transaction():
            service.return_version(view.version_id, principal().account_id, form.reason.data or "")
    except ReasonNeeded as error:
        form.reason.errors = [say(error.message)]
        return _page(code, number, form, status=422)
    flash(_("The version went back to its setter."), "info")
    return redirect(url_for(".version", code=code, number=number), code=303)


@bp.get("/<code>/versions/<int:number>/export")
@requires(Permission.EDIT_BANKS, Permission.APPROVE_BANKS)
def export(code: str, number: int) -> Response:
    bank, view, _before = version_or_404(code, number)
    form = request.args.get("format", "xlsx")
    if form not in set(ExportFormat):
        raise NotFound
    with keys_scope():
        file, pictures = queries.bank_file(view.version_id)
    written = write(file, pictures, ExportFormat(form))
    if written.problems and "anyway" not in request.args:
        left_out = sum(problem.is_error for problem in written.problems)
        return render(
            "banks/losses.html",
            bank=bank,
            version=view,
            format=form,
            losses=written.problems[:MAX_LISTED],
            count=len(written.problems),
            left_out=left_out,
            questions=len(file.questions) - left_out,
        )
    with transaction():
        audit.record("bank.export", "bank", bank.bank_id, version=number, format=form)
    return send_file(
        io.BytesIO(written.content),
        mimetype=written.media_type,
        as_attachment=True,
        download_name=written.name,
    )


def version_or_404(
    code: str, number: int
) -> tuple[queries.BankView, queries.VersionView, queries.VersionView | None]:
    """The bank, the version and the version before it that counted (approved or superseded)."""
    bank = open_bank_or_404(code)
    versions = {item.number: item for item in queries.versions(bank.bank_id)}
    if number not in versions:
        raise NotFound
    earlier = [
        item
        for item in versions.values()
        if item.number < number and item.state in {"approved", "superseded"}
    ]
    return bank, versions[number], max(earlier, key=lambda item: item.number, default=None)
