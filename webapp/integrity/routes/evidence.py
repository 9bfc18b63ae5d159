"""The hosts' pages of evidence: the list of an exam, one attempt, gathering, watermarks, known sites."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.audit.service import record
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.queries.control import ExamHead
from webapp.exam.routes.pages import Page
from webapp.exam.routes.scope import LOOKING, head_in_scope, head_to_watch, may_run
from webapp.integrity.forms import CodeForm, OpenCaseForm, SiteForm
from webapp.integrity.queries import evidence as queries
from webapp.integrity.queries.cases import cases_of_exam
from webapp.integrity.queries.evidence import AttemptView
from webapp.integrity.queries.sites import sites
from webapp.integrity.queries.snapshots import shots
from webapp.integrity.routes.blueprint import bp, watermark_key
from webapp.integrity.rules.watermark import matching, read_code
from webapp.integrity.service import cases, gathering
from webapp.integrity.service import sites as site_service

WORTH_A_LOOK = 0.5
"""The list begins at this weight; `?all=1` shows the rest."""


@bp.get("/staff/exams/<int:exam_id>/evidence")
@requires(*LOOKING)
def evidence(exam_id: int) -> Response:
    head = head_to_watch(exam_id)
    run, done = queries.latest_run(exam_id), queries.latest_run(exam_id, done=True)
    page = max(1, request.args.get("page", 1, type=int))
    with_all = request.args.get("all") == "1"
    rows, total = queries.lines(done.run_id, page, 0.0 if with_all else WORTH_A_LOOK) if done else ([], 0)
    return render(
        "integrity/evidence.html",
        fragment="integrity/_run.html",
        head=head,
        run=run,
        done=done,
        rows=rows,
        page=Page.of(page, total, queries.PAGE),
        with_all=with_all,
        cases=cases_of_exam(exam_id),
        is_over=clock.now() >= head.closes_at,
        may_run=may_run(head),
    )


@bp.post("/staff/exams/<int:exam_id>/evidence")
@requires(Permission.RUN_EXAMS)
def gather(exam_id: int) -> ResponseReturnValue:
    head_in_scope(exam_id)
    with transaction():
        gathering.start_run(exam_id, principal().account_id, clock.now())
    flash(_("The comparison has begun; this page shows how far it is."), "success")
    return redirect(url_for(".evidence", exam_id=exam_id), code=303)


@bp.get("/staff/exams/<int:exam_id>/evidence/<int:attempt_id>")
@requires(*LOOKING)
def evidence_of(exam_id: int, attempt_id: int) -> Response:
    head = head_to_watch(exam_id)
    return _attempt_page(head, queries.attempt_view(exam_id, attempt_id), OpenCaseForm(formdata=None))


@bp.post("/staff/exams/<int:exam_id>/evidence/<int:attempt_id>")
@requires(Permission.RUN_EXAMS)
def open_case(exam_id: int, attempt_id: int) -> ResponseReturnValue:
    head = head_in_scope(exam_id)
    found = queries.attempt_view(exam_id, attempt_id)
    form = OpenCaseForm()
    if not form.validate_on_submit():
        return _attempt_page(head, found, form, 422)
    with transaction():
        case_id = cases.open_case(
            exam_id, attempt_id, form.words.data or "", principal().account_id, clock.now()
        )
    flash(_("The case is open. The contestant does not see it yet."), "success")
    return redirect(url_for(".case", exam_id=exam_id, case_id=case_id), code=303)


def _attempt_page(head: ExamHead, found: AttemptView, form: OpenCaseForm, status: int = 200) -> Response:
    with transaction():
        record("evidence.view", "attempt", found.attempt_id)
    mine = [case for case in cases_of_exam(head.exam_id) if case.attempt_id == found.attempt_id]
    return render(
        "integrity/attempt.html",
        head=head,
        found=found,
        form=form,
        cases=mine,
        pictures=shots(found.attempt_id),
        may_run=may_run(head),
        status=status,
    )


@bp.get("/staff/exams/<int:exam_id>/watermark")
@requires(Permission.RUN_EXAMS)
def watermark(exam_id: int) -> Response:
    return _watermark_page(head_in_scope(exam_id), CodeForm(formdata=None))


@bp.post("/staff/exams/<int:exam_id>/watermark")
@requires(Permission.RUN_EXAMS)
def find_watermark(exam_id: int) -> Response:
    """Turn the code of a photo back into the person; that it was done is noted with its reason."""
    head = head_in_scope(exam_id)
    form = CodeForm()
    if not form.validate_on_submit():
        return _watermark_page(head, form, status=422)
    try:
        code = read_code(form.code.data or "")
    except DomainError as error:
        form.code.errors = [say(error.message)]
        return _watermark_page(head, form, status=422)
    ids = matching(watermark_key(), code, queries.attempt_ids(exam_id))[:20]
    with transaction():
        record("watermark.find", "exam", exam_id, why=form.why.data or "", code=code, attempts=ids)
    found = [queries.attempt_view(exam_id, attempt_id) for attempt_id in ids]
    return _watermark_page(head, form, found, searched=True)


def _watermark_page(
    head: ExamHead,
    form: CodeForm,
    found: list[AttemptView] | None = None,
    *,
    searched: bool = False,
    status: int = 200,
) -> Response:
    return render(
        "integrity/watermark.html",
        head=head,
        form=form,
        found=found or [],
        searched=searched,
        may_run=True,
        status=status,
    )


@bp.get("/staff/exams/<int:exam_id>/sites")
@requires(*LOOKING)
def known_sites(exam_id: int) -> Response:
    return _sites_page(head_to_watch(exam_id), SiteForm(formdata=None))


@bp.post("/staff/exams/<int:exam_id>/sites")
@requires(Permission.RUN_EXAMS)
def add_site(exam_id: int) -> ResponseReturnValue:
    head = head_in_scope(exam_id)
    form = SiteForm()
    if not form.validate_on_submit():
        return _sites_page(head, form, 422)
    try:
        with transaction():
            site_service.add_site(
                head.contest_id,
                form.network.data or "",
                form.label.data or "",
                principal().account_id,
                clock.now(),
            )
    except DomainError as error:
        form.network.errors = [say(error.message)]
        return _sites_page(head, form, 422)
    flash(_("Addresses of this site raise no alarm from now on, in all exams of the contest."), "success")
    return redirect(url_for(".known_sites", exam_id=exam_id), code=303)


@bp.post("/staff/exams/<int:exam_id>/sites/<int:site_id>/remove")
@requires(Permission.RUN_EXAMS)
def remove_site(exam_id: int, site_id: int) -> ResponseReturnValue:
    head = head_in_scope(exam_id)
    with transaction():
        site_service.remove_site(head.contest_id, site_id, clock.now())
    flash(_("The site is off the list."), "success")
    return redirect(url_for(".known_sites", exam_id=exam_id), code=303)


def _sites_page(head: ExamHead, form: SiteForm, status: int = 200) -> Response:
    return render(
        "integrity/sites.html",
        head=head,
        form=form,
        rows=sites(head.contest_id),
        may_run=may_run(head),
        status=status,
    )
