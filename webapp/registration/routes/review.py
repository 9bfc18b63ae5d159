"""The reviewers' pages: the queue, one application, many at once. Organisers use the same pages."""

import re
import secrets
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.accounts import queries as people
from webapp.core import clock
from webapp.core.errors import DomainError, NotFound
from webapp.core.forms import trimmed
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import in_transaction, transaction
from webapp.organisations import queries as organisations
from webapp.registration.errors import NothingChosen
from webapp.registration.forms import DecisionForm
from webapp.registration.models import Application
from webapp.registration.queries import applications, reviewing
from webapp.registration.queries.events import context
from webapp.registration.queries.reviewing import Filter
from webapp.registration.routes.my import step_items
from webapp.registration.rules.bulk import LEFT_TEXTS
from webapp.registration.rules.eligibility import OCCUPATION_TEXTS
from webapp.registration.rules.labels import REFUSE_REASONS, RETURN_REASONS, level_text
from webapp.registration.rules.review import STATE_TEXTS, Decision, State
from webapp.registration.service import bulk as bulk_service
from webapp.registration.service import reviewing as service

bp = Blueprint("review", __name__, template_folder="../templates", url_prefix="/staff/review")

REVIEWING = (Permission.REVIEW_APPLICATIONS, Permission.CONFIRM_FOR_EVENT)
CLAIM_SIZES = (10, 20, 50)
AGES = (0, 3, 7, 14)


@bp.get("")
@requires(*REVIEWING)
def queue() -> ResponseReturnValue:
    who, now, chosen = principal(), clock.now(), _filter()
    return render(
        "registration/queue.html",
        fragment="registration/_queue.html",
        view=reviewing.page(who, chosen, _number("page", 1), now),
        counts=reviewing.counts(who, now),
        chosen=chosen,
        events=reviewing.event_choices(who),
        states=STATE_TEXTS,
        ages=AGES,
        claim_sizes=CLAIM_SIZES,
        level_text=level_text,
    )


@bp.post("/claim")
@requires(*REVIEWING)
def claim() -> ResponseReturnValue:
    """Take the next ones of the filter, and open the first."""
    who, now = principal(), clock.now()
    with transaction():
        ids = service.claim(who, _filter(), _number("count", CLAIM_SIZES[0]), now)
    if not ids:
        flash(_("Nothing is free at the moment: what waits is being looked at by colleagues."), "info")
        return redirect(url_for(".queue"), code=303)
    flash(_("%(count)d applications are yours for 15 minutes.", count=len(ids)), "success")
    return redirect(url_for(".detail", application_id=ids[0]), code=303)


@bp.post("/release")
@requires(*REVIEWING)
def release() -> ResponseReturnValue:
    with transaction():
        count = service.release(principal())
    flash(_("%(count)d applications were given back.", count=count), "success")
    return redirect(url_for(".queue"), code=303)


@bp.get("/<int:application_id>")
@requires(*REVIEWING)
def detail(application_id: int) -> ResponseReturnValue:
    application = reviewing.load(principal(), application_id)
    form = _decision_form()
    form.revision.data, form.step.data = application.revision, application.step
    form.key.data = secrets.token_hex(16)
    return _detail_page(application, form)


@bp.post("/<int:application_id>")
@requires(*REVIEWING)
def decide(application_id: int) -> ResponseReturnValue:
    who, now = principal(), clock.now()
    form = _decision_form()
    if not form.validate():
        return _detail_page(reviewing.load(who, application_id), form, status=422)
    item = service.Item(application_id, form.revision.data or 0, form.step.data or 0)
    try:
        in_transaction(
            lambda: service.decide(
                item, who, Decision(form.decision.data), _reason(form), now, key=form.key.data or ""
            )
        )
    except NotFound:
        raise
    except DomainError as refusal:
        form.form_errors.append(say(refusal.message))
        application = reviewing.load(who, application_id)
        # What is shown now is what the next decision is about.
        form.revision.data, form.step.data = application.revision, application.step
        return _detail_page(application, form, status=refusal.status)
    flash(_("Your decision is saved, and the person has a notice."), "success")
    following = reviewing.next_id(who, now, after_id=application_id)
    if following is None:
        return redirect(url_for(".queue"), code=303)
    return redirect(url_for(".detail", application_id=following), code=303)


