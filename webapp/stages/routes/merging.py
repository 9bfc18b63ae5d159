"""Merging two events of a contest: what would move, asking, and the second person's decision."""

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests.models import Event
from webapp.contests.queries import contest_by_code
from webapp.core import clock
from webapp.core.errors import DomainError, NotFound
from webapp.core.forms import trimmed
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import in_transaction
from webapp.stages.queries import merging as queries
from webapp.stages.queries.merging import Preview
from webapp.stages.routes.blueprint import bp
from webapp.stages.service import merging as service

ADDRESS = "/staff/event-merges/<contest>"


@bp.get(ADDRESS)
@requires(Permission.MANAGE_CONTESTS)
def event_merges(contest: str) -> ResponseReturnValue:
    return _page(contest)


@bp.post(ADDRESS)
@requires(Permission.MANAGE_CONTESTS)
def preview_merge(contest: str) -> ResponseReturnValue:
    """What the merge would do, or the request for it. Nothing happens before somebody else agrees."""
    contest_id = _in_scope(contest)
    old, new = _chosen(contest_id)
    if request.form.get("deed") != "ask":
        return _page(contest, looked=True)
    two_person = bool(current_app.config["TWO_PERSON"])
    account_id, now = principal().account_id, clock.now()
    try:
        service.check(old, new, _why())
        if old is not None and new is not None:
            first, second = old, new
            in_transaction(lambda: service.ask(first, second, _why(), account_id, two_person, now))
    except NotFound:
        raise
    except DomainError as refusal:
        return _page(contest, refusal.status, say(refusal.message), looked=True)
    flash(_("Asked for: a second person decides.") if two_person else _("The events are merged."), "success")
    return redirect(url_for("stages.event_merges", contest=contest), code=303)


@bp.post(f"{ADDRESS}/<int:merge_id>")
@requires(Permission.MANAGE_CONTESTS)
def decide_merge(contest: str, merge_id: int) -> ResponseReturnValue:
    contest_id, who = _in_scope(contest), principal()
    agree = request.form.get("decision") == "agree"
    try:
        in_transaction(
            lambda: service.decide(
                queries.load(contest_id, merge_id, lock=True), who.account_id, agree, clock.now()
            )
        )
    except NotFound:
        raise
    except DomainError as refusal:
        return _page(contest, refusal.status, say(refusal.message))
    flash(_("Your decision is saved."), "success")
    return redirect(url_for("stages.event_merges", contest=contest), code=303)


def _page(contest: str, status: int = 200, error: str = "", looked: bool = False) -> ResponseReturnValue:
    contest_id = _in_scope(contest)
    seen, shown, code = _look(contest_id) if looked else (None, "", 200)
    return render(
        "stages/event_merges.html",
        status=status if error else code,
        contest=contest,
        title=contest_by_code(contest, clock.now()).title,
        events=queries.events_of(contest_id),
        typed=request.form if looked else {},
        seen=seen,
        rows=queries.merges(contest_id, principal().account_id),
        two_person=bool(current_app.config["TWO_PERSON"]),
        error=error or shown,
    )


def _look(contest_id: int) -> tuple[Preview | None, str, int]:
    """The preview of what was chosen, else why there is none."""
    old, new = _chosen(contest_id)
    try:
        return service.check(old, new, _why()), "", 200
    except DomainError as refusal:
        both = old is not None and new is not None and old.id != new.id and _why() != ""
        return (
            (queries.preview(old, new) if both and old and new else None),
            say(refusal.message),
            refusal.status,
        )


def _chosen(contest_id: int) -> tuple[Event | None, Event | None]:
    found = {str(event.id): event for event in queries.events_of(contest_id)}
    return found.get(request.form.get("old", "")), found.get(request.form.get("new", ""))


def _in_scope(contest: str) -> int:
    """The contest, if a grant covers it whole; a foreign one answers like a missing one."""
    contest_id = contest_by_code(contest, clock.now()).contest_id
    if not principal().allows(Permission.MANAGE_CONTESTS, contest_id=contest_id):
        raise NotFound
    return contest_id


def _why() -> str:
    return str(trimmed(request.form.get("why", "")))[: service.WHY_MOST]
