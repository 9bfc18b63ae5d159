"""Practical scores from a workbook."""

import io

from flask import Response, flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.principal import principal
from webapp.banks.formats.annotated import annotate
from webapp.contests.queries import StageView
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import ngettext, say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.judging.formats.scores import ScoresFile, read_scores, write_template
from webapp.judging.forms import FileForm
from webapp.judging.queries.entrants import entrants, entries_of_stage
from webapp.judging.routes.blueprint import HOST, bp, stage_in_scope
from webapp.judging.routes.stage import stage_page
from webapp.judging.service.finishing import ImportedScore, import_scores

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/staff/judging/<int:stage_id>/scores.xlsx")
@requires(HOST)
def scores_template(stage_id: int) -> Response:
    found = stage_in_scope(stage_id, HOST)
    people = [(one.number, one.name) for one in entrants(entries_of_stage(stage_id))]
    return workbook(write_template(found.rules.modules, people), f"practical-{stage_id}.xlsx")


@bp.post("/staff/judging/<int:stage_id>/scores")
@requires(HOST)
def upload_scores(stage_id: int) -> ResponseReturnValue:
    """Scores of a file: all of it or nothing."""
    found = stage_in_scope(stage_id, HOST)
    form = FileForm()
    if not form.validate_on_submit():
        return stage_page(found, 422, form=form)
    content, name = form.file.data.read(), form.file.data.filename or ""
    try:
        read = _read(found, content, name)
        if read.problems:
            return stage_page(found, 422, form=form, problems=read.problems)
        people = _people(found)
        rows = [ImportedScore(row.entry_id, people[row.entry_id], row.modules) for row in read.rows]
        with transaction():
            count = import_scores(stage_id, rows, principal().account_id, clock.now())
    except DomainError as error:
        if error.status == 404:
            raise
        return stage_page(found, 422, say(error.message), form=form)
    flash(
        ngettext("The score of %(num)d person is filed.", "The scores of %(num)d people are filed.", count),
        "success",
    )
    return redirect(url_for(".stage", stage_id=stage_id), code=303)


@bp.route("/staff/judging/<int:stage_id>/scores/check", methods=["GET", "POST"])
@requires(HOST)
def check_scores(stage_id: int) -> ResponseReturnValue:
    """The file as it was sent, with what is wrong in each row; nothing is filed."""
    found = stage_in_scope(stage_id, HOST)
    form = FileForm()
    refusal = ""
    if form.validate_on_submit():
        content, name = form.file.data.read(), form.file.data.filename or ""
        try:
            read = _read(found, content, name)
        except DomainError as error:
            refusal = say(error.message)
        else:
            return workbook(annotate(content, name, read.problems, say), f"practical-{stage_id}-checked.xlsx")
    status = 422 if form.is_submitted() else 200
    return render("judging/check.html", status=status, stage=found, form=form, refusal=refusal)


def workbook(content: bytes, name: str) -> Response:
    """A workbook to keep; `name` is ASCII."""
    return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


def _read(found: StageView, content: bytes, name: str) -> ScoresFile:
    people = {one.number: (one.entry_id, one.name) for one in entrants(entries_of_stage(found.stage_id))}
    return read_scores(content, name, found.rules.modules, people)


def _people(found: StageView) -> dict[int, int]:
    return {one.entry_id: one.participation_id for one in entrants(entries_of_stage(found.stage_id))}