@bp.post("/<int:application_id>/claim")
@requires(*REVIEWING)
def claim_one(application_id: int) -> ResponseReturnValue:
    who = principal()
    with transaction():
        taken = service.claim_one(who, reviewing.load(who, application_id), clock.now())
    if not taken:
        flash(_("A colleague is looking at this one already."), "warning")
    return redirect(url_for(".detail", application_id=application_id), code=303)


@bp.post("/bulk")
@requires(*REVIEWING)
def bulk() -> ResponseReturnValue:
    """Show what a decision on all chosen ones would do, before it is made."""
    items = _chosen()
    if not items:
        raise NothingChosen
    form = _decision_form()
    if form.decision.data not in set(Decision):
        form.decision.data = Decision.CONFIRM.value
    form.key.data = secrets.token_hex(16)
    return _bulk_page(items, form)


@bp.post("/bulk/decide")
@requires(*REVIEWING)
def bulk_decide() -> ResponseReturnValue:
    who, now, items = principal(), clock.now(), _chosen()
    if not items:
        raise NothingChosen
    form = _decision_form()
    decision = Decision(form.decision.data) if form.decision.data in set(Decision) else Decision.CONFIRM
    reason = _reason(form)
    if not form.validate() or (decision is not Decision.CONFIRM and not reason):
        if decision is not Decision.CONFIRM and not reason:
            form.form_errors.append(_("Please give a reason: the person will read it."))
        return _bulk_page(items, form, status=422)
    outcomes = in_transaction(
        lambda: service.decide_many(items, who, decision, reason, now, key=form.key.data or "")
    )
    seen = {row.application_id: row for row in _rows([outcome.application_id for outcome in outcomes])}
    return render(
        "registration/bulk_done.html",
        decision=decision,
        done=[seen[one.application_id] for one in outcomes if one.refusal is None],
        refused=[(seen.get(one.application_id), one) for one in outcomes if one.refusal is not None],
    )


@bp.post("/all")
@requires(*REVIEWING)
def everything() -> ResponseReturnValue:
    """Show what confirming everything in the filter would do, before it is done."""
    return _everything_page(secrets.token_hex(16), clock.now())


@bp.post("/all/confirm")
@requires(*REVIEWING)
def confirm_everything() -> ResponseReturnValue:
    who, now = principal(), clock.now()
    key, seen_at = request.form.get("key", ""), _instant(request.form.get("seen", ""))
    if seen_at is None or seen_at > now or not re.fullmatch(r"[0-9a-f]{32}", key):
        return _everything_page(secrets.token_hex(16), now, 422, _("Please look at the numbers once more."))
    reason = str(trimmed(request.form.get("reason", "")))[: service.REASON_MOST]
    done = in_transaction(lambda: bulk_service.confirm_all(who, _filter(), reason, now, seen_at, key))
    flash(
        _(
            "%(count)d registrations are confirmed; %(left)d are left for a look of their own.",
            count=done.confirmed,
            left=done.left,
        ),
        "success",
    )
    return redirect(url_for(".queue"), code=303)


