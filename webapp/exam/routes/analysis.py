"""How the questions of a closed exam did: for its hosts and for setters and reviewers of its bank."""

import io
from dataclasses import dataclass

from flask import Response, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.audit.service import record
from webapp.banks import queries as banks
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.i18n import gettext as _
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.errors import ExamNotFound, QuestionNotFound
from webapp.exam.formats.analysis_tables import Table, as_csv, workbook
from webapp.exam.queries import control as queries
from webapp.exam.queries.analyses import (
    ExamBank,
    Report,
    analysed_exams,
    bank_of,
    names_of,
    progress_of,
    report_of,
    reports_of,
    versions_of_key,
)
from webapp.exam.queries.control import ExamHead
from webapp.exam.queries.results import is_over
from webapp.exam.routes import plots
from webapp.exam.routes.analysis_view import FLAGS, ORDERS, Row, covered, ordered, tables, tags
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.scope import may, may_watch
from webapp.exam.service.analysing import ask_analysis

BANK_PEOPLE = (Permission.EDIT_BANKS, Permission.APPROVE_BANKS)
READERS = (Permission.RUN_EXAMS, *BANK_PEOPLE)
SHOWN = 50
"""Questions on a page of the table; the files hold all."""


@dataclass(frozen=True)
class Pages:
    """Where the table stands."""

    page: int
    pages: int
    total: int


@bp.get("/staff/exams/<int:exam_id>/analysis")
@requires(*READERS)
def analysis(exam_id: int) -> Response:
    head, bank = _head(exam_id)
    now = clock.now()
    report = _report(exam_id, bank)
    by, is_falling = request.args.get("by", "worst"), request.args.get("order") == "falling"
    items = ordered(report.analysis.items, by, is_falling) if report else []
    pages = Pages(max(request.args.get("page", 1, int), 1), max(1, -(-len(items) // SHOWN)), len(items))
    shown = items[(pages.page - 1) * SHOWN : pages.page * SHOWN]
    names = names_of([item.version_id for item in shown], bank.is_sealed)
    test = report.analysis.test if report else None
    return render(
        "exam/analysis.html",
        fragment="exam/_analysis.html",
        head=head,
        bank=bank,
        report=report,
        test_tags=tags(test.readings) if test else [],
        progress=progress_of(exam_id),
        rows=[Row(item, names[item.version_id]) for item in shown],
        pages=pages,
        by=by if by in ORDERS else "worst",
        is_falling=is_falling,
        orders=ORDERS,
        dots=plots.dots(items),
        bars=plots.bars(test.bins) if test else [],
        across=plots.across(),
        upward=plots.upward,
        is_over=is_over(exam_id, now),
        is_host=may_watch(head),
    )


@bp.post("/staff/exams/<int:exam_id>/analysis")
@requires(*READERS)
def make_analysis(exam_id: int) -> ResponseReturnValue:
    _head(exam_id)
    with transaction():
        ask_analysis(exam_id, clock.now())
        record("exam.analyse", "exam", exam_id)
    flash(_("The analysis is being made; it appears here by itself."), "success")
    return redirect(url_for("exam.analysis", exam_id=exam_id), code=303)


@bp.get("/staff/exams/<int:exam_id>/analysis/<int:version_id>")
@requires(*READERS)
def analysed_question(exam_id: int, version_id: int) -> ResponseReturnValue:
    head, bank = _head(exam_id)
    report = _report(exam_id, bank)
    if report is None:
        return redirect(url_for("exam.analysis", exam_id=exam_id), code=303)
    items = [item for item in report.analysis.items if item.version_id == version_id]
    if not items:
        raise QuestionNotFound
    names = names_of([version_id], bank.is_sealed)
    return render(
        "exam/analysed_question.html",
        head=head,
        bank=bank,
        name=names[version_id],
        is_host=may_watch(head),
        rows=[(Row(item, names[version_id]), plots.option_bars(item.options)) for item in items],
        flags=FLAGS,
    )


@bp.get("/staff/exams/<int:exam_id>/analysis.csv")
@requires(*READERS)
def analysis_csv(exam_id: int) -> ResponseReturnValue:
    """The questions, a row each."""
    made = _tables(exam_id, "csv")
    if made is None:
        return redirect(url_for("exam.analysis", exam_id=exam_id), code=303)
    response = Response(as_csv(made[0]), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="analysis-{exam_id}.csv"'
    return response


@bp.get("/staff/exams/<int:exam_id>/analysis.xlsx")
@requires(*READERS)
def analysis_xlsx(exam_id: int) -> ResponseReturnValue:
    """Questions, options and the test, a sheet each."""
    made = _tables(exam_id, "xlsx")
    if made is None:
        return redirect(url_for("exam.analysis", exam_id=exam_id), code=303)
    return send_file(
        io.BytesIO(workbook(made)),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        as_attachment=True,
        download_name=f"analysis-{exam_id}.xlsx",
    )


@bp.get("/staff/banks/<code>/analyses")
@requires(*BANK_PEOPLE)
def bank_analyses(code: str) -> Response:
    """The exams that drew from a bank; with ?key= how one question did in each of them."""
    bank = banks.bank(code)
    if not _is_my_bank(bank.organisation_id):
        raise NotFound
    key = request.args.get("key", "").strip()[:200]
    exams = analysed_exams(bank.bank_id)
    versions = versions_of_key(bank.bank_id, key) if key else frozenset()
    reports, lines = reports_of([exam.exam_id for exam in exams], clock.now()), []
    for exam in exams:
        if exam.exam_id not in reports:
            continue
        report = covered(reports[exam.exam_id], bank.is_sealed)
        mine = [item for item in report.analysis.items if item.version_id in versions]
        if mine or not key:
            lines.append((exam, report, mine))
    return render("exam/bank_analyses.html", bank=bank, key=key, lines=lines, tags=tags)


def _head(exam_id: int) -> tuple[ExamHead, ExamBank]:
    """The exam for those who run it and those who keep its bank; a foreign one answers like a missing one."""
    head, bank = queries.head(exam_id), bank_of(exam_id)
    if not may(head, Permission.RUN_EXAMS) and not _is_my_bank(bank.organisation_id):
        raise ExamNotFound
    return head, bank


def _is_my_bank(organisation_id: int | None) -> bool:
    """As in the list of banks: one of an organisation is for people of that branch."""
    who = principal()
    if organisation_id is None:
        return any(who.holds(permission) for permission in BANK_PEOPLE)
    path = banks.organisation_paths({organisation_id}).get(organisation_id, ())
    return any(who.allows(permission, organisation_path=path) for permission in BANK_PEOPLE)


def _report(exam_id: int, bank: ExamBank) -> Report | None:
    report = report_of(exam_id, clock.now())
    return covered(report, bank.is_sealed) if report else None


def _tables(exam_id: int, form: str) -> tuple[Table, Table, Table] | None:
    """What a file holds, noted in the audit trail; None without a report."""
    _found, bank = _head(exam_id)
    report = _report(exam_id, bank)
    if report is None:
        flash(_("There is no analysis yet."), "info")
        return None
    with transaction():
        record("exam.analysis-download", "exam", exam_id, format=form)
    names = names_of([item.version_id for item in report.analysis.items], bank.is_sealed)
    return tables(report, names)
