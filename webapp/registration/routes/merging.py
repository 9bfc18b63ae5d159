"""Merging organisations: what would move, asking, and the second person's decision."""

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.errors import DomainError, Forbidden, NotFound
from webapp.core.forms import trimmed
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import in_transaction
from webapp.organisations import queries as organisations
from webapp.registration.queries import merging as queries
from webapp.registration.service import merging as service

bp = Blueprint("merging", __name__, template_folder="../templates")

WHY_MOST = 300


@bp.post("/staff/organisations/<int:organisation_id>/merge")
@requires(Permission.MANAGE_ORGANISATIONS)
def preview(organisation_id: int) -> ResponseReturnValue:
    """What merging into the organisation whose code the form names would do. Nothing happens yet."""
    _refuse_outside(organisation_id)
    return _page(organisation_id)


@bp.post("/staff/organisations/<int:organisation_id>/merge/ask")
@requires(Permission.MANAGE_ORGANISATIONS)
def ask(organisation_id: int) -> ResponseReturnValue:
    _refuse_outside(organisation_id)
    who, now, why = principal(), clock.now(), _why()
    two_person = bool(current_app.config["TWO_PERSON"])
    try:
        target = service.check(organisation_id, _code(), why)
        _refuse_outside(target.id)
        target_id = target.id
        in_transaction(lambda: service.ask(organisation_id, target_id, why, who.account_id, two_person, now))
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        return _page(organisation_id, refusal)
    if two_person:
        flash(_("Asked for: a second person decides."), "success")
    else:
        flash(_("Done. People and everything below have followed."), "success")
    return redirect(url_for(".overview"), code=303)


@bp.get("/staff/merges")
@requires(Permission.MANAGE_ORGANISATIONS)
def overview() -> ResponseReturnValue:
    return _overview()


@bp.post("/staff/merges/<int:merge_id>")
@requires(Permission.MANAGE_ORGANISATIONS)
def decide(merge_id: int) -> ResponseReturnValue:
    queries.load(principal(), merge_id)
    decision = request.form.get("decision", "")
    if decision not in {"agree", "refuse"}:
        return _overview(422, _("Please choose a decision."))
    try:
        in_transaction(lambda: service.decide(merge_id, principal(), decision == "agree", clock.now()))
    except NotFound:
        raise
    except DomainError as refusal:
        return _overview(refusal.status, say(refusal.message))
    flash(_("Your decision is saved."), "success")
    return redirect(url_for(".overview"), code=303)


def _overview(status: int = 200, error: str = "") -> ResponseReturnValue:
    return render("registration/merges.html", status=status, rows=queries.merges(principal()), error=error)


def _page(organisation_id: int, refusal: DomainError | None = None) -> ResponseReturnValue:
    here = organisations.by_id(organisation_id)
    if here is None:
        raise NotFound
    target, error, status = None, refusal, 200
    if error is None:
        try:
            target = service.check(organisation_id, _code(), _why())
            _refuse_outside(target.id)
        except (NotFound, Forbidden):
            raise
        except DomainError as wrong:
            error = wrong
    if error is not None:
        status = error.status
    return render(
        "registration/merge.html",
        status=status,
        organisation_id=here.id,
        name=here.name,
        code=_code(),
        why=_why(),
        into=target.name if target is not None else "",
        effect=queries.effect(organisation_id),
        two_person=bool(current_app.config["TWO_PERSON"]),
        error=say(error.message) if error is not None else "",
    )


def _refuse_outside(organisation_id: int) -> None:
    """An administrator of a part changes that part only. Raise Forbidden."""
    path = organisations.path(organisation_id)
    if not principal().allows(Permission.MANAGE_ORGANISATIONS, organisation_path=path):
        raise Forbidden


def _code() -> str:
    return str(trimmed(request.form.get("target", "")))[:40]


def _why() -> str:
    return str(trimmed(request.form.get("why", "")))[:WHY_MOST]
