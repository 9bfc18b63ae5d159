"""The receipt that a contestant keeps, its check, and the history of every answer."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires, signed_in
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.audit.service import record
from webapp.banks.rules.answers import spoken
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.forms import ReceiptForm
from webapp.exam.queries.control import ExamHead
from webapp.exam.queries.evidence import (
    EventLine,
    Stored,
    events_of,
    leases_of,
    person_in,
    stored_attempt,
    stored_attempts,
)
from webapp.exam.queries.layouts import layout
from webapp.exam.queries.sheets import own_sheet
from webapp.exam.routes.blueprint import bp, exam_when
from webapp.exam.routes.scope import LOOKING, head_in_scope, head_to_watch, may_run
from webapp.exam.rules.receipt import ATTEMPT_LABEL, MAX_CLAIM_CHARS, Claim, read_claim, receipt_file
from webapp.exam.rules.states import AttemptState
from webapp.exam.service.submitting import receipt_of

WRITTEN = {AttemptState.CREATED, AttemptState.OPEN}


@bp.get("/attempts/<int:attempt_id>/receipt.txt")
@signed_in
def receipt_text(attempt_id: int) -> ResponseReturnValue:
    """The receipt to keep: what the page of its check reads again."""
    person_id = principal().person_id
    sheet = own_sheet(attempt_id, person_id)
    if sheet.state in WRITTEN:
        return redirect(url_for("exam.attempt", attempt_id=attempt_id), code=303)
    kept = receipt_of(attempt_id, person_id)
    lines = [
        (_("Exam"), f"{pick(sheet.event_title)} {pick(sheet.title)}"),
        (f"{_('Number of the attempt')} ({ATTEMPT_LABEL})", str(attempt_id)),
        (_("Handed in at"), f"{exam_when(kept.submitted_at)} ({kept.submitted_at.isoformat()})"),
        (_("Answered"), f"{kept.answered} / {kept.questions}"),
        (_("Receipt number"), kept.code),
        ("SHA-256", kept.digest),
        (_("Check it at"), url_for("exam.check_receipt", _external=True)),
    ]
    response = Response(receipt_file(_("Receipt"), lines), mimetype="text/plain")
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{attempt_id}.txt"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route("/receipts/check", methods=["GET", "POST"])
@signed_in
def check_receipt() -> ResponseReturnValue:
    """Whether a receipt fits one of one's own papers as they are stored now."""
    form = ReceiptForm()
    claim = _claim(form)
    if claim is None:
        return render("exam/receipt_check.html", form=form, claim=None, status=_status(form))
    mine = stored_attempts(principal().person_id)
    found = next((one for one in mine if one.fits(claim)), None) or next(
        (one for one in mine if _names(one, claim)), None
    )
    return render("exam/receipt_check.html", form=form, claim=claim, found=found, fits=_fits(found, claim))


@bp.get("/attempts/<int:attempt_id>/history")
@signed_in
def history(attempt_id: int) -> ResponseReturnValue:
    """Every save of one's own paper, after it was handed in."""
    person_id = principal().person_id
    sheet = own_sheet(attempt_id, person_id)
    if sheet.state in WRITTEN:
        return redirect(url_for("exam.attempt", attempt_id=attempt_id), code=303)
    title = f"{pick(sheet.event_title)} · {pick(sheet.title)}"
    return render(
        "exam/history.html",
        attempt_id=attempt_id,
        title=title,
        slots=_slots(attempt_id, person_id, shows_answers=True),
        leases=leases_of(attempt_id),
    )


@bp.get("/staff/exams/<int:exam_id>/attempts/<int:attempt_id>/history")
@requires(*LOOKING)
def staff_history(exam_id: int, attempt_id: int) -> ResponseReturnValue:
    """The same for hosts and supervisors. Each look is recorded."""
    return _staff_page(head_to_watch(exam_id), attempt_id)


