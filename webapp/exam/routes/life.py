"""The life of one question of a bank: versions, exposure, out of all draws and back."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.banks import queries as banks
from webapp.banks.errors import NothingSaid, ReasonNeeded
from webapp.banks.queries.comments import comments_on
from webapp.banks.queries.life import question_life as life_of
from webapp.banks.routes.blueprint import editable_bank_or_404, may, open_bank_or_404
from webapp.banks.service.comments import comment, settle
from webapp.core.db import keys_scope
from webapp.core.errors import NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.queries.exposure import exposure
from webapp.exam.routes.blueprint import bp
from webapp.exam.service import retiring


@bp.get("/staff/banks/<code>/questions/<path:key>/life")
@requires(Permission.EDIT_BANKS, Permission.APPROVE_BANKS)
def question_life(code: str, key: str) -> Response:
    return _page(code, key)


def _page(code: str, key: str, wrong: str = "", status: int = 200, unsaid: str = "") -> Response:
    bank = open_bank_or_404(code)
    with keys_scope():
        life = life_of(bank.bank_id, key)
    who = principal()
    asked_by = life.retirement.restore_asked_by if life.retirement else None
    return render(
        "exam/question_life.html",
        bank=bank,
        life=life,
        exposure=exposure(life.question_id),
        topics=banks.topic_paths(bank.bank_id),
        may_edit=may(Permission.EDIT_BANKS, bank),
        may_restore=may(Permission.APPROVE_BANKS, bank) and asked_by not in {None, who.account_id},
        reason=request.form.get("reason", ""),
        wrong=wrong,
        comments=comments_on(life.question_id),
        said=request.form.get("said", ""),
        unsaid=unsaid,
        status=status,
    )


@bp.post("/staff/banks/<code>/questions/<path:key>/retire")
@requires(Permission.EDIT_BANKS)
def retire_question(code: str, key: str) -> ResponseReturnValue:
    bank = editable_bank_or_404(code)
    try:
        with transaction():
            done = retiring.retire(bank.bank_id, key, request.form.get("reason", ""), principal().account_id)
    except ReasonNeeded:
        return _page(code, key, _("Please say why."), status=422)
    flash(
        _(
            "The question is out: draft version %(number)d is without it, and %(count)d exams draw it no more.",
            number=done.draft,
            count=done.stopped,
        ),
        "success",
    )
    for exam in done.short:
        flash(
            _(
                "%(exam)s cannot fill its papers without it and still draws it. Ask its host.",
                exam=pick(exam.title),
            ),
            "warning",
        )
    return redirect(url_for(".question_life", code=code, key=key), code=303)


@bp.post("/staff/banks/<code>/questions/<path:key>/ask-back")
@requires(Permission.EDIT_BANKS)
def ask_question_back(code: str, key: str) -> ResponseReturnValue:
    bank = editable_bank_or_404(code)
    try:
        with transaction():
            retiring.ask_back(bank.bank_id, key, request.form.get("reason", ""), principal().account_id)
    except ReasonNeeded:
        return _page(code, key, _("Please say why."), status=422)
    flash(_("Asked. A second person with the role of question reviewer confirms it."), "success")
    return redirect(url_for(".question_life", code=code, key=key), code=303)


@bp.post("/staff/banks/<code>/questions/<path:key>/restore")
@requires(Permission.APPROVE_BANKS)
def restore_question(code: str, key: str) -> ResponseReturnValue:
    bank = open_bank_or_404(code)
    if not may(Permission.APPROVE_BANKS, bank):
        raise NotFound
    with transaction():
        number = retiring.restore(bank.bank_id, key, principal().account_id)
    flash(_("The question is back, in draft version %(number)d.", number=number), "success")
    return redirect(url_for(".question_life", code=code, key=key), code=303)


@bp.post("/staff/banks/<code>/questions/<path:key>/comments")
@requires(Permission.EDIT_BANKS, Permission.APPROVE_BANKS)
def comment_question(code: str, key: str) -> ResponseReturnValue:
    bank = open_bank_or_404(code)
    try:
        with transaction():
            comment(bank.bank_id, key, request.form.get("said", ""), principal().account_id)
    except NothingSaid as error:
        return _page(code, key, status=422, unsaid=say(error.message))
    return redirect(url_for(".question_life", code=code, key=key, _anchor="comments"), code=303)


@bp.post("/staff/banks/<code>/comments/<int:comment_id>")
@requires(Permission.EDIT_BANKS, Permission.APPROVE_BANKS)
def settle_comment(code: str, comment_id: int) -> ResponseReturnValue:
    bank = open_bank_or_404(code)
    with transaction():
        is_settled = request.form.get("open") != "1"
        key = settle(bank.bank_id, comment_id, principal().account_id, is_settled=is_settled)
    return redirect(url_for(".question_life", code=code, key=key, _anchor="comments"), code=303)
