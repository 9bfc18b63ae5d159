"""Which stages have awards, and the award list of one stage."""

from collections.abc import Sequence
from typing import Any

from flask import Response, current_app, url_for

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.awards.errors import AwardsMissing
from webapp.awards.forms import (
    CERTIFICATES,
    AwardExportForm,
    CertificatesForm,
    DecideLinesForm,
    DeriveForm,
    LevelForm,
    NameForm,
)
from webapp.awards.models import AwardList
from webapp.awards.queries.certified import certified
from webapp.awards.queries.lists import (
    AwardStage,
    award_stage,
    award_stages,
    awards_by,
    awards_of,
    blocks,
)
from webapp.awards.queries.reopening import Stray, stray_certificates
from webapp.awards.routes.blueprint import bp
from webapp.awards.service.deriving import open_list
from webapp.certificates.forms import RevokeGoneForm
from webapp.certificates.queries.runs import newest_run
from webapp.certificates.rules.award import may_have_certificates
from webapp.certificates.service.running import AWARDS
from webapp.contests.rules.schema import Award
from webapp.core.listing import asked
from webapp.core.paging import find
from webapp.core.render import render
from webapp.leaderboard.queries.finals import newest_final
from webapp.organisations.queries import by_id


@bp.get("/staff/awards")
@requires(Permission.SEE_FULL_BOARDS)
def stage_list() -> Response:
    found = find(
        award_stages(principal()), lambda one: (one.event_title, one.stage_title, one.contest_title), *asked()
    )
    return render("awards/stages.html", found=found)


@bp.get("/staff/awards/<int:stage_id>")
@requires(Permission.SEE_FULL_BOARDS)
def stage(stage_id: int) -> Response:
    return stage_page(in_scope(stage_id))


def in_scope(stage_id: int, permission: Permission = Permission.SEE_FULL_BOARDS) -> AwardStage:
    """The stage, if a grant with this permission covers it; a foreign one answers like a missing one."""
    found = award_stage(stage_id)
    if found is None or not found.allows(principal(), permission):
        raise AwardsMissing
    return found


def stage_page(found: AwardStage, status: int = 200, **forms: Any) -> Response:
    """The page of one stage's awards; forms: those that were refused, by name."""
    who, one = principal(), open_list(found.stage_id)
    awards = awards_by(one, found) if one else awards_of(found)
    local = by_id(one.local_organisation_id) if one and one.local_organisation_id else None
    manages = found.allows(who, Permission.MANAGE_CERTIFICATES)
    whole = found.allows(who, Permission.UNMASK_PEOPLE)
    made: dict[str, Any] = {
        "derive_form": DeriveForm(formdata=None, prefix="derive", local=local.code if local else ""),
        "decide_form": DecideLinesForm(formdata=None),
        "name_form": NameForm(formdata=None, prefix="name"),
        "level_form": LevelForm(formdata=None, prefix="level"),
        "export_form": AwardExportForm(formdata=None, prefix="export"),
        "certify_form": CertificatesForm(formdata=None, prefix="certify"),
        "gone_form": RevokeGoneForm(formdata=None, prefix="gone"),
        "replace_form": RevokeGoneForm(formdata=None, prefix="replace"),
    }
    return render(
        "awards/stage.html",
        status=status,
        head=found,
        one=one,
        blocks=blocks(one, awards, whole_names=whole) if one else [],
        local=local.name if local else "",
        is_behind=one is not None and one.snapshot_id != newest_final(found.stage_id),
        kinds=[*dict.fromkeys(award.kind for award in awards), CERTIFICATES],
        made=certified(one, awards, newest_run(AWARDS, found.event_id, found.stage_id))
        if one and one.state == "decided" and manages
        else None,
        gone=stray(one, awards) if one and one.state == "decided" and manages else [],
        gone_action=url_for(".revoke_gone", stage_id=found.stage_id),
        replace_action=url_for(".replace", stage_id=found.stage_id),
        has_levels=any(award.kind == "level" for award in awards),
        prizes=[award for award in awards if award.conditions.get("several")],
        may={
            "decide": found.allows(who, Permission.PUBLISH_RESULTS),
            "export": found.allows(who, Permission.EXPORT_LISTS),
            "names": whole,
        },
        my_account_id=who.account_id,
        two_person=current_app.config["TWO_PERSON"],
        **{**made, **forms},
    )


def stray(one: AwardList, awards: Sequence[Award]) -> list[Stray]:
    """Certificates of awards that a decided list gives no more."""
    return stray_certificates(one, [award for award in awards if may_have_certificates(award)])
