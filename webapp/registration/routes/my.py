"""My home: what needs my attention, my applications and their way, what comes next."""

from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from wtforms import Form
from wtforms.fields.choices import SelectChoice

from webapp.access.guards import public, signed_in
from webapp.access.principal import principal, principal_or_none
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.registration.errors import ApplicationGone
from webapp.registration.forms import SwitchForm
from webapp.registration.queries import applications, events, home
from webapp.registration.rules.eligibility import hard, is_open, warnings
from webapp.registration.rules.labels import level_text
from webapp.registration.service import applying

bp = Blueprint("my", __name__, template_folder="../templates")

STEP_STATES = {"confirm": "done", "waiting": "current", "ahead": "waiting"}


@bp.get("/my")
@signed_in
def home_page() -> ResponseReturnValue:
    view = home.home(principal(), clock.now())
    return render(
        "registration/home.html",
        view=view,
        exam_panel=_panel("/my/exam-panel"),
        certificates_panel=_panel("/my/certificates-panel"),
        steps=step_items,
        level_text=level_text,
    )


@bp.get("/my/registration-panel/<int:event_id>")
@public("the page of an event tells visitors how to register")
def registration_panel(event_id: int) -> ResponseReturnValue:
    g.personal = True
    who, now = principal_or_none(), clock.now()
    event = events.context(event_id)
    view: dict[str, Any] = {"event": event, "who": who, "is_open": is_open(event.rules, now)}
    if who is not None:
        held = applications.live(who.person_id, event_id)
        reasons = applying.reasons_for(who.person_id, event, now)
        view |= {
            "application": home.one(who, held.id, now) if held else None,
            "hard": hard(reasons),
            "warnings": warnings(reasons),
        }
    return render("registration/_panel.html", **view)


@bp.get("/my/applications/<int:application_id>/withdraw")
@signed_in
def withdraw(application_id: int) -> ResponseReturnValue:
    return render("registration/withdraw.html", application=_own(application_id))


@bp.post("/my/applications/<int:application_id>/withdraw")
@signed_in
def withdraw_now(application_id: int) -> ResponseReturnValue:
    with transaction():
        applying.withdraw(application_id, principal(), clock.now())
    flash(_("Your registration is withdrawn. You may register again while the window is open."), "success")
    return redirect(url_for(".home_page"), code=303)


@bp.route("/my/applications/<int:application_id>/switch", methods=["GET", "POST"])
@signed_in
def switch(application_id: int) -> ResponseReturnValue:
    view = _own(application_id)
    form = SwitchForm()
    form.event.choices = [
        SelectChoice(choice.event_id, pick(choice.title))
        for choice in _choices(application_id)
        if view.can_switch
    ]
    if form.validate_on_submit():
        try:
            with transaction():
                applying.switch(
                    application_id,
                    form.event.data,
                    principal(),
                    answers=applications.answers_of(applications.own(principal(), application_id)),
                    has_consented=form.consent.data,
                    now=clock.now(),
                )
            flash(_("You have switched. The review of the new registration begins."), "success")
            return redirect(url_for(".home_page"), code=303)
        except DomainError as refusal:
            _refuse(form, refusal)
    return render("registration/switch.html", status=422 if form.errors else 200, form=form, application=view)


def _own(application_id: int) -> home.ApplicationView:
    return home.one(principal(), application_id, clock.now())


def _choices(application_id: int) -> list[home.SwitchChoice]:
    application = applications.own(principal(), application_id)
    return home.switch_choices(principal(), application, clock.now())


def _refuse(form: Form, refusal: DomainError) -> None:
    """Show a refusal on the form, unless the thing is not there at all."""
    if isinstance(refusal, ApplicationGone):
        raise refusal
    form.form_errors.append(say(refusal.message))


def step_items(steps: tuple[applications.StepView, ...]) -> list[dict[str, Any]]:
    """Links of the chain as the page's steps take them."""
    return [
        {
            "title": _step_title(step),
            "state": STEP_STATES.get(step.outcome, "stopped"),
            "when": step.at,
            "text": step.reason,
            "outcome": step.outcome,
            "reviewer": step.reviewer,
        }
        for step in steps
    ]


def _step_title(step: applications.StepView) -> str:
    level = str(_(level_text(step.level)))
    return f"{level} · {step.organisation}" if step.organisation else level


def _panel(path: str) -> str:
    """The address of another package's panel, or nothing while no such page exists."""
    try:
        current_app.url_map.bind("localhost").match(path)
    except HTTPException:
        return ""
    return path
