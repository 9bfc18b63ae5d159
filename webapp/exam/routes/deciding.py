"""Requests that wait for a second person, the same on every page that lists them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.errors import Forbidden
from webapp.core.i18n import gettext as _
from webapp.core.transaction import transaction
from webapp.core.words import Message
from webapp.exam.errors import ActionNotFound
from webapp.exam.models import ExamAction
from webapp.exam.queries import control as queries
from webapp.exam.queries.control import ActionView, ExamHead
from webapp.exam.queries.people import people_of_attempts
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.scope import head_in_scope, may, may_run
from webapp.exam.service import actions

PAGES = {"exam.control_room", "exam.grants", "exam.returning", "exam.questions", "marking.corrections"}
"""Where a decision may lead back to."""


@dataclass(frozen=True)
class RequestView:
    """One request or deed, ready for a list. person: contestant number and name
    when it concerns one. may_decide, may_withdraw: what the reader can do with it."""

    action_id: int
    title: Message
    person: str
    reason: str
    effect: tuple[Message, ...]
    state: str
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    may_decide: bool
    may_withdraw: bool


def requests_of(head: ExamHead, kinds: Collection[str] = ()) -> list[RequestView]:
    """The latest requests of an exam as the signed-in person sees them; kinds: none means all."""
    found = queries.actions(head.exam_id, kinds)
    attempts = {_attempt_id(one) for one in found} - {0}
    names = people_of_attempts(head.exam_id, attempts)
    return [_view(head, one, names.get(_attempt_id(one), "")) for one in found]


def _attempt_id(one: ActionView) -> int:
    """The attempt it concerns, or 0."""
    return int(one.payload.get("attempt_id") or 0)


def _view(head: ExamHead, one: ActionView, person: str) -> RequestView:
    is_own = one.asked_by_account_id == principal().account_id
    waits = one.state == "waiting"
    lines = tuple(Message(line["text"], line["params"]) for line in one.effect.get("lines", ()))
    return RequestView(
        action_id=one.action_id,
        title=actions.describe(one.kind, one.payload),
        person=person,
        reason=one.reason,
        effect=lines,
        state=one.state,
        asked_by=one.asked_by,
        asked_at=one.asked_at,
        decided_by=one.decided_by,
        decided_at=one.decided_at,
        may_decide=waits and not is_own and may(head, Permission.APPROVE_EXAM_ACTIONS),
        may_withdraw=waits and is_own and may_run(head),
    )


def asked(reason: str) -> actions.Asked:
    """The signed-in person asks, under the two-person setting."""
    return actions.Asked(principal().account_id, reason, current_app.config["TWO_PERSON"])


def say_asked(action: ExamAction, done: str) -> None:
    """Tell what happened to a request just made: `done`, or that it waits or runs."""
    words = {
        "done": done,
        "running": _("It is being carried out; the page shows how far it is."),
    }.get(action.state, _("A second person has to agree first; it stands on this page."))
    flash(words, "success")


@bp.post("/staff/exams/<int:exam_id>/actions/<int:action_id>")
@requires(Permission.APPROVE_EXAM_ACTIONS)
def decide(exam_id: int, action_id: int) -> ResponseReturnValue:
    head = head_in_scope(exam_id, Permission.APPROVE_EXAM_ACTIONS)
    is_wide = _known(exam_id, action_id).get("reach") == "contest"
    if is_wide and not principal().allows(Permission.APPROVE_EXAM_ACTIONS, contest_id=head.contest_id):
        raise Forbidden
    with transaction():
        actions.decide(action_id, principal().account_id, request.form.get("agree") == "yes", clock.now())
    flash(_("Your decision is recorded."), "success")
    return _back(exam_id)


@bp.post("/staff/exams/<int:exam_id>/actions/<int:action_id>/withdraw")
@requires(Permission.RUN_EXAMS)
def withdraw(exam_id: int, action_id: int) -> ResponseReturnValue:
    head_in_scope(exam_id)
    _known(exam_id, action_id)
    with transaction():
        actions.withdraw(action_id, principal().account_id)
    flash(_("The request is taken back. Nothing has changed."), "success")
    return _back(exam_id)


def _known(exam_id: int, action_id: int) -> dict[str, Any]:
    """The payload of a request of this exam."""
    found = queries.action_payload(exam_id, action_id)
    if found is None:
        raise ActionNotFound
    return found


def _back(exam_id: int) -> ResponseReturnValue:
    page = request.form.get("back", "")
    endpoint = page if page in PAGES and page in current_app.view_functions else "exam.control_room"
    return redirect(url_for(endpoint, exam_id=exam_id), code=303)
