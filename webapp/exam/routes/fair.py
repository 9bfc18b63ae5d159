"""How papers were drawn, for everybody; whether they were equally hard, for hosts."""

import csv
import io
import json

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import public, requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal_or_none
from webapp.audit.service import record
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.queries.draws import draw_file, draw_head, draw_heads, own_papers
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.scope import LOOKING, head_in_scope, head_to_watch, may_run
from webapp.exam.service.parity import ask_parity, difficulties, parity_of, table_of

COLUMNS = ("question_version", "type", "topic", "difficulty", "papers", "exposure", "facility")
SHOWN = 20
"""Questions on the page; the table holds all."""


@bp.get("/exams/draws")
@public("what was promised about the draws before an exam is for everybody to note down")
def draws() -> Response:
    return render("exam/draws.html", heads=draw_heads())


@bp.get("/exams/<int:exam_id>/draws")
@public("anybody may check how papers were drawn")
def draw(exam_id: int) -> Response:
    head, me = draw_head(exam_id), principal_or_none()
    return render(
        "exam/draw.html",
        head=head,
        papers=own_papers(exam_id, me.person_id) if me else [],
        file=_name(exam_id),
    )


@bp.get("/exams/<int:exam_id>/draws.json")
@public("anybody may draw the papers again")
def draw_json(exam_id: int) -> Response:
    response = Response(json.dumps(draw_file(exam_id), ensure_ascii=False), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{_name(exam_id)}"'
    return response


@bp.get("/staff/exams/<int:exam_id>/parity")
@requires(*LOOKING)
def parity(exam_id: int) -> Response:
    head, kept = head_to_watch(exam_id), parity_of(exam_id)
    report = kept.report if kept else {}
    return render(
        "exam/parity.html",
        fragment="exam/_parity.html",
        head=head,
        report=report,
        made_at=kept.made_at if kept else None,
        is_waiting=kept is not None and (kept.made_at is None or kept.made_at < kept.asked_at),
        rows=table_of(report, difficulties(exam_id))[:SHOWN] if report else [],
        may_run=may_run(head),
    )


@bp.post("/staff/exams/<int:exam_id>/parity")
@requires(Permission.RUN_EXAMS)
def make_parity_report(exam_id: int) -> ResponseReturnValue:
    head_in_scope(exam_id)
    with transaction():
        ask_parity(exam_id, clock.now())
        record("exam.parity", "exam", exam_id)
    flash(_("The report is being made; it appears here by itself."), "success")
    return redirect(url_for("exam.parity", exam_id=exam_id), code=303)


@bp.get("/staff/exams/<int:exam_id>/parity.csv")
@requires(*LOOKING)
def parity_csv(exam_id: int) -> Response:
    """All questions of the report. Codes and numbers only: nothing in it can become a formula."""
    head_to_watch(exam_id)
    kept = parity_of(exam_id)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(table_of(kept.report if kept else {}, difficulties(exam_id)))
    response = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="parity-{exam_id}.csv"'
    return response


def _name(exam_id: int) -> str:
    return f"draws-{exam_id}.json"
