"""Setting a module up: items, judges, blind numbers, sheets."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.principal import principal
from webapp.audit.service import record
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import ngettext, say, until
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.judging.errors import SheetGone, StaysBlind
from webapp.judging.formats.items import read_items, write_items
from webapp.judging.forms import FileForm
from webapp.judging.queries import judges, modules
from webapp.judging.queries.entrants import bearers
from webapp.judging.routes.blueprint import HOST, bp, place_in_scope
from webapp.judging.routes.importing import workbook
from webapp.judging.routes.module import BASE, done, event_of, judge_form, module_page
from webapp.judging.service import setting_up, works


@bp.get(f"{BASE}/items.xlsx")
@requires(HOST)
def items_file(stage_id: int, module: str) -> Response:
    place_in_scope(stage_id, module, HOST)
    found = modules.items_of(stage_id, module)
    return workbook(write_items(found.items if found else ()), f"items-{stage_id}-{module}.xlsx")


@bp.post(f"{BASE}/items")
@requires(HOST)
def upload_items(stage_id: int, module: str) -> ResponseReturnValue:
    place = place_in_scope(stage_id, module, HOST)
    form = FileForm()
    if not form.validate_on_submit():
        return module_page(place, 422, items_form=form)
    try:
        read = read_items(form.file.data.read(), form.file.data.filename or "")
    except DomainError as error:
        return module_page(place, 422, say(error.message), items_form=form)
    if read.problems:
        return module_page(place, 422, items_form=form, problems=read.problems)

    def work() -> str:
        setting_up.store_items(stage_id, module, read.items, principal().account_id, clock.now())
        return ngettext("%(num)d item is kept.", "%(num)d items are kept.", len(read.items))

    return done(place, work)


@bp.post(f"{BASE}/judges")
@requires(HOST)
def add_judge(stage_id: int, module: str) -> ResponseReturnValue:
    place = place_in_scope(stage_id, module, HOST)
    form = judge_form(place)
    if not form.validate_on_submit():
        return module_page(place, 422, judge_form=form)

    def work() -> str:
        me = principal().account_id
        chief = bool(form.is_chief.data)
        setting_up.assign_judge(stage_id, module, form.account_id.data, me, clock.now(), is_chief=chief)
        return _("The judge is named.")

    return done(place, work)


@bp.post(f"{BASE}/judges/<int:judge_id>/remove")
@requires(HOST)
def remove_judge(stage_id: int, module: str, judge_id: int) -> ResponseReturnValue:
    place = place_in_scope(stage_id, module, HOST)
    if judge_id not in {one.judge_id for one in judges.judges_of(stage_id, module)}:
        raise SheetGone

    def work() -> str:
        setting_up.remove_judge(stage_id, judge_id, clock.now())
        return _("The judge is taken off.")

    return done(place, work)


@bp.post(f"{BASE}/draw")
@requires(HOST)
def draw(stage_id: int, module: str) -> ResponseReturnValue:
    def work() -> str:
        made = setting_up.draw(stage_id, module, principal().account_id, clock.now())
        return ngettext("%(num)d blind number is drawn.", "%(num)d blind numbers are drawn.", made.added)

    return done(place_in_scope(stage_id, module, HOST), work)


@bp.post(f"{BASE}/open")
@requires(HOST)
def open_sheets(stage_id: int, module: str) -> ResponseReturnValue:
    def work() -> str:
        made = setting_up.open_sheets(
            stage_id, module, principal().account_id, clock.now(), request.form.get("reason", "")
        )
        return ngettext("%(num)d sheet is open.", "%(num)d sheets are open.", made)

    return done(place_in_scope(stage_id, module, HOST), work)


@bp.post(f"{BASE}/hand-out")
@requires(HOST)
def hand_out(stage_id: int, module: str) -> ResponseReturnValue:
    def work() -> str:
        due = works.hand_out(stage_id, module, principal().account_id, clock.now())
        return _("Works can be handed in until %(when)s.", when=until(due))

    return done(place_in_scope(stage_id, module, HOST), work)


@bp.get(f"{BASE}/numbers")
@requires(HOST)
def numbers(stage_id: int, module: str) -> Response:
    """Who bears which number: to hand the numbers out. Everybody who looks stands in the audit trail."""
    place = place_in_scope(stage_id, module, HOST)
    if not place.may_see_names:
        raise StaysBlind
    with transaction():
        record("practical.numbers.see", "stage", stage_id, module=module)
    rows = bearers(place.run.run_id)
    return render("judging/numbers.html", place=place, event=event_of(place), rows=rows)
