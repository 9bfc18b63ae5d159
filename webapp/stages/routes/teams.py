"""The teams of an event, for its host."""

import re
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.stages.errors import ListMissing
from webapp.stages.forms import TeamForm
from webapp.stages.queries.lists import StageHead
from webapp.stages.queries.teams import teams_of
from webapp.stages.routes.blueprint import bp
from webapp.stages.routes.staff import in_scope, sees_names
from webapp.stages.service import teaming

_BETWEEN = re.compile(r"[\s,，、;；]+")


@bp.get("/staff/stages/<int:stage_id>/teams")
@requires(Permission.SEE_FULL_BOARDS)
def teams(stage_id: int) -> Response:
    return _page(in_scope(stage_id), TeamForm(formdata=None))


@bp.post("/staff/stages/<int:stage_id>/teams")
@requires(Permission.PUBLISH_RESULTS)
def make_team(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    form = TeamForm()
    if not form.validate_on_submit():
        return _page(found, form, 422)
    members = [number for number in _BETWEEN.split(form.members.data) if number]
    try:
        with transaction():
            teaming.make_team(found.event_id, form.leader.data, members, clock.now())
    except DomainError as error:
        if error.status != 422:
            raise
        form.members.errors = [say(error.message)]
        return _page(found, form, 422)
    return _done(stage_id, _("The team is made; its leader is ranked for it."))


@bp.post("/staff/stages/<int:stage_id>/teams/dissolve")
@requires(Permission.PUBLISH_RESULTS)
def dissolve_team(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    entry_id = request.form.get("entry", type=int)
    if entry_id is None:
        raise ListMissing
    with transaction():
        teaming.dissolve(found.event_id, entry_id)
    return _done(stage_id, _("The team is dissolved; everybody stands alone again."))


def _page(found: StageHead, form: TeamForm, status: int = 200) -> Response:
    view: dict[str, Any] = {
        "head": found,
        "form": form,
        "rows": teams_of(found.event_id, whole_names=sees_names(found)),
        "may_act": found.allows(principal(), Permission.PUBLISH_RESULTS),
    }
    return render("stages/teams.html", status=status, **view)


def _done(stage_id: int, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("stages.teams", stage_id=stage_id), code=303)
