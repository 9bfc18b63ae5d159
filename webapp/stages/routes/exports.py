"""Lists and drafts to take away."""

from flask import Response, make_response
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests.queries import stage_by_id
from webapp.core import clock
from webapp.core.errors import Forbidden
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.stages.errors import ListMissing
from webapp.stages.forms import ListExportForm
from webapp.stages.queries import notices
from webapp.stages.queries.candidates import Candidate, candidates, outcome, public_rows
from webapp.stages.queries.lists import StageHead, newest, pinned_rules
from webapp.stages.routes.blueprint import bp, list_decision, list_standing, notice_when
from webapp.stages.routes.public import part_of
from webapp.stages.routes.staff import in_scope, stage_page
from webapp.stages.service.exporting import TableWords, recheck_table
from webapp.stages.service.posting import ExtraDays, planned

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.post("/staff/stages/<int:stage_id>/export")
@requires(Permission.EXPORT_LISTS)
def export(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.EXPORT_LISTS)
    form = ListExportForm(prefix="export")
    if not form.validate_on_submit():
        return stage_page(found, 422, export_form=form)
    one = newest(stage_id)
    if one is None:
        raise ListMissing
    whole = bool(form.whole_names.data)
    if whole and not found.allows(principal(), Permission.UNMASK_PEOPLE):
        raise Forbidden
    made = outcome(stage_by_id(stage_id), one)
    rows = candidates(made, [*made.promotion.going_on, *made.taken_off], whole_names=whole)
    with transaction():
        book = recheck_table(stage_id, rows, _words(found), form.reason.data, whole_names=whole)
    response = make_response(book)
    response.mimetype = XLSX
    response.headers["Content-Disposition"] = (
        f'attachment; filename="list-{found.contest}-{found.event}-{found.stage}.xlsx"'
    )
    return response


@bp.get("/staff/stages/<int:stage_id>/preview")
@requires(Permission.PUBLISH_RESULTS)
def preview(stage_id: int) -> Response:
    """The notice as it would be posted now."""
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    one = newest(stage_id)
    if one is None:
        raise ListMissing
    view = stage_by_id(stage_id)
    made = outcome(view, one)
    contest, rules = pinned_rules(one, view)
    now = clock.now()
    span = planned(one, view, ExtraDays(), now)[0] if rules.notice_working_days is not None else None
    before = notices.current(stage_id)
    return render(
        "stages/preview.html",
        head=found,
        host=pick(contest.host),
        part=part_of(public_rows(made, rules.board.mask)),
        version=before.version + 1 if before else 1,
        span=span,
    )


def _words(found: StageHead) -> TableWords:
    def cells(row: Candidate) -> list[str]:
        return [
            _(list_standing(row.standing)),
            _(list_decision(row.decision)),
            row.reason,
            row.decided_by,
            notice_when(row.decided_at),
        ]

    is_nominated = found.source == "nominations"
    return TableWords(
        title=f"{pick(found.contest_title)} · {pick(found.event_title)} · {pick(found.stage_title)}",
        notes=(f"{_('List')}: {notice_when(clock.now())}",),
        head=(
            _("Rank"),
            _("Contestant number"),
            _("Contestant"),
            _("Unit at registration"),
            _("Unit now"),
            _("Nominated by") if is_nominated else _("Combined score"),
            _("Stands"),
            _("Decision"),
            _("Reason"),
            _("Decided by"),
            _("Decided at"),
        ),
        result=lambda row: row.nominated_by if is_nominated else row.combined,
        cells=cells,
    )
