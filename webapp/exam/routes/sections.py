"""Going to another part of a paper whose parts are entered by themselves."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.db import let_go
from webapp.core.render import render
from webapp.core.transaction import in_transaction
from webapp.exam.errors import LeaseLost, SectionNotOpen
from webapp.exam.queries.layouts import layout
from webapp.exam.queries.sheets import SheetView, own_sheet
from webapp.exam.routes.answering import save_form
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.device import device
from webapp.exam.routes.shapes import PartsView, parts_of
from webapp.exam.rules.states import AttemptState
from webapp.exam.service.sections import enter


@bp.post("/attempts/<int:attempt_id>/section")
@signed_in
def enter_section(attempt_id: int) -> ResponseReturnValue:
    """Save what the form carries, then leave the present part for another one.

    A part without a way back is left only after its contestant has said so on a page of its own."""
    me = principal()
    frozen = layout(attempt_id, me.person_id)
    sheet = own_sheet(attempt_id, me.person_id)
    back = redirect(url_for("exam.attempt", attempt_id=attempt_id), code=303)
    if sheet.state is not AttemptState.OPEN:
        return back
    if not frozen.sections:
        raise SectionNotOpen(part=1)
    if not device() or sheet.lease_device != device():
        raise LeaseLost
    number = _number(request.form.get("to", ""))
    if request.form.get("lease") == sheet.lease:
        save_form(frozen, sheet, sheet.lease)
        sheet = own_sheet(attempt_id, me.person_id)
    parts = parts_of(sheet, clock.now())
    if parts and _asks_first(parts, number) and request.form.get("sure") != "yes":
        return _ask(sheet, parts, number)
    let_go()
    in_transaction(
        lambda: enter(attempt_id, me.person_id, me.account_id, sheet.lease, number, clock.arrival())
    )
    return back


def _asks_first(parts: PartsView, number: int) -> bool:
    """Whether going to `number` closes the present part for good."""
    here = parts.here
    return (
        here is not None
        and here.forward_only
        and here.number != number
        and 0 <= number < len(parts.lines)
        and parts.lines[number].may_enter
    )


def _ask(sheet: SheetView, parts: PartsView, number: int) -> ResponseReturnValue:
    missing = [
        slot + 1
        for slot, part in enumerate(sheet.sections)
        if part == parts.current and not sheet.answers[slot]
    ]
    return render(
        "exam/leave_section.html", sheet=sheet, parts=parts, to=parts.lines[number], missing=missing
    )


def _number(words: str) -> int:
    """The part that was asked for, counted from 0; -1 when it is no number."""
    return int(words) if words.isascii() and words.isdecimal() and len(words) < 4 else -1
