"""Tables of reports to take away: numbers only, with a reason, noted."""

from flask import abort, make_response, request
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.core import clock
from webapp.core.clock import SHANGHAI
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick
from webapp.core.transaction import transaction
from webapp.leaderboard.formats.workbook import Cell
from webapp.reports.forms import TakeForm
from webapp.reports.routes import choosing, pages
from webapp.reports.routes.blueprint import bp, report_number
from webapp.reports.routes.tables import Row, Table, Value
from webapp.reports.routes.views import VIEWS
from webapp.reports.service.exporting import as_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.post("/export")
@requires(Permission.SEE_REPORTS)
def export_index() -> ResponseReturnValue:
    form = TakeForm()
    if not form.validate_on_submit():
        return pages.index_page(422, form)
    table, place = pages.side_by_side()
    notes = [place[1]] if place[1] else []
    with transaction():
        made = as_workbook(
            table.title, [*notes, _when(), table.note], table.head, _rows(table),
            reason=form.reason.data, contest_id=None, facts={"table": table.key, "place": place[0]},
        )  # fmt: skip
    return _download(made, "contests")


@bp.post("/<int:contest_id>/export")
@requires(Permission.SEE_REPORTS)
def export(contest_id: int) -> ResponseReturnValue:
    view = request.form.get("view", "contest")
    if view not in VIEWS:
        abort(404)
    form = TakeForm()
    if not form.validate_on_submit():
        return pages.view_page(contest_id, view, 422, form)
    asked = choosing.asked(contest_id)
    made = VIEWS[view](asked) if asked.source.is_ready or view == "review" else []
    wanted = request.form.get("table", "")
    table = next((one for one in made if one.key == wanted), None)
    if table is None:
        abort(404)
    choice = asked.choice
    about = [pick(choice.outline.title)]
    if choice.event_id is not None:
        about.append(pick(choice.outline.event(choice.event_id).title))
    if choice.industry is not None:
        about.append(choice.industry or _("Not named in the contest file"))
    about.append(choice.place_name or _("All regions"))
    facts = {
        "table": table.key,
        "event_id": choice.event_id,
        "place": choice.place,
        "industry": choice.industry,
    }
    with transaction():
        content = as_workbook(
            f"{about[0]} · {table.title}", [" · ".join(about), _when(), table.note], table.head, _rows(table),
            reason=form.reason.data, contest_id=contest_id, facts=facts,
        )  # fmt: skip
    return _download(content, f"{choice.outline.code}-{table.key}")


def _rows(table: Table) -> list[list[Cell]]:
    every: list[Row] = [*table.rows, *((table.total,) if table.total else ())]
    return [[row.name, *(_cell(value) for value in row.values)] for row in every]


def _cell(value: Value) -> Cell:
    if isinstance(value, int) and value >= 0:
        return value
    return None if value is None else report_number(value)


def _when() -> str:
    return _("Made on %(when)s.", when=f"{clock.now().astimezone(SHANGHAI):%Y-%m-%d %H:%M}")


def _download(made: bytes, name: str) -> ResponseReturnValue:
    response = make_response(made)
    response.mimetype = XLSX
    response.headers["Content-Disposition"] = f'attachment; filename="report-{name}.xlsx"'
    return response
