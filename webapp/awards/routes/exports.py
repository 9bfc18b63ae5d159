"""Lists of given awards to take away."""

from flask import make_response, request
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.awards.errors import AwardsMissing
from webapp.awards.forms import AwardExportForm
from webapp.awards.queries.lists import AwardStage, Line, awards_of, lines_of
from webapp.awards.routes.blueprint import KIND_WORDS, bp, yuan
from webapp.awards.routes.staff import in_scope, stage_page
from webapp.awards.service import exporting
from webapp.awards.service.deriving import open_list
from webapp.awards.service.exporting import ListWords
from webapp.contests.rules.schema import Award
from webapp.core import clock
from webapp.core.clock import SHANGHAI
from webapp.core.errors import Forbidden
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.transaction import transaction
from webapp.leaderboard.formats.workbook import Cell

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


@bp.post("/staff/awards/<int:stage_id>/export")
@requires(Permission.EXPORT_LISTS)
def export(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.EXPORT_LISTS)
    form = AwardExportForm(prefix="export")
    if not form.validate_on_submit() or form.kind.data not in KIND_WORDS:
        return stage_page(found, 422, export_form=form)
    one = open_list(stage_id)
    if one is None:
        raise AwardsMissing
    whole = bool(form.whole_names.data)
    if whole and not found.allows(principal(), Permission.UNMASK_PEOPLE):
        raise Forbidden
    kind, now, awards = form.kind.data, clock.now(), awards_of(found)
    lines = exporting.chosen(lines_of(one.id, whole_names=whole), awards, kind)
    words = _words(found, kind, awards, f"{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
    suffix = "pdf" if request.form.get("as") == "pdf" else "xlsx"
    with transaction():
        if suffix == "pdf":
            made = exporting.as_document(stage_id, kind, lines, words, form.reason.data, now)
        else:
            made = exporting.as_workbook(stage_id, kind, lines, words, form.reason.data)
    response = make_response(made)
    response.mimetype = TYPES[suffix]
    response.headers["Content-Disposition"] = (
        f'attachment; filename="awards-{kind}-{found.event}-{found.stage}.{suffix}"'
    )
    return response


def _words(found: AwardStage, kind: str, awards: tuple[Award, ...], at: str) -> ListWords:
    titles = {award.code: {"zh": award.title.zh, "en": award.title.en} for award in awards}

    def cells(line: Line) -> list[Cell]:
        return [
            pick(titles[line.award_code]),
            line.rank,
            line.number,
            line.name,
            line.unit,
            line.union_name,
            yuan(line.amount) if kind == "cash" else say(line.level) if line.level else "",
            line.decided_by,
        ]

    return ListWords(
        title=f"{pick(found.contest_title)} · {pick(found.event_title)} · {_(KIND_WORDS[kind])}",
        notes=(_("Made on %(when)s from the decided lines.", when=at),),
        head=(
            _("Award"),
            _("Rank"),
            _("Contestant number"),
            _("Contestant"),
            _("Unit"),
            _("Union"),
            _("Amount (yuan)") if kind == "cash" else _("Skill level"),
            _("Decided by"),
        ),
        cells=cells,
        around={
            "empty": _("No award of this kind has been given."),
            "signatures": [_("Made by"), _("Checked by"), _("Approved by")],
        },
    )
