"""Steps of a list: at once in a small event, by a worker in a large one, whose progress this shows."""

from flask import Response, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.i18n import ngettext
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.stages.queries import runs
from webapp.stages.queries.lists import StageHead
from webapp.stages.queries.runs import RunView
from webapp.stages.routes.blueprint import bp
from webapp.stages.routes.staff import in_scope
from webapp.stages.rules.orders import Kind, Order
from webapp.stages.service import running
from webapp.stages.service.ordering import By, Done, carry_out


@bp.get("/staff/stages/<int:stage_id>/run")
@requires(Permission.SEE_FULL_BOARDS)
def run(stage_id: int) -> Response:
    """How far a step of a large list is, for the page that watches; when it is over that page shows itself anew."""
    found = in_scope(stage_id)
    one = runs.under_way(stage_id)
    response = render("stages/_run.html", head=found, run=one, now=clock.now())
    if one is None:
        response.headers["HX-Refresh"] = "true"
    return response


def idle(stage_id: int, permission: Permission) -> StageHead:
    """As `in_scope`, while no worker is at a list of the stage. raise (ListAtWork)."""
    found = in_scope(stage_id, permission)
    running.refuse_beside(stage_id)
    return found


def ordered(found: StageHead, order: Order, back: str = "") -> ResponseReturnValue:
    """Carry an order out: at once in a small event, else have a worker do it, which the page of the stage shows.

    back: where to go afterwards, instead of the page of the stage, when it is done at once."""
    two_person, now = current_app.config["TWO_PERSON"], clock.now()
    page = url_for("stages.stage", stage_id=order.stage_id)
    if runs.is_large(found.event_id) and not order.is_light:
        with transaction():
            running.ask(order, principal().account_id, two_person, now)
        return redirect(page, code=303)
    running.refuse_beside(order.stage_id)
    with transaction():
        done = carry_out(order, By(principal(), now, two_person))
    flash(done_words(order.kind, done), "success")
    return redirect(back or page, code=303)


@bp.app_template_filter("run_done")
def run_done(run: RunView) -> str:
    """What a finished run has done."""
    return done_words(run.kind, Done(run.waits, run.count))


def done_words(kind: Kind, done: Done) -> str:
    """What an order has done, in the reader's language."""
    if done.waits:
        return _("A second person has to agree first; it stands on the page of the list.")
    if kind is Kind.DECIDE:
        return ngettext(
            "The decision about %(num)d contestant is noted.",
            "The decision about %(num)d contestants is noted.",
            done.count,
        )
    return {
        Kind.FREEZE: _("The board is frozen. The re-check can begin."),
        Kind.POST: _("The public notice is posted; everybody on it was told."),
        Kind.AMEND: _("The amended notice is posted; whoever it concerns was told."),
        Kind.SUPPLEMENT: _("The supplementary notice is posted."),
        Kind.FINALISE: _("The list is final; certificates that hang on it are being issued."),
        Kind.AGREE: _("Your decision is recorded."),
        Kind.CLOSE: _("The final list of this stage is made; its certificates are being issued."),
    }[kind]
