"""Lists of given awards to take away."""

from flask import make_response, request
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.awards.errors import AwardsMissing
from webapp.awards.forms import CERTIFICATES, KIND_WORDS, AwardExportForm
from webapp.awards.models import AwardList
from webapp.awards.queries.lists import AwardStage, Line, awards_by, lines_of
from webapp.awards.routes.blueprint import bp
from webapp.awards.routes.staff import in_scope, stage_page
from webapp.awards.service import exporting
from webapp.awards.service.deriving import open_list
from webapp.awards.service.exporting import Sheet, Taken
from webapp.certificates.queries.certificates import CertificateView, everything
from webapp.certificates.service.exporting import MASK
from webapp.core import clock
from webapp.core.clock import SHANGHAI
from webapp.core.errors import Forbidden
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.transaction import transaction
from webapp.leaderboard.formats.workbook import Cell
from webapp.leaderboard.rules.masking import masked_name

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


@bp.post("/staff/awards/<int:stage_id>/export")
@requires(Permission.EXPORT_LISTS)
def export(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.EXPORT_LISTS)
    form = AwardExportForm(prefix="export")
    if not form.validate_on_submit():
        return stage_page(found, 422, export_form=form)
    one = open_list(stage_id)
    if one is None:
        raise AwardsMissing
    whole = bool(form.whole_names.data)
    if whole and not found.allows(principal(), Permission.UNMASK_PEOPLE):
        raise Forbidden
    taken = Taken(stage_id, form.kind.data, form.reason.data, whole)
    sheet = _certificates(found, whole) if taken.kind == CERTIFICATES else _given(found, one, taken)
    suffix = "pdf" if request.form.get("as") == "pdf" else "xlsx"
    with transaction():
        if suffix == "pdf":
            made = exporting.as_document(sheet, taken, clock.now())
        else:
            made = exporting.as_workbook(sheet, taken)
    response = make_response(made)
    response.mimetype = TYPES[suffix]
    response.headers["Content-Disposition"] = (
        f'attachment; filename="awards-{taken.kind}-{found.event}-{found.stage}.{suffix}"'
    )
    return response


def _given(found: AwardStage, one: AwardList, taken: Taken) -> Sheet:
    """The given awards of one kind: for finance with what is paid, for levels with the level."""
    awards = awards_by(one, found)
    titles = {award.code: {"zh": award.title.zh, "en": award.title.en} for award in awards}
    by_kind = {"cash": _("Amount (yuan)"), "level": _("Skill level")}
    last = (by_kind[taken.kind],) if taken.kind in by_kind else ()

    def row(line: Line) -> list[Cell]:
        amount = None if line.granted_amount is None else int(line.granted_amount)
        given: list[Cell] = [amount if taken.kind == "cash" else say(line.level) if line.level else ""]
        return [
            pick(titles[line.award_code]),
            line.rank,
            line.number,
            line.name,
            line.unit,
            line.union_name,
            *given[: len(last)],
            line.decided_by,
        ]

    parts = exporting.chosen(lines_of(one.id, whole_names=taken.whole_names), awards, taken.kind)
    lines = [line for _name, own in parts for line in own]
    notes = [
        _when(),
        _("The list is decided.") if one.state == "decided" else _("The list is not decided yet."),
    ]
    if taken.kind == "cash":
        total = sum(int(line.granted_amount or 0) for line in lines)
        notes.append(_("%(amount)s yuan in all.", amount=f"{total:,}"))
    return Sheet(
        title=f"{pick(found.contest_title)} · {pick(found.event_title)} · {_(KIND_WORDS[taken.kind])}",
        notes=tuple(notes),
        head=(
            _("Award"), _("Rank"), _("Contestant number"), _("Contestant"), _("Unit"), _("Union"), *last,
            _("Decision by"),
        ),
        rows=[row(line) for line in lines],
        around=_around(_("No award of this kind has been given.")),
        parts=[(name or _("Without a union or region"), [row(line) for line in own]) for name, own in parts]
        if any(name for name, _own in parts)
        else (),
    )  # fmt: skip


def _certificates(found: AwardStage, whole: bool) -> Sheet:
    """Every certificate of the stage, for the awards and those of the file, with room to sign for paper ones."""

    def row(one: CertificateView) -> list[Cell]:
        said = one.facts
        return [
            one.serial,
            pick(said.award),
            said.rank,
            said.number,
            said.name if whole else masked_name(said.name, MASK),
            said.unit,
            _("valid") if one.is_valid else _("revoked"),
            "",
        ]

    return Sheet(
        title=f"{pick(found.contest_title)} · {pick(found.event_title)} · {_(KIND_WORDS[CERTIFICATES])}",
        notes=(_when(),),
        head=(
            _("Serial number"), _("Certificate"), _("Rank"), _("Contestant number"), _("Contestant"), _("Unit"),
            _("State"), _("Received (signature)"),
        ),
        rows=[row(one) for one in everything(found.stage_id)],
        around=_around(_("No certificate has been issued.")),
    )  # fmt: skip


def _when() -> str:
    return _("Made on %(when)s.", when=f"{clock.now().astimezone(SHANGHAI):%Y-%m-%d %H:%M}")


def _around(empty: str) -> dict[str, object]:
    return {"empty": empty, "signatures": [_("Made by"), _("Checked by"), _("Approved by")]}
