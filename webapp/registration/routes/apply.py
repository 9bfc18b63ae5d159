"""Applying for an event, and sending a returned application in again."""

import secrets

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.accounts import queries as people
from webapp.core import clock
from webapp.core.errors import DomainError, NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import in_transaction
from webapp.organisations import queries as organisations
from webapp.registration.errors import MayNotApply
from webapp.registration.forms import ApplyForm
from webapp.registration.queries import applications, events, home
from webapp.registration.queries.events import EventContext
from webapp.registration.rules.eligibility import hard, warnings
from webapp.registration.rules.review import Action, State, after
from webapp.registration.service import applying

bp = Blueprint("registration", __name__, template_folder="../templates")


@bp.get("/register/<int:event_id>")
@signed_in
def register(event_id: int) -> ResponseReturnValue:
    event = events.context(event_id)
    form = ApplyForm().ask(event.rules)
    form.key.data = secrets.token_hex(16)
    return _page(event, form)


@bp.post("/register/<int:event_id>")
@signed_in
def register_now(event_id: int) -> ResponseReturnValue:
    event = events.context(event_id)
    form = ApplyForm().ask(event.rules)
    if not form.validate():
        return _page(event, form, status=422)
    try:
        made = in_transaction(
            lambda: applying.apply(
                event_id,
                principal(),
                answers=form.answers(),
                has_consented=form.consent.data,
                now=clock.now(),
                key=form.key.data,
            )
        )
    except NotFound:
        raise
    except DomainError as refusal:
        form.form_errors.extend(_words(refusal))
        return _page(event, form, status=refusal.status)
    if made.state is State.CONFIRMED:
        flash(_("You take part. You can start learning at once."), "success")
        if not event.has_learning:
            return redirect(url_for("my.home_page"), code=303)
        return redirect(f"/learning/{event.header.contest_code}/{event.header.code}", code=303)
    flash(_("Your registration has arrived. Below you see who reviews it."), "success")
    return redirect(url_for("my.home_page"), code=303)


@bp.route("/my/applications/<int:application_id>/correct", methods=["GET", "POST"])
@signed_in
def correct(application_id: int) -> ResponseReturnValue:
    view = home.one(principal(), application_id, clock.now())
    after(view.state, Action.RESUBMIT)
    event = events.context(view.event_id)
    form = ApplyForm().ask(event.rules)
    if not form.is_submitted():
        _fill(form, applications.answers_of(applications.own(principal(), application_id)))
    elif form.validate():
        try:
            in_transaction(
                lambda: applying.resubmit(
                    application_id, principal(), answers=form.answers(), now=clock.now()
                )
            )
            flash(_("Your registration is in review again."), "success")
            return redirect(url_for("my.home_page"), code=303)
        except NotFound:
            raise
        except DomainError as refusal:
            form.form_errors.extend(_words(refusal))
    return _page(event, form, status=422 if form.errors else 200, application=view)


def _fill(form: ApplyForm, said: applications.Answers) -> None:
    if "occupation" in form and said.occupation:
        form.occupation.data = said.occupation.value
    if "declared" in form:
        form.declared.data = sorted(said.declared)


def _page(
    event: EventContext,
    form: ApplyForm,
    status: int = 200,
    application: home.ApplicationView | None = None,
) -> ResponseReturnValue:
    who = principal()
    card = people.card(who.person_id)
    reasons = applying.reasons_for(
        who.person_id,
        event,
        clock.now(),
        form.answers() if form.is_submitted() and not form.errors else applying.NOTHING_SAID,
        leaving_event_id=event.event_id if application else None,
    )
    if application is not None:
        reasons = tuple(reason for reason in reasons if reason.code != "closed")
    return render(
        "registration/apply.html",
        status=status,
        event=event,
        form=form,
        card=card,
        unit=organisations.name_paths([card.unit_id]).get(card.unit_id) if card.unit_id else None,
        hard=hard(reasons),
        warnings=warnings(reasons),
        application=application,
    )


def _words(refusal: DomainError) -> list[str]:
    reasons = refusal.reasons if isinstance(refusal, MayNotApply) else (refusal.message,)
    return [say(reason) for reason in reasons]