def _everything_page(key: str, seen_at: datetime, status: int = 200, error: str = "") -> ResponseReturnValue:
    who, now, chosen = principal(), clock.now(), _filter()
    found = bulk_service.sort(who, chosen, now, seen_at)
    return render(
        "registration/everything.html",
        status=status,
        found=found,
        chosen=chosen,
        rows=reviewing.rows(who, found.ids[: bulk_service.SHOWN], now),
        left_texts=LEFT_TEXTS,
        most=bulk_service.MOST,
        key=key,
        seen=seen_at.isoformat(),
        error=error,
    )


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _detail_page(application: Application, form: DecisionForm, status: int = 200) -> ResponseReturnValue:
    who, now = principal(), clock.now()
    decisions = applications.decisions_of([application.id]).get(application.id, [])
    names = organisations.name_paths(
        one for one in (application.unit_id, *(link["organisation_id"] for link in application.chain)) if one
    )
    reviewers = people.names_of_accounts(
        row.reviewer_account_id for row in decisions if row.reviewer_account_id
    )
    said = applications.answers_of(application)
    row = _rows([application.id])[0]
    view: dict[str, Any] = {
        "row": row,
        "card": people.card(application.person_id),
        "occupation": OCCUPATION_TEXTS[said.occupation] if said.occupation else "",
        "submitted_at": application.submitted_at,
        "in_service_on": context(application.event_id).rules.in_service_on,
        "warnings": applications.warnings_of(application),
        "excepted": [
            {**item, "name": people.names_of_accounts([item["account_id"]]).get(item["account_id"], "")}
            for item in application.facts.get("excepted", [])
        ],
        "steps": step_items(applications.steps(application, decisions, names, reviewers)),
        "history": [
            {
                "at": one.at,
                "level": level_text(one.level),
                "decision": one.decision,
                "reason": one.reason,
                "reviewer": reviewers.get(one.reviewer_account_id or 0, ""),
                "revision": one.revision,
            }
            for one in reversed(decisions)
        ],
        "may_decide": reviewing.may_decide(who, application.id),
        "is_held": reviewing.is_claimed(application, now) and not row.is_claimed_by_me,
    }
    return render("registration/detail.html", status=status, form=form, level_text=level_text, **view)


def _bulk_page(items: list[service.Item], form: DecisionForm, status: int = 200) -> ResponseReturnValue:
    rows = _rows([item.application_id for item in items])
    seen = {item.application_id: item for item in items}
    return render(
        "registration/bulk.html",
        status=status,
        form=form,
        rows=rows,
        decision=Decision(form.decision.data) if form.decision.data in set(Decision) else Decision.CONFIRM,
        items=[
            f"{row.application_id}.{seen[row.application_id].revision}.{seen[row.application_id].step}"
            for row in rows
        ],
        needing_reason=sum(row.warnings > 0 for row in rows),
    )


def _rows(application_ids: list[int]) -> tuple[reviewing.QueueRow, ...]:
    who = principal()
    return reviewing.rows(who, reviewing.visible_ids(who, application_ids), clock.now())


def _decision_form() -> DecisionForm:
    form = DecisionForm()
    form.ready.choices = [
        SelectChoice("", _("none")),
        *(
            SelectChoice(code, say(text), optgroup=_("Return for correction"))
            for code, text in RETURN_REASONS.items()
        ),
        *(
            SelectChoice(code, say(text), optgroup=_("Refuse the registration"))
            for code, text in REFUSE_REASONS.items()
        ),
    ]
    return form


def _reason(form: DecisionForm) -> str:
    """The ready-made sentence, then the reviewer's own words."""
    ready = {**RETURN_REASONS, **REFUSE_REASONS}.get(form.ready.data or "", "")
    parts = (say(ready) if ready else "", (form.reason.data or "").strip())
    return " ".join(part for part in parts if part)


def _chosen() -> list[service.Item]:
    """The ticked rows as id.revision.step; what is written otherwise is left out."""
    items = {}
    for text in request.form.getlist("item")[: service.BULK_MOST]:
        parts = text.split(".")
        if len(parts) == 3 and all(part.isdecimal() and len(part) < 19 for part in parts):
            item = service.Item(*(int(part) for part in parts))
            items[item.application_id] = item
    return list(items.values())


def _filter() -> Filter:
    """The filter from the address or the form; anything unknown is as if it were not there."""
    values = request.values
    whose = values.get("whose", "")
    whose = whose if whose in {"below", "all"} else "mine"
    state = values.get("state", "")
    return Filter(
        whose=whose,
        state=State(state) if state in set(State) else (None if whose == "all" else State.IN_REVIEW),
        event_id=_number("event") or None,
        unit=str(trimmed(values.get("unit", "")))[:50],
        waiting_days=min(_number("days"), 3650),
        name=str(trimmed(values.get("name", "")))[:50],
        claimed_by_me=values.get("claimed") == "1",
        overdue=values.get("overdue") == "1",
    )


def _number(name: str, otherwise: int = 0) -> int:
    text = request.values.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else otherwise
