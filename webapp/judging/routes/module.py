"""One module: its page, and how what is refused comes back to it."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.contests.queries import rules_of
from webapp.core.errors import DomainError, Forbidden
from webapp.core.i18n import pick, say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.judging.forms import FileForm, JudgeForm, SignForm
from webapp.judging.queries import judges, modules, sheets
from webapp.judging.queries.entrants import bearers
from webapp.judging.queries.own import works_by_number
from webapp.judging.routes.blueprint import HOST, LEAD, LOOKING, Place, bp, place_in_scope
from webapp.judging.rules.items import full_mark
from webapp.judging.rules.scores import deviations
from webapp.judging.service import finishing

BASE = "/staff/judging/<int:stage_id>/modules/<module>"


@bp.get(BASE)
@requires(*LOOKING)
def module(stage_id: int, module: str) -> Response:
    return module_page(place_in_scope(stage_id, module, *LOOKING))


def acting(stage_id: int, module: str) -> Place:
    """The module for its host or its chief judge. raise (ModuleGone, Forbidden)."""
    place = place_in_scope(stage_id, module, HOST, LEAD)
    if not (place.is_host or place.is_chief):
        raise Forbidden
    return place


def done(place: Place, work: Callable[[], str]) -> ResponseReturnValue:
    """Do it and go back to the module with a word; what is refused is told on the page."""
    try:
        with transaction():
            words = work()
    except DomainError as error:
        if error.status == 404:
            raise
        return module_page(place, 422, say(error.message))
    flash(words, "success")
    return redirect(url_for(".module", **place.key), code=303)  # type: ignore[arg-type]  # names of parameters


def event_of(place: Place) -> str:
    return f"{pick(place.stage.event_rules.title)} · {pick(place.stage.title)}"


def judge_form(place: Place, *, empty: bool = False) -> JudgeForm:
    form = JudgeForm(formdata=None) if empty else JudgeForm()
    people = judges.candidates(place.stage.contest_id, place.stage.event_id)
    form.account_id.choices = [(one.account_id, one.name) for one in people]
    return form


def _table(place: Place, lines: list[sheets.SheetLine]) -> list[dict[str, Any]]:
    """One row a number: the sheets of all judges, how far each lies from the median, whether one alarms."""
    by_number: dict[int, list[sheets.SheetLine]] = {}
    for line in lines:
        by_number.setdefault(line.number, []).append(line)
    rows = []
    for number, found in by_number.items():
        signed = [line.judged for line in found if line.state in {"signed", "submitted"}]
        away = {one.judge_id: one for one in deviations(signed, place.module)}
        rows.append(
            {
                "number": number,
                "is_absent": found[0].is_absent,
                "sheets": [(line, away.get(line.judge_id)) for line in found],
                "is_alarm": any(one.is_alarm for one in away.values()),
            }
        )
    return rows


def module_page(place: Place, status: int = 200, refusal: str = "", **more: Any) -> Response:
    stage_id, code = place.stage.stage_id, place.module.code
    named = judges.judges_of(stage_id, code)
    items = modules.items_of(stage_id, code)
    lines = sheets.sheets_of(place.run.run_id) if place.run.run_id else []
    signed = finishing.signoff_of(place.run.run_id) if place.run.run_id else None
    names = {one.judge_id: one.name for one in named}
    waiting = [line for line in lines if not line.is_absent]
    view: dict[str, Any] = {
        "place": place,
        "event": event_of(place),
        "items": items,
        "full": full_mark(items.items) if items else 0,
        "named": named,
        "letters": {judge_id: f"J{place_of}" for place_of, judge_id in enumerate(sorted(names), 1)},
        "names": names,
        "rows": _table(place, lines),
        "total": len(waiting),
        "done": sum(line.state == "signed" for line in waiting),
        "fewest": max(place.module.judges, judges.fewest_judges(rules_of(place.stage.contest_id)) or 0),
        "signoff": signed,
        "is_signed": signed is not None and signed.sheets_digest == finishing.sheets_digest(lines),
        "numbered": bearers(place.run.run_id) if place.run.decoded_at else [],
        "works": works_by_number(place.run.run_id) if place.run.run_id and place.module.take_home_h else {},
        "may_host": place.is_host,
        "may_act": place.is_host or place.is_chief,
        "may_see_marks": place.may_see_marks,
        "secret": modules.secret_of(place.run.run_id) if place.run.decoded_at else "",
        "problems": [],
        "items_form": FileForm(formdata=None),
        "judge_form": judge_form(place, empty=True),
        "sign_form": SignForm(formdata=None),
        "refusal": refusal,
    }
    return render("judging/module.html", status=status, **(view | more))
