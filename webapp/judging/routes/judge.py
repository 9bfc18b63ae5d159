"""A judge's tablet: the own sheets by blind number, one sheet, values one by one."""

from pathlib import PurePosixPath
from typing import Any

from flask import Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from webapp.access.guards import public, requires
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.assets import asset, send_asset
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.judging.errors import SheetGone, WorkGone
from webapp.judging.queries import sheets as queries
from webapp.judging.queries.modules import items_by_id, module_by_run
from webapp.judging.queries.own import works_by_number
from webapp.judging.queries.sheets import OwnSheet, SheetView
from webapp.judging.routes.blueprint import SCORE, bp, may
from webapp.judging.rules.items import canonical, full_mark, sheet_score
from webapp.judging.service import scoring, works
from webapp.judging.service.scoring import Change

FIELD = "v-"


@bp.get("/judging")
@requires(SCORE)
def mine() -> Response:
    groups: dict[int, list[OwnSheet]] = {}
    for one in queries.own_sheets(principal().account_id):
        groups.setdefault(one.run_id, []).append(one)
    rows = []
    for run_id, sheets in groups.items():
        stage, module, _run = module_by_run(run_id)
        done = sum(one.state in {"signed", "submitted"} for one in sheets)
        event = pick(stage.event_rules.title)
        rows.append(
            {"event": event, "stage": pick(stage.title), "module": module, "sheets": sheets, "done": done}
        )
    return render("judging/mine.html", rows=rows)


@bp.get("/judging/worker.js")
@public("a script with nothing of anybody in it: it shows a judge's kept pages without network")
def worker() -> Response:
    """The script from an address above the pages it serves: browsers want it there."""
    response = send_asset(f"dist/{PurePosixPath(asset('judging-worker.js')).name}")
    response.headers["Service-Worker-Allowed"] = url_for(".mine")
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/judging/sheets/<int:sheet_id>")
@requires(SCORE)
def sheet(sheet_id: int) -> Response:
    return _page(_own(sheet_id), {}, {})


@bp.post("/judging/sheets/<int:sheet_id>")
@requires(SCORE)
def keep_sheet(sheet_id: int) -> ResponseReturnValue:
    """The page without script, and handing in: everything that was typed, at once."""
    one = _own(sheet_id)
    me, now = principal().account_id, clock.now()
    typed = {
        name.removeprefix(FIELD): value for name, value in request.form.items() if name.startswith(FIELD)
    }
    wrong = {
        item.code: _("This value cannot be given here.")
        for item in items_by_id(one.items_id).items
        if canonical(item, typed.get(item.code, "")) is None
    }
    if wrong:
        return _page(one, typed, wrong, status=422)
    try:
        with transaction():
            scoring.save_form(sheet_id, me, typed, now)
            state = scoring.hand_in(sheet_id, me, now) if request.form.get("do") == "hand-in" else ""
    except DomainError as error:
        if error.status not in {409, 422}:
            raise
        return _page(_own(sheet_id), typed, {}, status=error.status, refusal=say(error.message))
    words = {
        "": _("The values are saved."),
        "signed": _("The sheet of number %(number)s is signed.", number=one.number),
        "submitted": _(
            "The sheet of number %(number)s is handed in. Somebody else types it again.", number=one.number
        ),
    }
    flash(words[state], "success")
    target = url_for(".mine") if state else url_for(".sheet", sheet_id=sheet_id)
    return redirect(target, code=303)


@bp.post("/judging/sheets/<int:sheet_id>/changes")
@requires(SCORE)
def changes(sheet_id: int) -> Response:
    """Values of the tablet's outbox. The same change may come any number of times."""
    one = _own(sheet_id)
    given = _changes(request.get_json(silent=True))
    with transaction():
        outcomes = scoring.save(sheet_id, principal().account_id, given, clock.now())
    items = [
        {
            "seq": outcome.seq,
            "item": outcome.item,
            "state": "refused" if outcome.error else "saved",
            "message": say(outcome.error.message) if outcome.error else "",
        }
        for outcome in outcomes
    ]
    return jsonify({"state": one.state, "items": items})


@bp.get("/judging/sheets/<int:sheet_id>/work")
@requires(SCORE)
def work(sheet_id: int) -> Response:
    """The work that was handed in under this number; its own name is not told."""
    one = _own(sheet_id)
    found = works_by_number(one.run_id).get(one.number)
    if found is None:
        raise WorkGone
    return work_file(found.work_id, f"{one.number:03d}", found.name)


def work_file(work_id: int, stem: str, name: str) -> Response:
    """A work to download, piece after piece."""
    tail = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    ending = f".{tail}" if tail.isascii() and tail.isalnum() and len(tail) <= 8 else ""
    response = Response(works.content_of(work_id), mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="work-{stem}{ending}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


def _own(sheet_id: int) -> SheetView:
    """A sheet of the signed-in judge, whose role still covers the event. raise (SheetGone)."""
    one = queries.sheet(sheet_id)
    stage, _module, _run = module_by_run(one.run_id)
    if one.account_id != principal().account_id or not may(stage, SCORE):
        raise SheetGone
    return one


def _changes(body: Any) -> list[Change]:
    """raise (BadRequest): not what the script sends."""
    listed = body.get("items") if isinstance(body, dict) else None
    if not isinstance(listed, list) or len(listed) > scoring.MOST_CHANGES:
        raise BadRequest
    found = []
    for item in listed:
        if (
            not isinstance(item, dict)
            or isinstance(item.get("seq"), bool)
            or not isinstance(item.get("seq"), int)
        ):
            raise BadRequest
        texts = [item.get(key) for key in ("device", "item", "value")]
        if not all(isinstance(one, str) and "\x00" not in one for one in texts) or not texts[0]:
            raise BadRequest
        found.append(Change(str(texts[0])[:40], item["seq"], str(texts[1]), str(texts[2])))
    return found


def _page(
    one: SheetView, typed: dict[str, str], wrong: dict[str, str], status: int = 200, refusal: str = ""
) -> Response:
    stage, module, run = module_by_run(one.run_id)
    items = items_by_id(one.items_id).items
    values = queries.values(one)
    return render(
        "judging/sheet.html",
        status=status,
        sheet=one,
        event=pick(stage.event_rules.title),
        module=module,
        items=items,
        values=values | typed,
        sequences=queries.sequences(one),
        score=sheet_score(items, values),
        full=full_mark(items),
        wrong=wrong,
        refusal=refusal,
        has_work=one.number in works_by_number(one.run_id) if module.take_home_h else False,
        is_decoded=run.decoded_at is not None,
    )
