"""Signing in and out; the language."""

from flask import Response, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import public, signed_in_unconfirmed
from webapp.access.principal import principal, principal_or_none
from webapp.accounts import queries
from webapp.accounts.errors import PasswordWeak, SignInAmbiguous, SignInLocked, SignInSlowed, SignInWrong
from webapp.accounts.forms import SignInForm
from webapp.accounts.routes import known_device
from webapp.accounts.routes.blueprint import bp
from webapp.accounts.rules import passwords
from webapp.accounts.rules.addresses import on_site
from webapp.accounts.service import sessions
from webapp.accounts.service import sign_in as service
from webapp.core import clock
from webapp.core.errors import Busy
from webapp.core.i18n import COOKIE, LANGUAGES, say
from webapp.core.i18n import gettext as _
from webapp.core.limits import limiter
from webapp.core.render import render
from webapp.core.transaction import transaction

HOME = "/"
YEAR_S = 365 * 86400


@bp.route("/sign-in", methods=["GET", "POST"])
@public("people sign in here")
@limiter.limit("600 per minute", methods=["POST"])
def sign_in() -> ResponseReturnValue:
    target = on_site(request.values.get("next"), HOME)
    if principal_or_none() is not None and request.method == "GET":
        return redirect(target, code=303)
    form = SignInForm()
    if not form.validate_on_submit():
        form.next.data = target
        return render("accounts/sign_in.html", status=422 if form.is_submitted() else 200, form=form)
    try:
        who = _check(form.identifier.data, form.password.data)
    except (SignInWrong, SignInAmbiguous, SignInSlowed, SignInLocked) as error:
        return render("accounts/sign_in.html", status=error.status, form=form, refusal=say(error.message))
    sessions.start_browser(
        who.token, account_id=who.account_id, person_id=who.person_id, name=who.name, now=clock.now()
    )
    known_device.remember(who.account_id)
    # The demo's printed password holds the name of the site, which a guesser would try; there it is meant to.
    if who.is_staff and not current_app.config["DEMO"] and not _is_staff_password(form.password.data):
        flash(_("Your role needs a stronger password. Please change it now."), "warning")
        return redirect(url_for("accounts.change_password"), code=303)
    return redirect(target, code=303)


def _is_staff_password(password: str) -> bool:
    try:
        passwords.check(password, staff=True)
    except PasswordWeak:
        return False
    return True


def _check(identifier: str, password: str) -> service.SignedIn:
    address = request.remote_addr or ""
    with transaction():
        tried = service.begin(identifier, now=clock.now(), address=address, device=known_device.word_for)
    try:
        account_id = service.match(tried, password)
    except Busy:
        with transaction():
            service.take_back(tried)
        raise
    with transaction():
        return service.finish(
            tried,
            account_id,
            now=clock.now(),
            hours=current_app.extensions["settings"].session_hours,
            user_agent=request.user_agent.string,
            address=address,
        )


@bp.post("/sign-out")
@public("a visitor whose session has ended may press the button too")
def sign_out() -> ResponseReturnValue:
    who = principal_or_none()
    if who is not None:
        with transaction():
            sessions.sign_out(who.session_token, clock.now())
    sessions.leave_browser()
    flash(_("You have signed out."), "success")
    return redirect(url_for("accounts.sign_in"), code=303)


@bp.post("/sign-out-everywhere")
@signed_in_unconfirmed
def sign_out_everywhere() -> ResponseReturnValue:
    account = queries.account_of(principal().person_id)
    with transaction():
        if account is not None:
            sessions.end_sessions(account, clock.now())
    sessions.leave_browser()
    flash(_("You have signed out on all devices."), "success")
    return redirect(url_for("accounts.sign_in"), code=303)


@bp.get("/language/<code>")
@public("the language is a matter of the browser, not of the person")
def language(code: str) -> ResponseReturnValue:
    response = redirect(on_site(request.args.get("next"), HOME), code=303)
    if code in LANGUAGES:
        response.set_cookie(
            COOKIE, code, max_age=YEAR_S, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"]
        )
    return response


@bp.before_app_request
def keep_session_alive() -> Response | None:
    """Once an hour push the end of a session in use ahead."""
    if request.endpoint == "static":
        return None
    now, refreshed = clock.now(), session.get("refreshed")
    if refreshed is None or now.timestamp() - refreshed < sessions.REFRESH_EVERY.total_seconds():
        return None
    who = principal_or_none()
    if who is None:
        return None
    session["refreshed"] = int(now.timestamp())
    with transaction():
        sessions.refresh(who.session_token, now, current_app.extensions["settings"].session_hours)
    return None
