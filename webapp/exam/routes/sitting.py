"""From the list of one's exams to the receipt."""

import secrets
from datetime import datetime
from typing import cast

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.db import let_go
from webapp.core.render import render
from webapp.core.transaction import in_transaction, transaction
from webapp.exam.errors import ExamNotOpen, ExamOver, NoSession, SessionStartOver
from webapp.exam.queries.messages import news_of
from webapp.exam.queries.sheets import my_exams, own_sheet
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.device import device, named, new_name
from webapp.exam.routes.views import attempt_view, exam_row
from webapp.exam.routes.waiting import CONFIRMED, must_ask, my_exam, waiting_page
from webapp.exam.rules.answers import unanswered
from webapp.exam.rules.states import AttemptState
from webapp.exam.service import gates, hot
from webapp.exam.service.leases import take_over
from webapp.exam.service.papers import paper_for
from webapp.exam.service.submitting import receipt_of, submit_with_key


@bp.get("/exams")
@signed_in
def mine() -> Response:
    at = clock.now()
    rows = [exam_row(found, at) for found in my_exams(principal().person_id)]
    return render("exam/mine.html", rows=rows)


@bp.post("/exams/<int:exam_id>/start")
@signed_in
def start(exam_id: int) -> ResponseReturnValue:
    """One statement opens the paper that was drawn beforehand; whatever it does not open is looked into."""
    gates.ask(gates.before_start, exam_id, principal().person_id)
    arrival, name = clock.arrival(), device() or new_name()
    attempt_id = hot.start_drawn(
        exam_id, principal().person_id, name, arrival, request.form.get(CONFIRMED) == "yes"
    )
    if attempt_id is None:
        return _start_otherwise(exam_id, name, arrival)
    return named(_to("exam.attempt", attempt_id), name)


def _start_otherwise(exam_id: int, name: str, arrival: datetime) -> ResponseReturnValue:
    """No drawn paper could be opened: too early or late, one runs already, or one has to be drawn."""
    found = my_exam(exam_id)
    if found.needs_session and found.attempt_state is not AttemptState.OPEN:
        raise NoSession
    if arrival < found.opens_at:
        raise ExamNotOpen(opens=found.opens_at)
    if arrival >= found.starts_until:
        raise SessionStartOver if found.has_sessions else ExamOver
    if must_ask(found, arrival):
        return waiting_page(found, arrival, 422)
    attempt_id = found.attempt_id
    if attempt_id is None or found.attempt_state is not AttemptState.CREATED:
        attempt_id = in_transaction(lambda: paper_for(exam_id, found.participation_id)).attempt_id
    let_go()  # the hot statement takes its own connection: hold none meanwhile
    hot.start(attempt_id, principal().person_id, name, arrival)
    return named(_to("exam.attempt", attempt_id), name)


@bp.get("/attempts/<int:attempt_id>")
@signed_in
def attempt(attempt_id: int) -> ResponseReturnValue:
    sheet = own_sheet(attempt_id, principal().person_id)
    if sheet.state is AttemptState.CREATED:
        return redirect(url_for("exam.waiting", exam_id=sheet.exam_id), code=303)
    if sheet.state is not AttemptState.OPEN:
        return _to("exam.receipt", attempt_id)
    if not device() or sheet.lease_device != device():
        return render("exam/elsewhere.html", sheet=sheet)
    view = attempt_view(sheet, clock.now())
    return render("exam/attempt.html", a=view, messages=news_of(sheet))


@bp.post("/attempts/<int:attempt_id>/takeover")
@signed_in
def takeover(attempt_id: int) -> ResponseReturnValue:
    me = principal()
    name = device() or new_name()
    with transaction():
        own_sheet(attempt_id, me.person_id)
        take_over(
            attempt_id,
            me.person_id,
            me.account_id,
            name,
            "continued on another device",
            clock.arrival(),
        )
    return named(_to("exam.attempt", attempt_id), name)


@bp.get("/attempts/<int:attempt_id>/submit")
@signed_in
def confirm_submit(attempt_id: int) -> ResponseReturnValue:
    sheet = own_sheet(attempt_id, principal().person_id)
    if sheet.state is not AttemptState.OPEN:
        return _to("exam.receipt", attempt_id)
    if sheet.lease_device != device():
        return _to("exam.attempt", attempt_id)
    return render(
        "exam/submit.html",
        a=attempt_view(sheet, clock.now(), with_questions=False),
        missing=unanswered(sheet.answers),
        flagged=[slot + 1 for slot, flag in enumerate(sheet.flags) if flag],
        key=secrets.token_urlsafe(18),
    )


@bp.post("/attempts/<int:attempt_id>/submit")
@signed_in
def submit(attempt_id: int) -> ResponseReturnValue:
    me = principal()
    sheet = own_sheet(attempt_id, me.person_id)
    lease = sheet.lease if sheet.lease_device == device() else ""
    key = request.form.get("key", "")[:64] or secrets.token_urlsafe(18)
    let_go()
    in_transaction(
        lambda: submit_with_key(attempt_id, me.person_id, me.account_id, lease, key, clock.arrival())
    )
    return _to("exam.receipt", attempt_id)


@bp.get("/attempts/<int:attempt_id>/receipt")
@signed_in
def receipt(attempt_id: int) -> ResponseReturnValue:
    sheet = own_sheet(attempt_id, principal().person_id)
    if sheet.state in {AttemptState.CREATED, AttemptState.OPEN}:
        return _to("exam.attempt", attempt_id)
    if sheet.state is AttemptState.VOID:
        return render("exam/void.html", sheet=sheet)
    return render("exam/receipt.html", sheet=sheet, receipt=receipt_of(attempt_id, principal().person_id))


def _to(endpoint: str, attempt_id: int) -> Response:
    return cast(Response, redirect(url_for(endpoint, attempt_id=attempt_id), code=303))
