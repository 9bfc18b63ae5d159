"""Hosts look into a contestant's points and take entries back, with a second person where that is set."""

from typing import Any

from flask import Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.i18n import gettext as _
from webapp.core.render import render
from webapp.core.transaction import in_transaction
from webapp.learning.forms import ReversalForm
from webapp.learning.queries import corrections as queries
from webapp.learning.queries.corrections import Contestant, Scope
from webapp.learning.queries.points import entries
from webapp.learning.routes.blueprint import bp
from webapp.learning.routes.entry_views import EntryLine, entry_lines, plain
from webapp.learning.service import ledger

SEEING = (Permission.CORRECT_POINTS, Permission.READ_AUDIT)


@bp.get("/staff/points")
@requires(*SEEING)
def corrections() -> Response:
    words = request.args.get("words", "").strip()[:60]
    scope = _scope()
    return render(
        "learning/corrections.html",
        words=words,
        found=queries.find(words, scope),
        most=queries.MOST,
        requests=queries.requests(scope),
        **_shared(),
    )


@bp.get("/staff/points/<int:participation_id>")
@requires(*SEEING)
def correction(participation_id: int) -> Response:
    found = _contestant(participation_id, *SEEING)
    hasty = queries.haste(participation_id)
    return render(
        "learning/correction.html",
        one=found,
        haste=hasty,
        lines=entry_lines(entries(found.contest_id, participation_id), hasty.rounds),
        requests=queries.requests(_scope(), participation_id),
        may_correct=_allows(found, Permission.CORRECT_POINTS),
        **_shared(),
    )


@bp.route("/staff/points/<int:participation_id>/entries/<int:entry_id>", methods=["GET", "POST"])
@requires(Permission.CORRECT_POINTS)
def take_back(participation_id: int, entry_id: int) -> ResponseReturnValue:
    found = _contestant(participation_id, Permission.CORRECT_POINTS)
    line = _entry(found, entry_id)
    form = ReversalForm()
    if not form.validate_on_submit():
        status = 422 if request.method == "POST" else 200
        return render("learning/take_back.html", status=status, one=found, line=line, form=form, **_shared())
    reason, account_id = form.reason.data or "", principal().account_id
    two_person = bool(current_app.config["TWO_PERSON"])
    state = in_transaction(
        lambda: (
            ledger.ask_reversal(found.contest_id, entry_id, reason, account_id, two_person, clock.now()).state
        )
    )
    flash(
        _("The points are taken back.")
        if state == "done"
        else _("A second person has to agree first; it stands on this page."),
        "success",
    )
    return redirect(url_for(".correction", participation_id=participation_id), code=303)


@bp.post("/staff/points/requests/<int:request_id>")
@requires(Permission.CORRECT_POINTS)
def decide_correction(request_id: int) -> ResponseReturnValue:
    held = queries.request_in(Scope.of(principal().scopes(Permission.CORRECT_POINTS)), request_id)
    agree, account_id = request.form.get("agree") == "yes", principal().account_id
    in_transaction(lambda: ledger.decide_reversal(request_id, account_id, agree, clock.now()).state)
    flash(_("Your decision is recorded."), "success")
    return redirect(url_for(".correction", participation_id=held.participation_id), code=303)


def _shared() -> dict[str, Any]:
    return {
        "my_account_id": principal().account_id,
        "may_decide": principal().holds(Permission.CORRECT_POINTS),
        "two_person": current_app.config["TWO_PERSON"],
        "plain": plain,
    }


def _scope() -> Scope:
    """Everything this person may look at here."""
    return Scope.of(grant for permission in SEEING for grant in principal().scopes(permission))


def _contestant(participation_id: int, *permissions: Permission) -> Contestant:
    """A contestant within the scope; a foreign one answers like a missing one."""
    found = queries.contestant(participation_id)
    if not any(_allows(found, permission) for permission in permissions):
        raise NotFound
    return found


def _allows(found: Contestant, permission: Permission) -> bool:
    return principal().allows(permission, contest_id=found.contest_id, event_id=found.event_id)


def _entry(found: Contestant, entry_id: int) -> EntryLine:
    lines = entry_lines(entries(found.contest_id, found.participation_id))
    line = next((one for one in lines if one.entry_id == entry_id), None)
    if line is None or line.is_reversal:
        raise NotFound
    return line
