"""Sealing a bank and opening it again: what it means comes first, then the button."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.banks import queries
from webapp.banks.errors import (
    AlreadyDecided,
    AlreadySealed,
    NobodyAsked,
    NotSealed,
    SameOpener,
    SealedBank,
    SealReasonNeeded,
)
from webapp.banks.queries.sealing import mock_exams, seal_of, sittings
from webapp.banks.routes.blueprint import bp, may
from webapp.banks.rules.sealing import Sitting, is_over
from webapp.banks.service import sealing
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import DomainError, NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.pages import refusal
from webapp.core.render import is_json_wanted, render, wants_fragment
from webapp.core.transaction import transaction

SEALING = (Permission.EDIT_BANKS, Permission.RUN_EXAMS)
AGREEING = (Permission.EDIT_BANKS, Permission.APPROVE_BANKS, Permission.RUN_EXAMS)
TOLD = (AlreadyDecided, AlreadySealed, NobodyAsked, NotSealed, SameOpener, SealReasonNeeded)


@bp.get("/<code>/seal")
@requires(*AGREEING)
def seal_page(code: str) -> Response:
    return _page(_bank(code, *AGREEING))


@bp.post("/<code>/seal")
@requires(*SEALING)
def seal_bank(code: str) -> ResponseReturnValue:
    bank = _bank(code, *SEALING)
    try:
        with transaction():
            sealing.seal(bank.bank_id, principal().account_id, request.form.get("reason", ""))
    except TOLD as error:
        return _page(_bank(code, *SEALING), error)
    flash(_("The bank is sealed. Nobody reads its questions from now on."), "success")
    return redirect(url_for(".seal_page", code=code), code=303)


@bp.post("/<code>/seal/open")
@requires(*SEALING)
def open_seal(code: str) -> ResponseReturnValue:
    bank = _bank(code, *SEALING)
    try:
        with transaction():
            is_open = sealing.ask_to_open(
                bank.bank_id, principal().account_id, request.form.get("reason", "")
            )
    except TOLD as error:
        return _page(_bank(code, *SEALING), error)
    flash(_("The bank is open again.") if is_open else _("Asked. A second person agrees or not."), "success")
    return redirect(url_for(".seal_page", code=code), code=303)


@bp.post("/<code>/seal/agree")
@requires(*AGREEING)
def agree_to_open(code: str) -> ResponseReturnValue:
    bank = _bank(code, *AGREEING)
    try:
        with transaction():
            sealing.agree_to_open(bank.bank_id, principal().account_id)
    except TOLD as error:
        return _page(_bank(code, *AGREEING), error)
    flash(_("The bank is open again."), "success")
    return redirect(url_for(".seal_page", code=code), code=303)


@bp.post("/<code>/seal/keep")
@requires(*AGREEING)
def keep_sealed(code: str) -> ResponseReturnValue:
    bank = _bank(code, *AGREEING)
    try:
        with transaction():
            sealing.keep_sealed(bank.bank_id, principal().account_id)
    except TOLD as error:
        return _page(_bank(code, *AGREEING), error)
    flash(_("The bank stays sealed."), "info")
    return redirect(url_for(".seal_page", code=code), code=303)


@bp.app_errorhandler(SealedBank)
def sealed_bank(error: SealedBank) -> Response:
    """What stands in the place of every page that would show questions of a sealed bank."""
    db.session.rollback()
    if is_json_wanted() or wants_fragment():
        return refusal(error.status, error.code, say(error.message))
    response = render("banks/sealed.html", status=error.status, code=error.bank, words=say(error.message))
    response.headers["Cache-Control"] = "no-store"
    return response


def _bank(code: str, *permissions: Permission) -> queries.BankView:
    """A bank that this person may seal or open, or agree to: who sets or reviews it, and the hosts of the exams
    that draw from it. raise (NotFound): to others."""
    bank = queries.bank(code)
    if any(may(one, bank) for one in permissions if one is not Permission.RUN_EXAMS):
        return bank
    if Permission.RUN_EXAMS in permissions and _is_host_of(sittings(bank.bank_id)):
        return bank
    raise NotFound


def _is_host_of(drawing: list[Sitting]) -> bool:
    who = principal()
    return who.allows(Permission.RUN_EXAMS) or any(
        who.allows(Permission.RUN_EXAMS, contest_id=one.contest_id, event_id=one.event_id) for one in drawing
    )


def _page(bank: queries.BankView, error: DomainError | None = None) -> Response:
    found, drawing, now = seal_of(bank.bank_id), sittings(bank.bank_id), clock.now()
    who = principal()
    may_seal = may(Permission.EDIT_BANKS, bank) or _is_host_of(drawing)
    return render(
        "banks/seal.html",
        status=error.status if error else 200,
        bank=bank,
        seal=found,
        sittings=[one for one in drawing if one.closes_at > now or one.is_written],
        mocks=[one for one in mock_exams(bank.bank_id) if one.closes_at > now],
        is_over=found is not None and is_over(found.sealed_at, drawing, now),
        is_own=found is not None and found.asked_by_account_id == who.account_id,
        may_seal=may_seal,
        may_look=any(may(one, bank) for one in (Permission.EDIT_BANKS, Permission.APPROVE_BANKS)),
        reason=request.form.get("reason", "") if error else "",
        wrong=say(error.message) if error else "",
        is_reason_wrong=isinstance(error, SealReasonNeeded),
    )
