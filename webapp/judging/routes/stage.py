"""The host's view of practical tests: all stages, one stage, results."""

from typing import Any

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.principal import principal
from webapp.contests.queries import StageView, rules_of
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import ngettext, pick, say
from webapp.core.listing import asked
from webapp.core.paging import find
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.judging.forms import FileForm
from webapp.judging.queries import modules as queries
from webapp.judging.queries.judges import fewest_judges
from webapp.judging.routes.blueprint import HOST, LOOKING, bp, may, stage_in_scope
from webapp.judging.service import finishing


@bp.get("/staff/judging")
@requires(*LOOKING)
def index() -> Response:
    me = principal()
    rows = [
        one
        for one in queries.practical_stages()
        if any(me.allows(need, contest_id=one.contest_id, event_id=one.event_id) for need in LOOKING)
    ]
    found = find(rows, lambda one: (one.event_title, one.title), *asked())
    return render("judging/index.html", found=found)


@bp.get("/staff/judging/<int:stage_id>")
@requires(*LOOKING)
def stage(stage_id: int) -> Response:
    return stage_page(stage_in_scope(stage_id, *LOOKING))


@bp.post("/staff/judging/<int:stage_id>/file")
@requires(HOST)
def file_scores(stage_id: int) -> ResponseReturnValue:
    found = stage_in_scope(stage_id, HOST)
    try:
        with transaction():
            count = finishing.file_practical(stage_id, principal().account_id, clock.now())
    except DomainError as error:
        if error.status == 404:
            raise
        return stage_page(found, status=422, refusal=say(error.message))
    flash(
        ngettext("The score of %(num)d person is filed.", "The scores of %(num)d people are filed.", count),
        "success",
    )
    return redirect(url_for(".stage", stage_id=stage_id), code=303)


def stage_page(found: StageView, status: int = 200, refusal: str = "", **more: Any) -> Response:
    """The page of a stage: its modules, and the scores once all are decoded."""
    modules = found.rules.modules
    runs = queries.runs_of(found.stage_id)
    is_decoded = bool(modules) and all(runs[module.code].decoded_at for module in modules)
    view: dict[str, Any] = {
        "problems": [],
        "form": FileForm(formdata=None),
        "stage": found,
        "event": pick(found.event_rules.title),
        "title": pick(found.title),
        "modules": modules,
        "runs": runs,
        "counts": queries.counts_of(found.stage_id),
        "fewest": fewest_judges(rules_of(found.contest_id)),
        "is_host": may(found, HOST),
        "results": finishing.scores_of(found.stage_id) if is_decoded else [],
        "refusal": refusal,
    }
    return render("judging/stage.html", status=status, **(view | more))
