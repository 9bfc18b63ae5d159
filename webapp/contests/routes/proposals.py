"""Changes of a contest that has begun: what they do, and the second person's word."""

from flask import Response, flash, redirect, url_for

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests import queries
from webapp.contests.errors import ContestInvalid
from webapp.contests.forms import DecisionForm
from webapp.contests.queries import proposals
from webapp.contests.queries.proposals import ProposalView
from webapp.contests.routes.blueprint import bp
from webapp.contests.routes.dates import names_of_windows
from webapp.contests.routes.staff import MOST_DIFFERENCES
from webapp.contests.rules.differences import differences
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.schema import Contest
from webapp.contests.service import proposing
from webapp.contests.service.foreseeing import MovedGroup, moved_groups
from webapp.core import clock
from webapp.core.errors import DomainError, NotFound
from webapp.core.i18n import gettext as _
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.core.words import N_

STATES = {
    "waiting": (N_("Waits for a second person"), "warning"),
    "applied": (N_("Applied"), "success"),
    "refused": (N_("Refused or withdrawn"), ""),
    "stale": (N_("Out of date"), ""),
}
MOST_EVENTS = 200


@bp.app_template_filter("proposal_state")
def proposal_state(state: str) -> tuple[str, str]:
    """A proposal's state in words, and the kind of its badge."""
    words, kind = STATES[state]
    return _(words), kind


@bp.get("/staff/contests/proposals/<int:proposal_id>")
@requires(Permission.MANAGE_CONTESTS)
def proposal(proposal_id: int) -> Response:
    return _page(_own(proposal_id))


@bp.post("/staff/contests/proposals/<int:proposal_id>")
@requires(Permission.MANAGE_CONTESTS)
def decide_proposal(proposal_id: int) -> Response:
    """Apply, refuse, or (by who asked) withdraw."""
    view = _own(proposal_id)
    form = DecisionForm()
    if not form.validate_on_submit():
        return _page(view, status=422)
    try:
        with transaction():
            if form.decision.data == "withdraw":
                proposing.withdraw(proposal_id, principal().account_id)
                words = _("The change was withdrawn.")
            else:
                done = proposing.decide(
                    proposal_id, principal().account_id, form.decision.data == "apply"
                ).state
                words = {
                    "applied": _("The change is in force."),
                    "refused": _("The change was refused."),
                    "stale": _("Another version came into force meanwhile: this change was put aside."),
                }[done]
    except NotFound:
        raise
    except ContestInvalid as error:
        return _page(view, error, 422)
    except DomainError as error:
        return _page(_own(proposal_id), error, error.status)
    flash(words)
    target = url_for("contests.definitions", code=view.contest_code)
    return redirect(target, code=303)  # type: ignore[return-value]  # typed wider than Flask's


def _own(proposal_id: int) -> ProposalView:
    """A proposal of a contest that the person manages. Raise NotFound."""
    view = proposals.proposal_by_id(proposal_id)
    if not principal().allows(Permission.MANAGE_CONTESTS, contest_id=view.contest_id):
        raise NotFound
    return view


def _groups(view: ProposalView, rules: Contest) -> tuple[MovedGroup, ...]:
    """What moves with the events whose windows move, as long as the change waits."""
    if view.state != "waiting" or not view.is_current:
        return ()
    found = moved_groups(view.contest_id, rules, parse_contest(view.text), clock.now())
    return tuple(one for one in found if one.hangs)


def _page(view: ProposalView, refusal: DomainError | None = None, status: int = 200) -> Response:
    effect = proposing.effect_of(view, clock.now())
    rules = queries.rules_of_version(view.base_version_id)
    ids = queries.event_ids(view.contest_id)
    touched = [code for code in effect.event_codes if code in ids]
    people = proposing.people_of([ids[code] for code in touched])
    events = [(rules.event(code).title, people.get(ids[code], 0)) for code in touched]
    base = queries.text_of_version(view.base_version_id)
    found = differences(base, view.text)
    return render(
        "contests/proposal.html",
        status=status,
        proposal=view,
        effect=effect,
        events=sorted(events, key=lambda pair: -pair[1])[:MOST_EVENTS],
        event_count=len(events),
        people=sum(count for _title, count in events),
        groups=_groups(view, rules),
        window_names=names_of_windows(rules),
        windows=[(one, [rules.event(code).title for code in one.event_codes[:5]]) for one in effect.moved],
        found=found[:MOST_DIFFERENCES],
        count=len(found),
        is_own=view.asked_by_account_id == principal().account_id,
        refusal=refusal.message if refusal else None,
        form=DecisionForm(formdata=None),
    )
