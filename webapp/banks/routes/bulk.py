"""Many questions at once: topic, difficulty, tags. The effect is said before anything is stored."""

from contextlib import suppress
from dataclasses import replace

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.banks import queries
from webapp.banks.queries.search import Wanted, search
from webapp.banks.routes.blueprint import DIFFICULTY_WORDS, TYPE_WORDS, bp, editable_bank_or_404
from webapp.banks.rules.bulk import BulkChange
from webapp.banks.rules.schema import Difficulty
from webapp.banks.service.bulk import change_many, planned
from webapp.core.db import keys_scope
from webapp.core.i18n import gettext as _
from webapp.core.i18n import ngettext
from webapp.core.render import render
from webapp.core.transaction import transaction

MOST = 30
_FILTERS = ("type", "topic", "difficulty", "tag", "words")


@bp.get("/<code>/change-questions")
@requires(Permission.EDIT_BANKS)
def change_questions(code: str) -> Response:
    return _page(editable_bank_or_404(code))


@bp.post("/<code>/change-questions")
@requires(Permission.EDIT_BANKS)
def change_chosen(code: str) -> ResponseReturnValue:
    bank = editable_bank_or_404(code)
    keys, change = request.form.getlist("key")[:MOST], _change()
    if not keys:
        return _page(bank, _("Choose at least one question."), status=422)
    if change == BulkChange():
        return _page(bank, _("Say what should change."), status=422)
    if "confirmed" not in request.form:
        with keys_scope():
            effect = planned(bank.bank_id, keys, change)
        return _page(bank, effect=effect.keys)
    with keys_scope(), transaction():
        done = change_many(bank.bank_id, keys, change, principal().account_id)
    count = len(done.keys)
    if count:
        flash(
            ngettext(
                "%(num)d question was changed, in draft version %(number)d.",
                "%(num)d questions were changed, in draft version %(number)d.",
                count,
                number=done.draft,
            ),
            "success",
        )
    else:
        flash(_("Nothing was different, so nothing was saved."), "info")
    return redirect(url_for(".change_questions", code=code), code=303)


def _change() -> BulkChange:
    form = request.form
    change = BulkChange(
        topic=(form.get("new_topic", "").strip() or form.get("to_topic", ""))[:200],
        add_tags=_tags(form.get("add_tags", "")),
        remove_tags=_tags(form.get("remove_tags", "")),
    )
    with suppress(ValueError):
        change = replace(change, difficulty=Difficulty(form.get("to_difficulty", "")))
    return change


def _tags(text: str) -> tuple[str, ...]:
    parts = text.replace("，", ",").replace("、", ",").split(",")
    return tuple(part.strip()[:100] for part in parts if part.strip())


def _page(
    bank: queries.BankView, wrong: str = "", status: int = 200, effect: tuple[str, ...] | None = None
) -> Response:
    asked = {name: request.values.get(name, "").strip()[:200] for name in _FILTERS}
    wanted = Wanted(**asked, before=request.values.get("before", 0, int))
    found, before = search([bank.newest_version_id or 0], wanted)
    return render(
        "banks/change_questions.html",
        bank=bank,
        asked=asked,
        here=wanted.before,
        found=found,
        before=before,
        types=TYPE_WORDS,
        difficulties=DIFFICULTY_WORDS,
        topics=queries.topic_paths(bank.bank_id),
        chosen=request.form.getlist("key")[:MOST],
        form=request.form,
        wrong=wrong,
        effect=effect,
        status=status,
    )