@bp.post("/staff/exams/<int:exam_id>/attempts/<int:attempt_id>/history")
@requires(Permission.RUN_EXAMS)
def check_shown_receipt(exam_id: int, attempt_id: int) -> ResponseReturnValue:
    """The check of a receipt that somebody shows the hosts."""
    return _staff_page(head_in_scope(exam_id), attempt_id)


def _staff_page(head: ExamHead, attempt_id: int) -> Response:
    """What was answered shows only when the exam is over: nobody learns answers while others write."""
    exam_id = head.exam_id
    person_id = person_in(exam_id, attempt_id)
    found = stored_attempt(attempt_id)
    with transaction():
        record("attempt.read-history", "attempt", attempt_id)
    form = ReceiptForm()
    claim = _claim(form)
    shows_answers = clock.now() >= head.closes_at
    return render(
        "exam/staff_history.html",
        status=_status(form),
        head=head,
        attempt_id=attempt_id,
        found=found,
        form=form,
        claim=claim,
        fits=_fits(found, claim),
        shows_answers=shows_answers,
        may_run=may_run(head),
        slots=_slots(attempt_id, person_id, shows_answers),
        leases=leases_of(attempt_id),
    )


def _claim(form: ReceiptForm) -> Claim | None:
    """The receipt that was pasted or uploaded; None on a first look, or with an error in the form."""
    if not form.validate_on_submit():
        return None
    text = form.receipt.data or ""
    if form.file.data:
        text += "\n" + form.file.data.read(MAX_CLAIM_CHARS).decode("utf-8", "replace")
    claim = read_claim(text)
    if claim is None:
        form.receipt.errors = [_("There is neither a receipt number nor a digest in this.")]
    return claim


def _status(form: ReceiptForm) -> int:
    return 422 if form.errors else 200


def _names(stored: Stored, claim: Claim) -> bool:
    """Whether a receipt that does not fit speaks of this attempt."""
    return claim.attempt_id == stored.attempt_id or stored.digest == claim.digest or stored.code == claim.code


def _fits(found: Stored | None, claim: Claim | None) -> bool:
    return found is not None and claim is not None and found.fits(claim)


@dataclass(frozen=True)
class SaveLine:
    """One save as the page tells it. answer: None while it may not be shown."""

    at: datetime
    answer: str | None
    outcome: str
    is_saved: bool
    is_late: bool
    page: int


@dataclass(frozen=True)
class SlotLine:
    """All saves of one question."""

    number: int
    saves: tuple[SaveLine, ...]


def _slots(attempt_id: int, person_id: int, shows_answers: bool) -> tuple[SlotLine, ...]:
    forms = layout(attempt_id, person_id).forms
    by_slot: dict[int, list[SaveLine]] = {}
    for event in events_of(attempt_id):
        if event.slot < len(forms):
            kind = forms[event.slot].question_type
            by_slot.setdefault(event.slot, []).append(_line(event, kind, shows_answers))
    return tuple(SlotLine(slot + 1, tuple(lines)) for slot, lines in sorted(by_slot.items()))


def _line(event: EventLine, kind: str, shows_answers: bool) -> SaveLine:
    return SaveLine(
        at=event.arrived_at,
        answer=_said(event.answer, kind) if shows_answers else None,
        outcome=_outcome(event.outcome),
        is_saved=event.outcome == "saved",
        is_late=event.is_late,
        page=event.page,
    )


def _said(answer: str, kind: str) -> str:
    if not answer:
        return _("(emptied)")
    if kind == "true_false":
        return _("True") if answer == "T" else _("False")
    return spoken(answer, kind)


def _outcome(outcome: str) -> str:
    known = {
        "saved": _("Saved"),
        "refused-lease": _("Refused: sent by a page that another one had replaced"),
        "refused-late": _("Refused: it arrived after the end"),
        "refused-section": _("Refused: this part was closed"),
        "refused-void": _("Refused: the attempt was void"),
    }
    return known.get(outcome, _("Refused: the paper was handed in already"))
