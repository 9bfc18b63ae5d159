"""The sending union's pages: choose, name the leader, confirm, ask for a change, decide on one."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contingents.models import Contingent
from webapp.contingents.queries import contingents as queries
from webapp.contingents.routes.blueprint import bp
from webapp.contingents.rules.choosing import changed, confirm_by
from webapp.contingents.service import composing
from webapp.contingents.service.composing import Choice
from webapp.core import clock
from webapp.core.errors import DomainError, NotFound
from webapp.core.forms import trimmed
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import in_transaction

COMPOSING = (Permission.REVIEW_APPLICATIONS, Permission.PUBLISH_RESULTS)
MOST = 5000


@bp.get("/staff/delegations")
@requires(*COMPOSING)
def overview() -> ResponseReturnValue:
    who = principal()
    hosted = [
        (code, title) for code, title, contest_id in queries.contests_with_delegations()
        if queries.is_host(who, contest_id)
    ]  # fmt: skip
    rows = queries.views(queries.of_reviewer(who))
    return render("contingents/overview.html", rows=rows, hosted=hosted)


@bp.get("/staff/delegations/<int:contingent_id>")
@requires(*COMPOSING)
def one(contingent_id: int) -> ResponseReturnValue:
    return _page(contingent_id)


@bp.post("/staff/delegations/<int:contingent_id>")
@requires(*COMPOSING)
def save(contingent_id: int) -> ResponseReturnValue:
    who, now, choice = principal(), clock.now(), _choice()
    if request.form.get("deed") == "confirm":
        work: Callable[[Contingent], object] = lambda row: composing.confirm(row, choice, who, now)  # noqa: E731
        words = _("The delegation is confirmed; everybody in it has a notice.")
    else:
        work, words = lambda row: composing.save(row, choice), _("The draft is saved.")
    return _do(contingent_id, work, words)


@bp.post("/staff/delegations/<int:contingent_id>/change")
@requires(*COMPOSING)
def ask_change(contingent_id: int) -> ResponseReturnValue:
    who, now, choice, why = principal(), clock.now(), _choice(), str(trimmed(request.form.get("why", "")))
    return _do(
        contingent_id,
        lambda row: composing.ask_change(row, choice, why, who, now),
        _("Asked for: a second person decides."),
    )


@bp.post("/staff/delegations/<int:contingent_id>/changes/<int:change_id>")
@requires(*COMPOSING)
def decide_change(contingent_id: int, change_id: int) -> ResponseReturnValue:
    who, now, agree = principal(), clock.now(), request.form.get("decision") == "agree"
    return _do(
        contingent_id,
        lambda row: composing.decide_change(row, change_id, agree, who, now),
        _("Your decision is saved."),
    )


def _do(contingent_id: int, work: Callable[[Contingent], object], words: str) -> ResponseReturnValue:
    try:
        in_transaction(lambda: work(queries.load(principal(), contingent_id, lock=True)))
    except NotFound:
        raise
    except DomainError as refusal:
        return _page(contingent_id, refusal.status, say(refusal.message), typed=True)
    flash(words, "success")
    return redirect(url_for(".one", contingent_id=contingent_id), code=303)


def _page(contingent_id: int, status: int = 200, error: str = "", typed: bool = False) -> ResponseReturnValue:
    who = principal()
    row = queries.load(who, contingent_id)
    rule = queries.rule_for(row)
    people = queries.holders(row.contest_id, rule, row.organisation_id)
    choice = _choice() if typed and "leader" in request.form else composing.present(row)
    waiting = queries.waiting_change(row.id)
    events: dict[int, list[queries.Holder]] = {}
    for each in people:
        events.setdefault(each.event_id, []).append(each)
    return render(
        "contingents/one.html",
        status=status,
        view=queries.views([row])[0],
        rule=rule,
        events=list(events.values()),
        judges=queries.judges(row.contest_id, row.organisation_id, people) if rule.has_judges else [],
        choice=choice,
        until=confirm_by(queries.opens_at(row.contest_id, row.stage_code), rule),
        waiting=waiting,
        difference=_difference(row, people) if waiting else None,
        is_mine=waiting is not None and waiting.asked_by_account_id == who.account_id,
        why=str(request.form.get("why", ""))[: composing.WHY_MOST],
        why_most=composing.WHY_MOST,
        leader_most=composing.LEADER_MOST,
        error=error,
    )


def _difference(row: Contingent, people: list[queries.Holder]) -> dict[str, list[str]]:
    """What the waiting change brings and takes, in names."""
    waiting = queries.waiting_change(row.id)
    wanted = composing.read(waiting.wanted) if waiting else composing.present(row)
    found = changed(composing.present(row).as_json(), wanted.as_json())
    names = {one.entry_id: f"{one.number} {one.name}" for one in people}
    names |= {
        one.entry_id: f"{one.number} {one.name}"
        for one in queries.views([row])[0].contestants
        if one.entry_id
    }
    judges = {one.person_id: one.name for one in queries.judges(row.contest_id, row.organisation_id, ())}
    judges |= {one.person_id: one.name for one in queries.views([row])[0].judges}
    return {
        "in": [names.get(each, "") for each in found["entries_in"]]
        + [judges.get(each, "") for each in found["judges_in"]],
        "out": [names.get(each, "") for each in found["entries_out"]]
        + [judges.get(each, "") for each in found["judges_out"]],
        "leader": [wanted.leader] if wanted.leader != row.leader else [],
    }


def _choice() -> Choice:
    """What is ticked and typed; anything that is no number is left out."""
    return Choice(
        _numbers("entry"),
        _numbers("judge"),
        str(trimmed(request.form.get("leader", "")))[: composing.LEADER_MOST],
    )


def _numbers(name: str) -> tuple[int, ...]:
    given = request.form.getlist(name)[:MOST]
    return tuple(dict.fromkeys(int(text) for text in given if text.isdecimal() and len(text) < 19))
