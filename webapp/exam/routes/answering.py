"""What the exam page sends while it is open: answers, heartbeats; in JSON, or as a plain form."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.db import let_go
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.exam.errors import AnswerRefused, BadBatch, LeaseLost
from webapp.exam.queries.layouts import Layout, layout
from webapp.exam.queries.messages import announcements
from webapp.exam.queries.sheets import SheetView, own_sheet
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.device import device
from webapp.exam.routes.parts import in_open_sections, is_on_page, time_of_section
from webapp.exam.rules.answers import canonical
from webapp.exam.rules.batch import MAX_BATCH_BYTES, read_batch, read_form
from webapp.exam.rules.saving import Ack, Item, Outcome, Running
from webapp.exam.rules.states import AttemptState
from webapp.exam.service import gates, hot


@bp.post("/attempts/<int:attempt_id>/answers")
@signed_in
def answers(attempt_id: int) -> ResponseReturnValue:
    me = principal()
    frozen = layout(attempt_id, me.person_id)
    if frozen.has_checks:
        gates.tell(attempt_id, me.person_id)
    if not request.is_json:
        return _answers_by_form(frozen)
    if (request.content_length or 0) > MAX_BATCH_BYTES:
        raise BadBatch
    batch = read_batch(request.get_json(silent=True))
    items, refused = _checked(frozen, batch.items)
    if frozen.sections:
        items, closed = in_open_sections(frozen, batch.lease, items)
        refused += closed
    let_go()  # the hot statement takes its own connection: hold none meanwhile
    running = _save(frozen, me.person_id, batch.lease, items)
    return jsonify(_reply(running, frozen) | {"items": [_said(ack) for ack in running.acks] + refused})


@bp.post("/attempts/<int:attempt_id>/heartbeat")
@signed_in
def heartbeat(attempt_id: int) -> ResponseReturnValue:
    me = principal()
    frozen = layout(attempt_id, me.person_id)
    if frozen.has_checks:
        gates.tell(attempt_id, me.person_id)
    lease = read_batch(request.get_json(silent=True)).lease
    let_go()
    return jsonify(_reply(hot.heartbeat(attempt_id, me.person_id, lease, clock.arrival()), frozen))


@bp.get("/exams/check")
@signed_in
def check() -> Response:
    """Answers the device check of the waiting page."""
    return jsonify({"ok": True})


@bp.get("/attempts/<int:attempt_id>/token")
@signed_in
def token(attempt_id: int) -> Response:
    """A fresh form token after signing in again in another tab."""
    layout(attempt_id, principal().person_id)
    return jsonify({"csrf": generate_csrf()})


def _checked(frozen: Layout, items: list[Any]) -> tuple[list[Item], list[dict[str, Any]]]:
    """Canonical items, and a refusal for each that is no possible answer: the others still count."""
    good: list[Item] = []
    refused: list[dict[str, Any]] = []
    for raw in items:
        try:
            if raw.slot >= len(frozen.forms):
                raise AnswerRefused(slot=raw.slot + 1)
            answer = canonical(raw.answer, frozen.forms[raw.slot], raw.slot)
        except AnswerRefused as error:
            refused.append(
                {
                    "slot": raw.slot,
                    "seq": raw.seq,
                    "state": "refused",
                    "code": error.code,
                    "message": say(error.message),
                }
            )
        else:
            good.append(Item(raw.slot, raw.seq, answer, raw.flag))
    return good, refused


def _save(frozen: Layout, person_id: int, lease: str, items: list[Item]) -> Running:
    arrival = clock.arrival()
    if not items:
        return hot.heartbeat(frozen.attempt_id, person_id, lease, arrival)
    return hot.save(frozen.attempt_id, person_id, lease, items, arrival)


def _said(ack: Ack) -> dict[str, Any]:
    return {"slot": ack.slot, "seq": ack.seq, "state": ack.outcome.value, "server_seq": ack.server_seq}


def _reply(running: Running, frozen: Layout) -> dict[str, Any]:
    return {
        "state": AttemptState.OPEN.value,
        "remaining_s": running.remaining_s,
        "deadline_at": running.deadline_at.isoformat(),
        "server_now": clock.now().isoformat(),
        "late": running.is_late,
        "messages": [
            {"id": words.id, "text": words.text, "ack": words.needs_ack}
            for words in announcements(running.exam_id, frozen.hall, frozen.participation_id)
        ],
    } | (time_of_section(frozen) if frozen.sections else {})


def _answers_by_form(frozen: Layout) -> ResponseReturnValue:
    """The page without script: one form with all answers; what changed gets the next sequence number."""
    me = principal()
    sheet = own_sheet(frozen.attempt_id, me.person_id)
    back = redirect(url_for("exam.attempt", attempt_id=frozen.attempt_id), code=303)
    if sheet.state is not AttemptState.OPEN:
        return back
    lease = sheet.lease if sheet.lease_device == device() else ""
    if not lease or request.form.get("lease") != lease:
        raise LeaseLost
    save_form(frozen, sheet, lease)
    return back


def save_form(frozen: Layout, sheet: SheetView, lease: str) -> None:
    """Store what the posted form changes; what is refused is told at the top of the next page."""
    me = principal()
    items = _changed(frozen, sheet, request.form.to_dict(flat=False))
    if frozen.sections:
        items, closed = in_open_sections(frozen, lease, [one for one in items if is_on_page(frozen, one)])
        for refusal in closed:
            flash(refusal.get("message", ""), "danger")
    let_go()
    if items:
        acks = hot.save(frozen.attempt_id, me.person_id, lease, items, clock.arrival()).acks
        saved = sum(ack.outcome is Outcome.SAVED for ack in acks)
        flash(_("%(n)s answers saved.", n=saved), "success")


def _changed(frozen: Layout, sheet: SheetView, posted: Mapping[str, list[str]]) -> list[Item]:
    items = []
    for slot, raw in read_form(posted, frozen.forms).items():
        try:
            answer = canonical(raw, frozen.forms[slot], slot)
        except DomainError as error:
            flash(say(error.message), "danger")
            continue
        if answer != sheet.answers[slot]:
            items.append(Item(slot, sheet.seqs[slot] + 1, answer, sheet.flags[slot]))
    return items
